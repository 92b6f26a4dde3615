import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';

interface LogStream {
  readonly creationTime: number;
  readonly events: InputLogEvent[];
}

/** The log group that lambda/once.ts keeps its records in, answered by a mocked client at the level of commands. */
export class Records {
  readonly logs = mockClient(CloudWatchLogsClient);
  readonly streams = new Map<string, LogStream>();

  constructor() {
    process.env.RECORDS_LOG_GROUP = 'records';
    this.reset();
  }

  /** Everything is forgotten, and answered as at first. */
  reset(): void {
    this.streams.clear();
    this.logs.reset();
    this.logs.on(CreateLogStreamCommand).callsFake(({ logStreamName }) => {
      if (this.streams.has(logStreamName))
        throw new ResourceAlreadyExistsException({ message: 'exists', $metadata: {} });
      this.streams.set(logStreamName, { creationTime: Date.now(), events: [] });
    });
    this.logs.on(DescribeLogStreamsCommand).callsFake(({ logStreamNamePrefix: prefix, limit }) => ({
      logStreams: [...this.streams]
        .filter(([logStreamName]) => logStreamName.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([logStreamName, { creationTime }]) => ({ logStreamName, creationTime })),
    }));
    this.logs.on(GetLogEventsCommand).callsFake(({ logStreamName }) => ({
      events: this.streams.get(logStreamName)!.events,
    }));
    this.logs.on(PutLogEventsCommand).callsFake(({ logStreamName, logEvents }) => {
      this.streams.get(logStreamName)!.events.push(...logEvents);
    });
  }

  /** A claim that some invocation has made so many seconds ago, and nothing came of yet. */
  claim(key: string, secondsAgo: number): void {
    this.streams.set(key, { creationTime: Date.now() - secondsAgo * 1000, events: [] });
  }

  /** What some invocation has done and recorded. */
  record(key: string): void {
    this.streams.set(key, { creationTime: 0, events: [{ timestamp: 0, message: '{}' }] });
  }

  /** What was recorded, as JSON, in order. */
  get written(): any[] {
    return this.logs
      .commandCalls(PutLogEventsCommand)
      .flatMap(({ args }) => args[0].input.logEvents!.map(({ message }) => JSON.parse(message!)));
  }
}
