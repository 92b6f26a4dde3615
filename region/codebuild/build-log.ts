import fs from 'node:fs';
import path from 'node:path';
import type { Scope } from '../service';

/** How many lines a failed build leaves in the journal. */
const TAIL = 30;

export interface BuildLogOptions {
  /** File that the lines are written to, whatever CloudWatch Logs keeps. */
  readonly file: string;
  /** Left out when the project turns CloudWatch Logs off. */
  readonly stream?: { readonly group: string; readonly name: string };
}

/** The lines of a build, as they come: into a file and into CloudWatch Logs. */
export class BuildLog {
  private readonly file: fs.WriteStream;
  private readonly last: string[] = [];
  private waiting: { timestamp: number; message: string }[] = [];
  private delivery: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly scope: Scope,
    private readonly options: BuildLogOptions,
  ) {
    fs.mkdirSync(path.dirname(options.file), { recursive: true });
    this.file = fs.createWriteStream(options.file);
    if (options.stream) {
      const { group, name } = options.stream;
      this.deliver('CreateLogGroup', { logGroupName: group });
      this.deliver('CreateLogStream', { logGroupName: group, logStreamName: name });
    }
  }

  /** A line that a command printed. */
  line(message: string): void {
    this.file.write(message + '\n');
    this.last.push(message);
    if (this.last.length > TAIL) this.last.shift();
    if (!this.options.stream) return;
    this.waiting.push({ timestamp: Math.floor(this.scope.clock.now()), message });
    if (this.waiting.length === 1) setImmediate(() => this.flush());
  }

  /** A line of CodeBuild's own. */
  note(message: string): void {
    const time = new Date(this.scope.clock.now()).toISOString().replaceAll('-', '/').replace('T', ' ');
    this.line(`[Container] ${time.replace('Z', '')} ${message}`);
  }

  /** The last lines, oldest first. */
  tail(): readonly string[] {
    return this.last;
  }

  async end(): Promise<void> {
    this.flush();
    await this.delivery;
    await new Promise<void>((resolve) => this.file.end(resolve));
  }

  private flush(): void {
    const { stream } = this.options;
    if (!stream || this.waiting.length === 0) return;
    const logEvents = this.waiting;
    this.waiting = [];
    this.deliver('PutLogEvents', { logGroupName: stream.group, logStreamName: stream.name, logEvents });
  }

  /** In order, one after the other; a group that exists already is as good as a new one. */
  private deliver(operation: string, input: object): void {
    this.delivery = this.delivery
      .then(() => this.scope.service('logs').operations[operation]?.(input))
      .catch((error: Error) => {
        if (error.name !== 'ResourceAlreadyExistsException') {
          this.file.write(`CloudWatch Logs: ${operation}: ${error.message}\n`);
        }
      });
  }
}
