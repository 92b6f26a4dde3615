import fs from 'node:fs';
import path from 'node:path';
import { CloudWatch } from '../../../region/cloudwatch/cloudwatch';
import { filterPattern } from '../../../region/logs/filter-pattern';
import { Logs } from '../../../region/logs/logs';
import { type TestScope, testScope } from '../../support/scope';

const GROUP = '/aws/lambda/react';
const AT = Date.UTC(2026, 0, 1);

function played(scope: TestScope = testScope()) {
  const logs = new Logs(scope);
  const call = (name: string, input: any = {}): any => logs.operations[name]!(input);
  call('CreateLogGroup', { logGroupName: GROUP, tags: { team: 'road' } });
  call('CreateLogStream', { logGroupName: GROUP, logStreamName: 'one' });
  const put = (messages: string[], logStreamName = 'one') =>
    call('PutLogEvents', {
      logGroupName: GROUP,
      logStreamName,
      logEvents: messages.map((message, index) => ({ timestamp: AT + index * 1000, message })),
    });
  return { scope, call, put };
}

it('keeps events in a file and gives them back page by page', () => {
  const { scope, call, put } = played();
  put(['first', 'second', 'third']);
  const read = (input: any) => call('GetLogEvents', { logGroupName: GROUP, logStreamName: 'one', ...input });
  const messages = (page: any) => page.events.map((event: any) => event.message);
  expect(messages(read({ startFromHead: true }))).toEqual(['first', 'second', 'third']);
  expect(messages(read({ limit: 2 }))).toEqual(['second', 'third']);
  const page = read({ startFromHead: true, limit: 2 });
  const next = read({ nextToken: page.nextForwardToken });
  expect([messages(page), messages(next)]).toEqual([['first', 'second'], ['third']]);
  const end = read({ nextToken: next.nextForwardToken });
  expect([messages(end), end.nextForwardToken]).toEqual([[], next.nextForwardToken]);
  expect(messages(read({ startTime: AT + 1000, endTime: AT + 2000 }))).toEqual(['second']);
  const file = path.join(scope.folder('logs'), encodeURIComponent(GROUP), 'one.jsonl');
  expect(fs.readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
});

it('filters over all streams of a group', () => {
  const { call, put } = played();
  call('CreateLogStream', { logGroupName: GROUP, logStreamName: 'two' });
  put(['ERROR a', 'fine']);
  put(['ERROR b', 'also fine'], 'two');
  const { events } = call('FilterLogEvents', { logGroupName: GROUP, filterPattern: 'ERROR' });
  expect(events).toMatchObject([
    { message: 'ERROR a', logStreamName: 'one' },
    { message: 'ERROR b', logStreamName: 'two' },
  ]);
  const streams = call('DescribeLogStreams', { logGroupName: GROUP, descending: true }).logStreams;
  expect(streams).toMatchObject([
    { logStreamName: 'two', lastEventTimestamp: AT + 1000 },
    { logStreamName: 'one' },
  ]);
});

it.each([
  ['', 'anything', true],
  ['a b', 'b and a', true],
  ['a c', 'b and a', false],
  ['"b and"', 'b and a', true],
  ['a -b', 'b and a', false],
  ['?x ?a', 'b and a', true],
  ['?x ?y', 'b and a', false],
])('pattern %j on %j: %s', (pattern, message, expected) => {
  expect(filterPattern(pattern)(message)).toBe(expected);
});

it('refuses patterns it does not play', () => {
  expect(() => filterPattern('{ $.level = "ERROR" }')).toThrow(
    'JSON, space-delimited and regular expression',
  );
});

it('makes metrics of events in the embedded metric format', () => {
  const scope = testScope();
  const cloudwatch = new CloudWatch(scope);
  const faked = testScope({ cloudwatch });
  const { put } = played(faked);
  put([
    JSON.stringify({
      _aws: {
        Timestamp: AT,
        CloudWatchMetrics: [
          { Namespace: 'Own', Dimensions: [['Stage']], Metrics: [{ Name: 'Bakes', Unit: 'Count' }] },
        ],
      },
      Stage: 'beta',
      Bakes: [2, 3],
    }),
    'no metrics in "CloudWatchMetrics"',
  ]);
  const { Datapoints } = cloudwatch.operations['GetMetricStatistics']!({
    Namespace: 'Own',
    MetricName: 'Bakes',
    Dimensions: [{ Name: 'Stage', Value: 'beta' }],
    StartTime: new Date(AT),
    EndTime: new Date(AT + 60_000),
    Period: 60,
    Statistics: ['Sum', 'SampleCount'],
  }) as any;
  expect(Datapoints).toMatchObject([{ Sum: 5, SampleCount: 2, Unit: 'Count' }]);
});

it('describes, retains, tags and deletes groups, with AWS errors', () => {
  const { call } = played();
  call('PutRetentionPolicy', { logGroupName: GROUP, retentionInDays: 30 });
  const [group] = call('DescribeLogGroups', { logGroupNamePrefix: '/aws/lambda/' }).logGroups;
  expect(group).toMatchObject({
    logGroupName: GROUP,
    retentionInDays: 30,
    arn: `arn:aws:logs:us-east-1:111111111111:log-group:${GROUP}:*`,
  });
  call('TagResource', { resourceArn: group.logGroupArn, tags: { more: '1' } });
  expect(call('ListTagsForResource', { resourceArn: group.logGroupArn }).tags).toEqual({
    team: 'road',
    more: '1',
  });
  expect(() => call('PutRetentionPolicy', { logGroupName: GROUP, retentionInDays: 31 })).toThrow(
    'retentionInDays is 31',
  );
  expect(() => call('CreateLogGroup', { logGroupName: GROUP })).toThrow(
    expect.objectContaining({ code: 'ResourceAlreadyExistsException' }),
  );
  call('DeleteLogGroup', { logGroupName: GROUP });
  expect(() => call('GetLogEvents', { logGroupName: GROUP, logStreamName: 'one' })).toThrow(
    expect.objectContaining({ code: 'ResourceNotFoundException' }),
  );
});
