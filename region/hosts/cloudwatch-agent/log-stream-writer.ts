import type { Emit } from './collector';

/** Limits of one PutLogEvents; an event counts 26 bytes beside its message. @see CloudWatch Logs API: PutLogEvents */
const BATCH = { events: 10_000, bytes: 1_048_576, overhead: 26 };

/** Writes to one log stream, which it makes when it is missing, with its group. */
export class LogStreamWriter {
  private retained = false;

  constructor(
    private readonly emit: Emit,
    private readonly logGroupName: string,
    private readonly logStreamName: string,
    private readonly retentionInDays = -1,
  ) {}

  /** @param timestamp of all lines, AWS milliseconds since the epoch */
  async write(lines: readonly string[], timestamp: number): Promise<void> {
    for (const batch of batches(lines)) {
      const logEvents = batch.map((message) => ({ timestamp: Math.round(timestamp), message }));
      await this.put(logEvents).catch(async (error: Error) => {
        if (error.name !== 'ResourceNotFoundException') throw error;
        await this.create();
        await this.put(logEvents);
      });
    }
    await this.retain();
  }

  private put(logEvents: object[]): Promise<void> {
    const { logGroupName, logStreamName } = this;
    return this.emit('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
  }

  /** As the agent does it: the stream first, since its role may not be allowed to make groups. */
  private async create(): Promise<void> {
    const { logGroupName, logStreamName } = this;
    const createStream = () => this.emit('logs', 'CreateLogStream', { logGroupName, logStreamName });
    await createStream().catch(async (error: Error) => {
      if (error.name !== 'ResourceNotFoundException') throw error;
      await this.emit('logs', 'CreateLogGroup', { logGroupName });
      await createStream();
    });
  }

  private async retain(): Promise<void> {
    if (this.retained || this.retentionInDays <= 0) return;
    this.retained = true;
    const { logGroupName, retentionInDays } = this;
    await this.emit('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
  }
}

function* batches(lines: readonly string[]): Iterable<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + BATCH.overhead;
    if (batch.length === BATCH.events || bytes + size > BATCH.bytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
