import { PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { handler } from '../../../lambda/delivery-metrics/handler';
import { at, bake, deploy, SETTINGS, source, type Try } from '../pipeline-history';
import { Records } from '../records';

const codepipeline = mockClient(CodePipelineClient);
const records = new Records();

beforeEach(() => {
  codepipeline.reset();
  records.reset();
  process.env.DELIVERY = JSON.stringify(SETTINGS);
  codepipeline.on(GetPipelineExecutionCommand).resolves({ pipelineExecution: { executionType: 'STANDARD' } });
});

const GOOD = [
  source(),
  deploy('beta', { from: 10, to: 20 }),
  bake('beta', { from: 20, to: 30 }),
  deploy('prod', { from: 30, to: 60 }),
  bake('prod', { from: 60, to: 75 }),
];

test('a release that has come through is a deployment in each environment, with its time since the commit', async () => {
  await ends('SUCCEEDED', GOOD);

  expect(written()).toEqual({
    'beta Changes': [1],
    'beta Deployments': [1],
    'beta LeadTime': [50 * 60],
    'prod Changes': [1],
    'prod Deployments': [1],
    'prod LeadTime': [90 * 60],
  });
});

test('a record is an event of the embedded metric format, at the time of what it tells', async () => {
  await ends('SUCCEEDED', GOOD);

  const [event] = records.written.filter(
    ({ Deployments, Environment }) => Deployments && Environment === 'prod',
  );
  expect(event).toEqual({
    _aws: {
      Timestamp: at(60).getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Tidegate',
          Dimensions: [['Service', 'Environment']],
          Metrics: [
            { Name: 'Deployments', Unit: 'Count' },
            { Name: 'LeadTime', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Service: 'harbor',
    Environment: 'prod',
    Deployments: 1,
    LeadTime: 5400,
    ExecutionId: 'e1',
    CommitId: '3f2a91c07d',
    Record: 'e1/prod/deployment',
  });
});

test('an event that is delivered twice counts once', async () => {
  await ends('SUCCEEDED', GOOD);
  const once = written();
  await ends('SUCCEEDED', GOOD);

  expect(written()).toEqual(once);
});

test('a record that could not be written is written by the retry', async () => {
  records.logs.on(PutLogEventsCommand).rejects(new Error('throttled'));
  await expect(ends('SUCCEEDED', GOOD)).rejects.toThrow('throttled');
  records.logs.resetHistory();
  records.logs.on(PutLogEventsCommand).resolves({});
  jest.useFakeTimers({ now: Date.now() + 60_000 });
  await ends('SUCCEEDED', GOOD);
  jest.useRealTimers();

  expect(Object.keys(written())).toHaveLength(6);
});

test('a bake that fails is a failure of the change; its retry makes no second change and no second deployment', async () => {
  const failed = [...GOOD.slice(0, 4), bake('prod', { status: 'Failed', from: 60, to: 70 })];
  await ends('FAILED', failed);
  expect(written()).toMatchObject({
    'prod Changes': [1],
    'prod Deployments': [1],
    'prod ChangeFailures': [1],
  });

  const again = [deploy('prod', { from: 80, to: 90 }), bake('prod', { from: 90, to: 100 })];
  await ends('SUCCEEDED', [...failed, ...again]);
  expect(written()).toMatchObject({
    'prod Changes': [1],
    'prod Deployments': [1],
    'prod ChangeFailures': [1],
  });
});

test('a deployment that fails and its retry that does not: one change, failed and deployed, timed by the retry', async () => {
  const failed = [...GOOD.slice(0, 3), deploy('prod', { status: 'Failed', from: 30, to: 40 })];
  await ends('FAILED', failed);
  expect(written()).not.toHaveProperty(['prod Deployments']);

  await ends('SUCCEEDED', [...failed, deploy('prod', { from: 50, to: 70 })]);
  expect(written()).toMatchObject({
    'prod Changes': [1],
    'prod ChangeFailures': [1],
    'prod Deployments': [1],
    'prod LeadTime': [100 * 60],
  });
});

test('a superseded execution counts where it has come to and nowhere else', async () => {
  await ends('SUPERSEDED', GOOD.slice(0, 3));

  expect(Object.keys(written())).toEqual(['beta Changes', 'beta Deployments', 'beta LeadTime']);
});

test.each<[string, ActionExecutionDetail[]]>([
  ['before the first environment', [source(), failing('Build', 'Build', { from: 1, to: 5 })]],
  [
    'in provisioning, before anything is deployed',
    [source(), failing('beta', 'Prepare', { from: 1, to: 5 })],
  ],
  ['in a rollback proof', [source(), failing('beta', 'RollbackProof', { from: 1, to: 5 })]],
])('a failure %s is no failure of a change', async (_, actions) => {
  await ends('FAILED', actions);

  expect(written()).toEqual({});
});

test('the rollback of a stage is no change', async () => {
  codepipeline.on(GetPipelineExecutionCommand).resolves({ pipelineExecution: { executionType: 'ROLLBACK' } });
  await ends('SUCCEEDED', GOOD);

  expect(written()).toEqual({});
});

test.each([
  ['in ISO 8601', { CommitterDate: '2026-01-01T13:45:00+02:00' }, 15 * 60 + 3600],
  ['as git keeps it', { CommitterDate: `${at(-30).getTime() / 1000} +0200` }, 90 * 60],
  [
    'by the author alone, as from a connection',
    { CommitterDate: '', AuthorDate: '2026-01-01T11:59:00Z' },
    3660,
  ],
])('the time of the commit %s', async (_, { CommitterDate, ...variables }, LeadTime) => {
  const commit = source(CommitterDate, variables);
  if (!CommitterDate) delete commit.output!.outputVariables!.CommitterDate;
  await ends('SUCCEEDED', [commit, ...GOOD.slice(1)]);

  expect(written()['prod LeadTime']).toEqual([LeadTime]);
});

test('without a time of the commit there is no lead time, but a deployment', async () => {
  await ends('SUCCEEDED', [source('soon'), ...GOOD.slice(1)]);

  expect(written()).toMatchObject({ 'prod Deployments': [1] });
  expect(written()).not.toHaveProperty(['prod LeadTime']);
});

test('in a wave each environment has its own outcome', async () => {
  const [beta, prod] = SETTINGS.environments;
  const environments = [beta, prod].map((one) => ({ ...one, stage: 'both', inWave: true }));
  process.env.DELIVERY = JSON.stringify({ ...SETTINGS, environments });
  const inWave = (name: string, action: ActionExecutionDetail): ActionExecutionDetail => ({
    ...action,
    stageName: 'both',
    actionName: `${name}.${action.actionName}`,
  });
  await ends('FAILED', [
    source(),
    inWave('beta', deploy('beta', { from: 10, to: 20 })),
    inWave('prod', deploy('prod', { from: 10, to: 20 })),
    inWave('beta', bake('beta', { status: 'Failed', from: 20, to: 30 })),
    inWave('prod', bake('prod', { from: 20, to: 30 })),
  ]);

  expect(written()).toMatchObject({ 'beta ChangeFailures': [1], 'prod Deployments': [1] });
  expect(written()).not.toHaveProperty(['prod ChangeFailures']);
});

/** An execution has ended; CodePipeline lists its actions newest first, two a page. */
async function ends(state: string, actions: ActionExecutionDetail[]): Promise<void> {
  const newestFirst = actions.toReversed();
  codepipeline.on(ListActionExecutionsCommand).callsFake(({ nextToken = '0' }) => ({
    actionExecutionDetails: newestFirst.slice(Number(nextToken), Number(nextToken) + 2),
    nextToken: Number(nextToken) + 2 < newestFirst.length ? String(Number(nextToken) + 2) : undefined,
  }));
  await handler({
    source: 'aws.codepipeline',
    time: '2026-01-01T13:30:00Z',
    detail: { pipeline: 'tidegate-harbor', 'execution-id': 'e1', state },
  });
}

function failing(stageName: string, actionName: string, { from, to }: Try): ActionExecutionDetail {
  return { stageName, actionName, status: 'Failed', startTime: at(from), lastUpdateTime: at(to) };
}

/** Values by environment and metric. */
function written(): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  for (const event of records.written)
    for (const { Name } of event._aws.CloudWatchMetrics[0].Metrics) {
      const name = `${event.Environment} ${Name}`;
      values[name] = [...(values[name] ?? []), event[Name]];
    }
  return values;
}
