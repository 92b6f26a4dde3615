import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';

/** A git command that ended with an exit status other than 0. */
export class GitError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly status: number | null,
    readonly stderr: string,
    /** Some commands say with their status that the answer on their output is a no. */
    readonly stdout: Buffer,
  ) {
    super(`git ${args[0]}: ${stderr.trim() || `exit status ${status}`}`);
    this.name = 'GitError';
  }
}

interface RunOptions {
  /** Bare repository to work on. */
  readonly repository?: string;
  readonly input?: Buffer | string;
  readonly environment?: Record<string, string>;
}

/** The machine's own git, run so that the user's and the system's git configuration are neither read nor written. */
export class Git {
  private readonly children = new Set<ChildProcess>();

  /** @param home folder that stands in for HOME */
  constructor(private readonly home: string) {}

  /** Runs a git command to its end and gives its output. Rejects with {@link GitError}. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    const location = options.repository ? [`--git-dir=${options.repository}`] : [];
    const child = this.spawn([...location, ...args], options.environment);
    return new Promise((resolve, reject) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk) => stdout.push(chunk));
      child.stderr.on('data', (chunk) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (status) => {
        if (status === 0) resolve(Buffer.concat(stdout));
        else reject(new GitError(args, status, Buffer.concat(stderr).toString(), Buffer.concat(stdout)));
      });
      // A command that does not read its input ends before it is written.
      child.stdin.on('error', () => {});
      child.stdin.end(options.input);
    });
  }

  /** The output of a command as text, without the last line break. */
  async text(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return (await this.run(args, options)).toString().replace(/\n$/, '');
  }

  /** Starts a git command; it ends with {@link stop} at the latest. */
  spawn(args: readonly string[], environment: Record<string, string> = {}): ChildProcessWithoutNullStreams {
    const child = spawn('git', args, { env: { ...this.environment(), ...environment }, stdio: 'pipe' });
    this.children.add(child);
    const forget = () => this.children.delete(child);
    child.once('close', forget).once('error', forget);
    return child;
  }

  /** Ends every git process that is still at work. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.children].map((child) => {
        const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
        child.kill('SIGKILL');
        return closed;
      }),
    );
  }

  private environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: this.home,
      XDG_CONFIG_HOME: path.join(this.home, '.config'),
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      // Garbage collection would go on in the background after the push that started it.
      GIT_CONFIG_KEY_1: 'gc.auto',
      GIT_CONFIG_VALUE_1: '0',
    };
  }
}
