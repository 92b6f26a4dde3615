import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Clock, Timer } from '../../clock/clock';
import { processesWith, signal } from './processes';
import { type OutputTarget, parseEnvironment, splitWords, type UnitFile } from './unit-file';

export type ActiveState = 'inactive' | 'active' | 'activating' | 'deactivating' | 'failed';

/** What a unit is run in. */
export interface UnitSurroundings {
  /** Environment of all units. */
  readonly environment: Readonly<Record<string, string>>;
  /** Prefix of the host's absolute paths. */
  readonly root: string;
  /** Where a path of the host lies on this machine: below the root, or the machine's own. */
  readonly locate: (target: string) => string;
  /** Takes what the unit writes to the journal. */
  readonly log: string;
  readonly clock: Pick<Clock, 'wall' | 'deadline'>;
  readonly changed: (unit: ServiceUnit) => void;
}

/** systemd's default start limit: so many starts in so many milliseconds, then the unit stays down. */
const START_LIMIT = { burst: 5, interval: 10_000 };
/** Milliseconds between looks at processes that are no children of ours. */
const LOOK = 20;
/** Exit status by which systemd says that a program could not be executed. */
const EXEC_FAILED = 203;
/** Signals that end a service cleanly. */
const CLEAN_SIGNALS: readonly (string | null)[] = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** One service unit and its processes: a model of systemd's. */
export class ServiceUnit {
  state: ActiveState = 'inactive';
  result = 'success';
  /** Exit status of the last main process. */
  status = 0;
  restarts = 0;
  private main?: ChildProcess;
  private invocation = '';
  private starts: number[] = [];
  private restart?: Timer;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    public file: UnitFile,
    private readonly surroundings: UnitSurroundings,
  ) {}

  get mainPid(): number {
    return this.main?.pid ?? 0;
  }

  /** Resolves when the unit counts as started: at once for a simple service, with its end for a oneshot. */
  async start(): Promise<void> {
    if (this.state === 'active' || this.main) return;
    this.restart?.cancel();
    const now = this.surroundings.clock.wall();
    this.starts = [...this.starts.filter((time) => time > now - START_LIMIT.interval), now];
    if (this.starts.length > START_LIMIT.burst) {
      this.result = 'start-limit-hit';
      return this.change('failed');
    }
    this.invocation = randomUUID().replaceAll('-', '');
    this.result = 'success';
    if (this.file.type === 'oneshot') await this.runToEnd();
    else {
      await this.launch(this.file.execStart[0]);
      if (this.main) this.change('active');
    }
  }

  async stop(): Promise<void> {
    this.restart?.cancel();
    if (!this.main) {
      if (this.state !== 'failed') this.state = 'inactive';
      return;
    }
    this.change('deactivating');
    for (const command of this.file.execStop) await finished(this.spawn(command));
    this.signalAll(this.file.killSignal);
    let killed = false;
    const { stopTimeout } = this.file;
    const limit = Number.isFinite(stopTimeout)
      ? this.surroundings.clock.deadline(stopTimeout, () => {
          killed = true;
          this.signalAll('SIGKILL');
        })
      : undefined;
    await this.ended;
    while (this.processes().length > 0) await this.look();
    limit?.cancel();
    if (killed) this.result = 'timeout';
    this.change(this.result === 'success' ? 'inactive' : 'failed');
  }

  /** Ends every process now. */
  kill(): void {
    this.restart?.cancel();
    this.signalAll('SIGKILL');
  }

  private async runToEnd(): Promise<void> {
    for (const command of this.file.execStart) {
      await this.launch(command);
      this.change('activating');
      await this.ended;
      if (this.result !== 'success') return;
    }
  }

  /** Starts a main process; resolves when it runs or cannot. */
  private async launch(command: string): Promise<void> {
    const child = this.spawn(command);
    this.main = child;
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve(this.exited(EXEC_FAILED, null)));
      child.once('exit', (code, by) => resolve(this.exited(code, by)));
    });
    await new Promise<void>((resolve) => {
      child.once('spawn', resolve);
      child.once('error', () => resolve());
    });
  }

  private exited(code: number | null, by: NodeJS.Signals | null): void {
    this.main = undefined;
    this.status = code ?? 0;
    const clean = code === 0 || (code === null && CLEAN_SIGNALS.includes(by));
    if (!clean) this.result = code === null ? 'signal' : 'exit-code';
    if (this.state === 'deactivating') return;
    // What a main process leaves behind does not outlive it.
    this.signalAll('SIGKILL');
    const { restart, restartDelay } = this.file;
    if (restart === 'always' || (restart === 'on-failure' && !clean)) {
      this.restarts++;
      this.change('activating');
      this.restart = this.surroundings.clock.deadline(restartDelay, () => {
        this.start().catch(() => this.change('failed'));
      });
    } else this.change(clean ? 'inactive' : 'failed');
  }

  private spawn(command: string): ChildProcess {
    const { locate, environment: common } = this.surroundings;
    const environment: Record<string, string> = {
      ...common,
      ...atOwnAddress(
        {
          ...this.file.environment,
          ...Object.assign(
            {},
            ...this.file.environmentFiles.map((file) => readEnvironmentFile(file, locate)),
          ),
        },
        common.HOST,
      ),
      INVOCATION_ID: this.invocation,
      ...(this.main?.pid ? { MAINPID: String(this.main.pid) } : {}),
    };
    const words = splitWords(command).flatMap((word) => expand(word, environment));
    const [program, ...args] = words.map((word) => (word.startsWith('/') ? locate(word) : word));
    const streams = [this.file.standardOutput, this.file.standardError].map((target) =>
      fs.openSync(this.fileOf(target), 'a'),
    );
    try {
      return spawn(program, args, {
        cwd: this.file.workingDirectory ? locate(this.file.workingDirectory) : locate('/'),
        env: environment,
        detached: true,
        stdio: ['ignore', ...streams],
      });
    } finally {
      for (const stream of streams) fs.closeSync(stream);
    }
  }

  private fileOf(target: OutputTarget): string {
    const { log, root } = this.surroundings;
    if (target === 'journal') return log;
    return target === 'null' ? '/dev/null' : path.join(root, target.append);
  }

  /** The unit's control group: its main process's group, and what else carries its invocation. */
  private processes(): number[] {
    return processesWith(`INVOCATION_ID=${this.invocation}`);
  }

  private signalAll(name: NodeJS.Signals): void {
    const found = this.processes();
    if (this.mainPid && !found.includes(this.mainPid)) signal(-this.mainPid, name);
    for (const pid of found) signal(pid, name);
  }

  private look(): Promise<void> {
    return new Promise((resolve) => this.surroundings.clock.deadline(LOOK, resolve));
  }

  private change(state: ActiveState): void {
    this.state = state;
    this.surroundings.changed(this);
  }
}

function finished(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

/** A leading `-` allows the file to be missing. */
function readEnvironmentFile(name: string, locate: (target: string) => string): Record<string, string> {
  const file = locate(name.replace(/^-/, ''));
  if (name.startsWith('-') && !fs.existsSync(file)) return {};
  const lines = fs.readFileSync(path.resolve(file), 'utf8').split('\n');
  return Object.assign({}, ...lines.filter((line) => !/^\s*[#;]/.test(line)).map(parseEnvironment));
}

/** On a host without a network of its own, loopback stands for the address that is: there its agents listen. */
function atOwnAddress(variables: Record<string, string>, address?: string): Record<string, string> {
  if (!address) return variables;
  const moved = Object.entries(variables).map(([name, value]) => [
    name,
    value.replace(/\b(127\.0\.0\.1|localhost)\b/g, address),
  ]);
  return Object.fromEntries(moved);
}

/** `${NAME}` inside a word, and `$NAME` as a word of its own that splits at white space. @see systemd.service(5) */
function expand(word: string, environment: Readonly<Record<string, string>>): string[] {
  const whole = /^\$(\w+)$/.exec(word);
  if (whole) return (environment[whole[1]] ?? '').split(/\s+/).filter(Boolean);
  return [word.replace(/\$\{(\w+)\}/g, (_, name) => environment[name] ?? '').replaceAll('%%', '%')];
}
