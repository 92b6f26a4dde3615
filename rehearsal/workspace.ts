import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Never part of a release, whether or not the project is a git repository. */
const LEFT_OUT = new Set(['.git', '.tidegate', 'node_modules', 'cdk.out', 'coverage']);

/** Copies a project's own files. */
export function copyProject(project: string, folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const wanted = (source: string) => !LEFT_OUT.has(path.basename(source));
  for (const entry of fs.readdirSync(project).filter(wanted)) {
    fs.cpSync(path.join(project, entry), path.join(folder, entry), { recursive: true, filter: wanted });
  }
}

/** The developer's clone: a copy of the project's files with a git history of its own, pushed to the region. */
export class Workspace {
  private constructor(
    readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /**
   * Copies the project as it stands, uncommitted edits included, so that what is rehearsed is what is on the disk.
   * @param remote the repository's clone URL, with credentials
   */
  static async create(project: string, folder: string, branch: string, remote: string): Promise<Workspace> {
    fs.rmSync(folder, { recursive: true, force: true });
    copyProject(project, folder);
    const home = path.dirname(folder);
    const workspace = new Workspace(folder, {
      PATH: process.env['PATH'],
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Developer',
      GIT_AUTHOR_EMAIL: 'developer@example.com',
      GIT_COMMITTER_NAME: 'Developer',
      GIT_COMMITTER_EMAIL: 'developer@example.com',
    });
    await workspace.git('init', '--quiet', `--initial-branch=${branch}`);
    await workspace.git('remote', 'add', 'origin', remote);
    return workspace;
  }

  /**
   * Replaces text in a file.
   * @throws when the text does not occur exactly once: the file is not the one this edit was made for
   */
  edit(file: string, before: string, after: string): void {
    const name = path.join(this.folder, file);
    const parts = fs.readFileSync(name, 'utf8').split(before);
    if (parts.length !== 2) {
      throw new Error(
        `${file}: expected the text ${JSON.stringify(before)} once, found it ${parts.length - 1} times. ` +
          'The story edits the sample service and the default description; with others it cannot be played.',
      );
    }
    fs.writeFileSync(name, parts.join(after));
  }

  append(file: string, text: string): void {
    fs.appendFileSync(path.join(this.folder, file), text);
  }

  /** Commits everything (an empty commit when nothing changed) and pushes. Returns the commit id. */
  async release(message: string): Promise<string> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', `--message=${message}`);
    await this.git('push', '--quiet', 'origin', 'HEAD');
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  private async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', args, {
      cwd: this.folder,
      env: this.environment,
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout;
  }
}
