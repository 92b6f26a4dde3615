import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Waits for the end of its standard input, which is the end of the process that holds the other side. */
const WATCHDOG = 'while read -r _; do :; done; kill -s KILL -- "-$0" 2>/dev/null';

/** A child process and all its descendants, which end together: also when the region is killed. */
export class ProcessGroup {
  readonly child: ChildProcessWithoutNullStreams;
  /** The first process has ended and its output is read; its exit status, undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;

  constructor(
    command: string,
    args: readonly string[],
    options: { cwd: string; env: Record<string, string> },
  ) {
    this.child = spawn(command, args, { ...options, stdio: 'pipe', detached: true });
    const { pid } = this.child;
    const watchdog =
      pid === undefined
        ? undefined
        : spawn('/bin/sh', ['-c', WATCHDOG, String(pid)], {
            stdio: ['pipe', 'ignore', 'ignore'],
            detached: true,
            env: {},
          });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      // Not `close`: a background process may hold the output open.
      this.child.once('exit', (status) => resolve(status ?? undefined));
    });
    const release = () => {
      this.kill();
      watchdog?.stdin?.end();
    };
    this.ended.then(release, release);
  }

  /** Ends every process of the group at once. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Ended already.
    }
  }
}
