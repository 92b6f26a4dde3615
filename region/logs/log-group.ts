import fs from 'node:fs';
import path from 'node:path';
import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../service';

export interface StoredEvent {
  /** AWS time, milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

/** One log stream: a file with one JSON line for each event. */
export class LogStream {
  firstEvent?: number;
  lastEvent?: number;
  lastIngestion?: number;
  storedBytes = 0;

  constructor(
    readonly name: string,
    readonly created: number,
    private readonly file: string,
  ) {
    fs.writeFileSync(file, '');
  }

  append(events: readonly InputLogEvent[], now: number): void {
    const lines = events.map(({ timestamp, message }): StoredEvent => {
      this.firstEvent = Math.min(this.firstEvent ?? Number.POSITIVE_INFINITY, timestamp!);
      this.lastEvent = Math.max(this.lastEvent ?? 0, timestamp!);
      this.storedBytes += Buffer.byteLength(message!) + 26;
      return { timestamp: timestamp!, message: message!, ingestionTime: now };
    });
    this.lastIngestion = now;
    fs.appendFileSync(this.file, lines.map((line) => JSON.stringify(line) + '\n').join(''));
  }

  /** All events by time; those of one time in the order they came. */
  read(): StoredEvent[] {
    const lines = fs.readFileSync(this.file, 'utf8').split('\n');
    const events = lines.filter(Boolean).map((line) => JSON.parse(line) as StoredEvent);
    return events.sort((a, b) => a.timestamp - b.timestamp);
  }

  remove(): void {
    fs.rmSync(this.file, { force: true });
  }
}

/** One log group: a folder of streams. */
export class LogGroup {
  readonly streams = new Map<string, LogStream>();
  retentionInDays?: number;

  constructor(
    readonly name: string,
    readonly created: number,
    private readonly folder: string,
    readonly settings: { kmsKeyId?: string; logGroupClass?: string; tags: Record<string, string> },
  ) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }

  createStream(name: string, now: number): void {
    if (this.streams.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    if (!/^[^:*]{1,512}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterException',
        `Log stream name is '${name}'; allowed are up to 512 characters without : and *`,
      );
    }
    const file = path.join(this.folder, `${encodeURIComponent(name)}.jsonl`);
    this.streams.set(name, new LogStream(name, now, file));
  }

  stream(name: string): LogStream {
    const stream = this.streams.get(name);
    if (!stream) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return stream;
  }

  deleteStream(name: string): void {
    this.stream(name).remove();
    this.streams.delete(name);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
