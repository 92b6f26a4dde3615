import type * as api from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type Scope } from '../service';
import { embeddedMetrics } from './embedded-metrics';
import { filterPattern } from './filter-pattern';
import type { LogGroups } from './log-groups';

const PAGE = 10_000;

/** Writing and reading log events. */
export class LogEvents {
  constructor(
    private readonly scope: Scope,
    private readonly groups: LogGroups,
  ) {}

  put({ logGroupName, logStreamName, logEvents = [] }: api.PutLogEventsCommandInput) {
    this.groups.get(logGroupName!).stream(logStreamName!).append(logEvents, this.scope.clock.now());
    for (const { message } of logEvents) {
      for (const { namespace, data } of embeddedMetrics(message!)) {
        this.scope.service('cloudwatch').operations.PutMetricData!({
          Namespace: namespace,
          MetricData: data,
        });
      }
    }
    return { nextSequenceToken: '0' };
  }

  get(input: api.GetLogEventsCommandInput): Partial<api.GetLogEventsCommandOutput> {
    const stream = this.groups.get(nameOf(input)).stream(input.logStreamName!);
    const events = stream.read().filter(({ timestamp }) => within(timestamp, input));
    const limit = input.limit ?? PAGE;
    const [direction, position] = tokenOf(input.nextToken);
    let start = input.startFromHead ? 0 : Math.max(0, events.length - limit);
    if (direction === 'f') start = position;
    if (direction === 'b') start = Math.max(0, position - limit);
    const end = direction === 'b' ? position : Math.min(events.length, start + limit);
    return {
      events: events.slice(start, end),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  }

  filter(input: api.FilterLogEventsCommandInput): Partial<api.FilterLogEventsCommandOutput> {
    const matches = filterPattern(input.filterPattern);
    const group = this.groups.get(nameOf(input));
    const streams = [...group.streams.values()].filter(
      ({ name }) =>
        (!input.logStreamNames?.length || input.logStreamNames.includes(name)) &&
        name.startsWith(input.logStreamNamePrefix ?? ''),
    );
    const found = streams
      .flatMap((stream) =>
        stream.read().map((event, index) => ({
          ...event,
          logStreamName: stream.name,
          eventId: eventId(event.timestamp, stream.created, index),
        })),
      )
      .filter(({ timestamp, message }) => within(timestamp, input) && matches(message))
      .sort((a, b) => a.timestamp - b.timestamp);
    const start = Number(input.nextToken ?? 0);
    const end = start + (input.limit ?? PAGE);
    return {
      events: found.slice(start, end),
      searchedLogStreams: [],
      ...(end < found.length && { nextToken: String(end) }),
    };
  }
}

function nameOf({
  logGroupName,
  logGroupIdentifier,
}: {
  logGroupName?: string;
  logGroupIdentifier?: string;
}): string {
  return logGroupName ?? logGroupIdentifier ?? '';
}

/** The end time is exclusive. */
function within(
  timestamp: number,
  { startTime, endTime }: { startTime?: number; endTime?: number },
): boolean {
  return timestamp >= (startTime ?? 0) && timestamp < (endTime ?? Number.POSITIVE_INFINITY);
}

function tokenOf(token: string | undefined): [direction: 'f' | 'b' | undefined, position: number] {
  if (!token) return [undefined, 0];
  const found = /^([fb])\/(\d+)$/.exec(token);
  if (!found) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return [found[1] as 'f' | 'b', Number(found[2])];
}

/** Digits alone, as clients that remember what they have shown expect; ordered by time. */
function eventId(timestamp: number, streamCreated: number, index: number): string {
  return `${timestamp}${streamCreated}${String(index).padStart(10, '0')}`;
}
