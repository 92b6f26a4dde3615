import fs from 'node:fs';
import path from 'node:path';

const FILE = 'region.pid';

/** Keeps a folder for one region: a file with the process's id, which a killed region leaves behind. */
export class FolderLock {
  private readonly file: string;

  private constructor(private readonly folder: string) {
    this.file = path.join(folder, FILE);
  }

  /**
   * Takes the folder, and clears what a former region left in it; makes it when it is missing.
   * @throws Error when a running region has it, or when it holds what no region wrote
   */
  static acquire(folder: string): FolderLock {
    fs.mkdirSync(folder, { recursive: true });
    const lock = new FolderLock(folder);
    const owner = lock.owner();
    if (owner !== undefined) {
      throw new Error(
        `region: the folder ${folder} is in use by another region, process ${owner}. Stop that one (kill ${owner}), or give another with --folder.`,
      );
    }
    lock.clear();
    fs.writeFileSync(lock.file, `${process.pid} ${startOf(process.pid)}\n`);
    return lock;
  }

  /** Gives the folder back; what the region wrote stays in it, for reading. */
  release(): void {
    if (fs.existsSync(this.folder)) fs.writeFileSync(this.file, 'stopped\n');
  }

  /** The running region that has the folder. A killed one's id may have gone to another process since. */
  private owner(): number | undefined {
    const text = fs.existsSync(this.file) ? fs.readFileSync(this.file, 'utf8') : '';
    const [, pid, start] = /^(\d+) (.*)\n$/.exec(text) ?? [];
    const owner = Number(pid);
    return pid && isRunning(owner) && startOf(owner) === start ? owner : undefined;
  }

  /** A region's state is in memory, so the files of a former one mean nothing to the next. */
  private clear(): void {
    const found = fs.readdirSync(this.folder);
    if (found.length === 0) return;
    if (!found.includes(FILE)) {
      throw new Error(
        `region: the folder ${this.folder} holds files that no region wrote (${found.slice(0, 3).join(', ')}). Give an empty one with --folder.`,
      );
    }
    for (const name of found) fs.rmSync(path.join(this.folder, name), { recursive: true, force: true });
  }
}

/** When a process started, where the system tells it (Linux); empty elsewhere. */
function startOf(pid: number): string {
  try {
    const [, fields] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    return fields.split(' ')[19];
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
