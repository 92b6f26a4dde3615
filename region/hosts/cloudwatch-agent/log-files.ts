import fs from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Clock, Timer } from '../../clock/clock';
import type { AgentConfig, AgentHost, Collector, Emit } from './collector';
import { LogStreamWriter } from './log-stream-writer';
import { Tail } from './tail';

/** Wall milliseconds between looks at the files. The agent's own interval, 5 s, would be long under a scaled clock. */
const LOOK = 200;

/** One entry of `collect_list`. */
interface LogFile {
  readonly file_path: string;
  readonly log_group_name?: string;
  readonly log_stream_name?: string;
  readonly retention_in_days?: number;
}

/** What an entry collects: the newest file of its path goes to one log stream. */
interface Source {
  readonly pattern: string;
  readonly writer: LogStreamWriter;
}

/**
 * `logs.logs_collected.files`: what is appended to files goes to CloudWatch Logs, a line an event.
 * @see CloudWatch User Guide: CloudWatch agent configuration file, Logs section
 */
export class LogFiles implements Collector {
  readonly plays = [
    'logs.log_stream_name',
    ...['file_path', 'log_group_name', 'log_stream_name', 'retention_in_days'].map(
      (key) => `logs.logs_collected.files.collect_list[].${key}`,
    ),
  ];
  /** By file. They outlive a stop, as the agent's own state does: nothing is collected twice. */
  private readonly tails = new Map<string, Tail>();
  private sources: Source[] = [];
  private next?: Timer;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: AgentHost,
    private readonly clock: Pick<Clock, 'wall' | 'deadline'>,
  ) {}

  check(config: AgentConfig): void {
    this.sourcesOf(config, async () => {});
  }

  async start(config: AgentConfig, emit: Emit): Promise<void> {
    this.sources = this.sourcesOf(config, emit);
    if (this.sources.length > 0) this.arm();
  }

  async stop(): Promise<void> {
    this.next?.cancel();
    await this.looking;
    await this.look();
    this.sources = [];
  }

  private arm(): void {
    this.next = this.clock.deadline(LOOK, () => {
      this.looking = this.look();
      void this.looking.then(() => this.arm());
    });
  }

  private async look(): Promise<void> {
    for (const { pattern, writer } of this.sources) {
      const file = newest(pattern);
      if (!file) continue;
      const tail = this.tails.get(file) ?? new Tail(file);
      this.tails.set(file, tail);
      const lines = tail.read();
      if (lines.length === 0) continue;
      await writer.write(lines, this.host.awsTime(this.clock.wall())).catch((error: Error) => {
        this.host.failed(`the CloudWatch agent could not send ${file}: ${error.name}: ${error.message}`);
      });
    }
  }

  private sourcesOf({ logs }: AgentConfig, emit: Emit): Source[] {
    const entries: LogFile[] = logs?.logs_collected?.files?.collect_list ?? [];
    return entries.map((entry) => this.source(entry, logs.log_stream_name, emit));
  }

  private source(
    { file_path, log_group_name = file_path, log_stream_name, retention_in_days }: LogFile,
    common: string | undefined,
    emit: Emit,
  ): Source {
    if (!file_path?.startsWith('/')) {
      throw new Error(`logs.logs_collected.files: file_path is ${file_path}; allowed is an absolute path`);
    }
    const names = [log_group_name, log_stream_name ?? common ?? '{instance_id}'];
    const [group, stream] = names.map((name) => this.named(name));
    return {
      pattern: path.join(this.host.root, file_path),
      writer: new LogStreamWriter(emit, group, stream, retention_in_days),
    };
  }

  /** A name with the agent's placeholders filled in. */
  private named(name: string): string {
    const { instanceId } = this.host;
    const values: Record<string, string> = {
      instance_id: instanceId,
      hostname: instanceId,
      local_hostname: instanceId,
    };
    return name.replace(/\{(\w+)\}/g, (whole, key) => {
      if (key in values) return values[key];
      throw new Error(`${name}: ${whole} is not played; played are {${Object.keys(values).join('}, {')}}`);
    });
  }
}

/** Of several files that match, the agent collects the one that was written to last. */
function newest(pattern: string): string | undefined {
  const files = matching(pattern);
  if (files.length < 2) return files[0];
  const modified = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return files.reduce((latest, file) => (modified(file) > modified(latest) ? file : latest));
}

function matching(pattern: string): string[] {
  const { base, glob } = picomatch.scan(pattern);
  if (!glob) return [pattern].filter((file) => fs.existsSync(file));
  if (!fs.existsSync(base)) return [];
  const names = fs.readdirSync(base, { recursive: glob.includes('/'), encoding: 'utf8' });
  const matches = picomatch(glob);
  return names.filter((name) => matches(name)).map((name) => path.join(base, name));
}
