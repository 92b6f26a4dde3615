import path from 'node:path';
import type * as api from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type Operation, type Scope } from '../service';
import { LogGroup, type LogStream } from './log-group';

/** @see CloudWatch Logs API: PutRetentionPolicy */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Log groups and their streams. Retention is recorded: nothing is removed before the region's folder is. */
export class LogGroups {
  private readonly groups = new Map<string, LogGroup>();

  constructor(private readonly scope: Scope) {}

  readonly operations: Record<string, Operation> = {
    CreateLogGroup: ({ logGroupName, kmsKeyId, logGroupClass, tags }: api.CreateLogGroupCommandInput) => {
      const name = logGroupName ?? '';
      if (!/^[\w./#-]{1,512}$/.test(name)) {
        throw new AwsError(
          'InvalidParameterException',
          `Log group name is '${name}'; allowed are up to 512 letters, digits and _ - / . #`,
        );
      }
      if (this.groups.has(name)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      }
      const folder = path.join(this.scope.folder('logs'), encodeURIComponent(name));
      const settings = { kmsKeyId, logGroupClass, tags: { ...tags } };
      this.groups.set(name, new LogGroup(name, this.scope.clock.now(), folder, settings));
    },
    DeleteLogGroup: ({ logGroupName }: api.DeleteLogGroupCommandInput) => {
      this.get(logGroupName!).remove();
      this.groups.delete(logGroupName!);
    },
    DescribeLogGroups: (input: api.DescribeLogGroupsCommandInput) => {
      const {
        logGroupNamePrefix: prefix = '',
        logGroupNamePattern: pattern = '',
        limit = 50,
        nextToken,
      } = input;
      const found = [...this.groups.values()]
        .filter(({ name }) => name.startsWith(prefix) && name.includes(pattern))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { page, next } = paged(found, limit, nextToken);
      return { logGroups: page.map((group) => this.describe(group)), nextToken: next };
    },
    PutRetentionPolicy: ({ logGroupName, retentionInDays }: api.PutRetentionPolicyCommandInput) => {
      if (!RETENTIONS.includes(retentionInDays!)) {
        throw new AwsError(
          'InvalidParameterException',
          `retentionInDays is ${retentionInDays}; allowed are ${RETENTIONS.join(', ')}`,
        );
      }
      this.get(logGroupName!).retentionInDays = retentionInDays;
    },
    DeleteRetentionPolicy: ({ logGroupName }: api.DeleteRetentionPolicyCommandInput) => {
      this.get(logGroupName!).retentionInDays = undefined;
    },
    CreateLogStream: ({ logGroupName, logStreamName }: api.CreateLogStreamCommandInput) =>
      this.get(logGroupName!).createStream(logStreamName!, this.scope.clock.now()),
    DeleteLogStream: ({ logGroupName, logStreamName }: api.DeleteLogStreamCommandInput) =>
      this.get(logGroupName!).deleteStream(logStreamName!),
    DescribeLogStreams: (input: api.DescribeLogStreamsCommandInput) => {
      const group = this.get(input.logGroupName ?? input.logGroupIdentifier!);
      const prefix = input.logStreamNamePrefix ?? '';
      const found = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix));
      const byTime = (a: LogStream, b: LogStream) => (a.lastEvent ?? 0) - (b.lastEvent ?? 0);
      const byName = (a: LogStream, b: LogStream) => (a.name < b.name ? -1 : 1);
      found.sort(input.orderBy === 'LastEventTime' ? byTime : byName);
      if (input.descending) found.reverse();
      const { page, next } = paged(found, input.limit ?? 50, input.nextToken);
      return { logStreams: page.map((stream) => this.describeStream(group, stream)), nextToken: next };
    },
    TagResource: ({ resourceArn, tags }: api.TagResourceCommandInput) => {
      Object.assign(this.get(resourceArn!).settings.tags, tags);
    },
    UntagResource: ({ resourceArn, tagKeys }: api.UntagResourceCommandInput) => {
      for (const key of tagKeys ?? []) delete this.get(resourceArn!).settings.tags[key];
    },
    ListTagsForResource: ({ resourceArn }: api.ListTagsForResourceCommandInput) => ({
      tags: this.get(resourceArn!).settings.tags,
    }),
  };

  /** By name or ARN. @throws AwsError ResourceNotFoundException */
  get(nameOrArn: string): LogGroup {
    const name = /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
    const group = this.groups.get(name);
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  arn(name: string): string {
    return `arn:aws:logs:${this.scope.region}:${this.scope.accountId}:log-group:${name}`;
  }

  private describe(group: LogGroup): api.LogGroup {
    return {
      logGroupName: group.name,
      creationTime: group.created,
      retentionInDays: group.retentionInDays,
      metricFilterCount: 0,
      arn: `${this.arn(group.name)}:*`,
      logGroupArn: this.arn(group.name),
      kmsKeyId: group.settings.kmsKeyId,
      logGroupClass: (group.settings.logGroupClass ?? 'STANDARD') as api.LogGroupClass,
      storedBytes: [...group.streams.values()].reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    };
  }

  private describeStream(group: LogGroup, stream: LogStream): api.LogStream {
    return {
      logStreamName: stream.name,
      creationTime: stream.created,
      firstEventTimestamp: stream.firstEvent,
      lastEventTimestamp: stream.lastEvent,
      lastIngestionTime: stream.lastIngestion,
      uploadSequenceToken: '0',
      arn: `${this.arn(group.name)}:log-stream:${stream.name}`,
      storedBytes: 0,
    };
  }
}

function paged<Item>(items: Item[], limit: number, token?: string): { page: Item[]; next?: string } {
  const start = Number(token ?? 0);
  const end = start + limit;
  return { page: items.slice(start, end), next: end < items.length ? String(end) : undefined };
}
