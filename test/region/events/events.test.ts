import { Events } from '../../../region/events/events';
import type { Scope } from '../../../region/service';
import { testScope } from '../../support/scope';

const CHANGE = {
  source: 'aws.codecommit',
  detailType: 'CodeCommit Repository State Change',
  resources: ['arn:aws:codecommit:us-east-1:111111111111:shop'],
  detail: { event: 'referenceUpdated', referenceName: 'main', commitId: 'c1', quote: 'say "hi"' },
};
const PATTERN = { source: ['aws.codecommit'], detail: { referenceName: ['main'] } };
const CONTEXT = { stackName: 'Stack', stackId: 'arn:stack/0123456789abcdef', logicalId: 'Rule', tags: {} };

function eventsScope() {
  const calls: [string, any, any?][] = [];
  const service = (...names: string[]) => ({
    operations: Object.fromEntries(
      names.map((name) => [name, (input: any, call?: any) => void calls.push([name, input, call])]),
    ),
  });
  const scope = testScope({
    events: (own: Scope) => new Events(own),
    codepipeline: service('StartPipelineExecution'),
    lambda: service('Invoke'),
    sns: service('Publish'),
    codebuild: service('StartBuild'),
    logs: service('CreateLogStream', 'PutLogEvents'),
  });
  const events = scope.service('events');
  const rule = (targets: any[], more: object = {}) =>
    events.resources[0].create({ EventPattern: PATTERN, Targets: targets, ...more }, { scope, ...CONTEXT });
  return { scope, events, calls, rule, settle: () => scope.clock.advance(0) };
}

const target = (service: string, resource: string, more: object = {}) => ({
  Id: 'Target0',
  Arn: `arn:aws:${service}:us-east-1:111111111111:${resource}`,
  ...more,
});

test('an event has its envelope and starts the pipeline that the rule names', async () => {
  const { events, calls, rule, scope, settle } = eventsScope();
  const { physicalId, attributes } = await rule([target('codepipeline', 'release')]);
  expect(attributes?.Arn).toBe(`arn:aws:events:us-east-1:111111111111:rule/${physicalId}`);
  expect(events.emit(CHANGE)).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': CHANGE.detailType,
    source: CHANGE.source,
    account: '111111111111',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: CHANGE.resources,
    detail: CHANGE.detail,
  });
  await settle();
  expect(calls).toEqual([
    [
      'StartPipelineExecution',
      { name: 'release' },
      expect.objectContaining({ principalArn: attributes?.Arn }),
    ],
  ]);
  expect(scope.journal.entries().map(({ type, subject }) => [type, subject])).toEqual([
    ['RuleMatched', physicalId],
  ]);
});

test('a disabled rule and one that does not match do nothing', async () => {
  const { events, calls, rule, settle } = eventsScope();
  const { physicalId } = await rule([target('codepipeline', 'release')]);
  events.emit({ ...CHANGE, source: 'aws.s3' });
  events.operations.DisableRule({ Name: physicalId });
  events.emit(CHANGE);
  await settle();
  expect(calls).toEqual([]);
});

test.each<[string, any, string, object]>([
  [
    'Lambda',
    target('lambda', 'function:react', { InputPath: '$.detail.commitId' }),
    'Invoke',
    {
      FunctionName: 'arn:aws:lambda:us-east-1:111111111111:function:react',
      InvocationType: 'Event',
      Payload: Buffer.from('"c1"'),
    },
  ],
  [
    'SNS',
    target('sns', 'team', {
      InputTransformer: {
        InputPathsMap: {
          branch: '$.detail.referenceName',
          repository: '$.resources[0]',
          quote: '$.detail.quote',
        },
        InputTemplate: '"<branch> of <repository>: <quote>"',
      },
    }),
    'Publish',
    {
      TopicArn: 'arn:aws:sns:us-east-1:111111111111:team',
      Message: 'main of arn:aws:codecommit:us-east-1:111111111111:shop: say "hi"',
    },
  ],
  [
    'CodeBuild',
    target('codebuild', 'project/check', { Input: '{"sourceVersion":"v9"}' }),
    'StartBuild',
    {
      projectName: 'check',
      sourceVersion: 'v9',
    },
  ],
  [
    'CodePipeline with a source revision',
    target('codepipeline', 'release', {
      InputTransformer: {
        InputPathsMap: { commit: '$.detail.commitId' },
        InputTemplate:
          '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":<commit>}]}',
      },
    }),
    'StartPipelineExecution',
    {
      name: 'release',
      sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: 'c1' }],
    },
  ],
  [
    'a log group',
    target('logs', 'log-group:/events', { Input: '{"seen":true}' }),
    'PutLogEvents',
    {
      logGroupName: '/events',
      logEvents: [{ message: '{"seen":true}' }],
    },
  ],
])('target: %s', async (_, declared, operation, input) => {
  const { events, calls, rule, settle } = eventsScope();
  await rule([declared]);
  events.emit(CHANGE);
  await settle();
  expect(calls.at(-1)?.slice(0, 2)).toMatchObject([operation, input]);
});

test('a failing target is in the journal and does not reach the emitter', async () => {
  const { scope, events, rule, settle } = eventsScope();
  (scope.service('sns').operations as any).Publish = () => {
    throw new Error('no such topic');
  };
  const { physicalId } = await rule([target('sns', 'gone')]);
  events.emit(CHANGE);
  await settle();
  expect(scope.journal.entries(({ type }) => type === 'TargetFailed')).toMatchObject([
    { subject: physicalId, message: expect.stringContaining('no such topic') },
  ]);
});

test('what is not played is refused when the rule is created', async () => {
  const { rule } = eventsScope();
  await expect(rule([target('sqs', 'queue')])).rejects.toThrow(
    'a target of sqs; the region plays targets of',
  );
  await expect(rule([], { EventBusName: 'other' })).rejects.toThrow('the region plays the default bus');
  await expect(
    rule([], { EventPattern: undefined, ScheduleExpression: 'cron(0 12 * * ? *)' }),
  ).rejects.toThrow('found the ScheduleExpression cron(0 12 * * ? *)');
  await expect(rule([], { EventPattern: { source: 'aws.s3' } })).rejects.toThrow('EventPattern.source');
});

test('a rate calls its targets in AWS time until the rule is deleted', async () => {
  const { scope, events, calls, rule } = eventsScope();
  const { physicalId } = await rule([target('lambda', 'function:tick')], {
    EventPattern: undefined,
    ScheduleExpression: 'rate(5 minutes)',
  });
  await scope.clock.advance(15 * 60_000);
  expect(calls).toHaveLength(3);
  await events.resources[0].delete(physicalId, {}, { scope, ...CONTEXT });
  await scope.clock.advance(15 * 60_000);
  expect(calls).toHaveLength(3);
});

test('an update of the rule replaces its targets', async () => {
  const { scope, events, rule } = eventsScope();
  const before = { EventPattern: PATTERN, Targets: [{ ...target('sns', 'old'), Id: 'Old' }] };
  const { physicalId } = await rule(before.Targets);
  const after = { EventPattern: PATTERN, Targets: [{ ...target('sns', 'new'), Id: 'New' }] };
  await events.resources[0].update(physicalId, after, before, { scope, ...CONTEXT });
  expect(events.operations.ListTargetsByRule({ Rule: physicalId })).toEqual({ Targets: after.Targets });
});

test('PutEvents takes the events of others, not those of AWS', async () => {
  const { events, calls, rule, settle } = eventsScope();
  await rule([target('sns', 'team')], { EventPattern: { source: ['shop'] } });
  const Detail = JSON.stringify({ paid: true });
  const result: any = events.operations.PutEvents({
    Entries: [
      { Source: 'shop', DetailType: 'Order', Detail },
      { Source: 'aws.s3', DetailType: 'Order', Detail },
    ],
  });
  await settle();
  expect(result.Entries).toEqual([
    { EventId: expect.any(String) },
    expect.objectContaining({ ErrorCode: 'NotAuthorizedForSourceException' }),
  ]);
  expect(calls).toHaveLength(1);
  expect(
    events.operations.TestEventPattern({ EventPattern: '{"source":["shop"]}', Event: '{"source":"shop"}' }),
  ).toEqual({ Result: true });
});
