import { randomBytes } from 'node:crypto';
import type { Scope } from '../service';

/** The log stream of one execution environment. */
export class FunctionLog {
  readonly stream: string;
  private unfinished = '';
  /** Lines since the last {@link tail}. */
  private recent: string[] = [];

  constructor(
    private readonly scope: Scope,
    readonly group: string,
    version: string,
  ) {
    const date = new Date(scope.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.stream = `${date}/[${version}]${randomBytes(16).toString('hex')}`;
  }

  /** Appends output as it comes; each full line becomes an event. */
  write(text: string): void {
    const lines = (this.unfinished + text).split('\n');
    this.unfinished = lines.pop()!;
    this.put(lines);
  }

  /** Ends a line that has no newline yet. */
  flush(): void {
    if (this.unfinished) this.put([this.unfinished]);
    this.unfinished = '';
  }

  /** The last 4 KB since the last call, as Invoke's LogResult gives them. */
  tail(): string {
    const text = this.recent.map((line) => line + '\n').join('');
    this.recent = [];
    return Buffer.from(text).subarray(-4096).toString('base64');
  }

  private put(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.recent.push(...lines);
    if (this.recent.length > 1000) this.recent.splice(0, this.recent.length - 1000);
    const timestamp = this.scope.clock.now();
    // CloudWatch Logs takes no empty event.
    const logEvents = lines.filter((line) => line !== '').map((message) => ({ timestamp, message }));
    if (logEvents.length === 0) return;
    const { operations } = this.scope.service('logs');
    const where = { logGroupName: this.group, logStreamName: this.stream };
    const without = (code: string, operate: () => unknown): boolean => {
      try {
        operate();
        return true;
      } catch (error) {
        if ((error as Error).name !== code) throw error;
        return false;
      }
    };
    const put = () => operations.PutLogEvents!({ ...where, logEvents });
    if (without('ResourceNotFoundException', put)) return;
    // Lambda makes what is missing with the first line, or again after somebody has deleted it.
    without('ResourceAlreadyExistsException', () => operations.CreateLogGroup!(where));
    without('ResourceAlreadyExistsException', () => operations.CreateLogStream!(where));
    put();
  }
}
