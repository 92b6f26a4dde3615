import { CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { CodePipelineClient, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { handler } from '../../../lambda/delivery-metrics/handler';
import { describeProof, describePutBack } from '../../../lambda/proof';
import { elsewhere } from '../elsewhere';
import { at, deploy, SETTINGS } from '../pipeline-history';
import { Records } from '../records';

const cloudwatch = mockClient(CloudWatchClient);
const codedeploy = mockClient(CodeDeployClient);
const codepipeline = mockClient(CodePipelineClient);
const records = new Records();
const { setElsewhere, expectElsewhere } = elsewhere();

beforeEach(() => {
  for (const mock of [cloudwatch, codedeploy, codepipeline, records]) mock.reset();
  process.env.DELIVERY = JSON.stringify(SETTINGS);
  cloudwatch.on(DescribeAlarmHistoryCommand).resolves({});
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [] });
});

const GOOD = deployment('v1', { from: 0, to: 10 });

test('a deployment after a good one restores nothing', async () => {
  await succeeds([GOOD, deployment('v2', { from: 20, to: 30 })]);

  expect(written()).toEqual([]);
});

test("CodeDeploy's rollback restores what the failed deployment broke, since it began", async () => {
  const failed = deployment('v2', { from: 20, to: 25, status: 'Failed' });
  await succeeds([GOOD, failed, deployment('v1', { from: 25, to: 32, creator: 'codeDeployRollback' })]);

  expect(written()).toEqual([{ TimeToRestore: 12 * 60, Record: 'd-25/restore' }]);
});

test('since the alarm of the environment, where it went off', async () => {
  alarm([
    [19, 'OK'],
    [23, 'ALARM'],
    [29, 'OK'],
  ]);
  const stopped = deployment('v2', { from: 20, to: 25, status: 'Stopped' });
  await succeeds([GOOD, stopped, deployment('v1', { from: 25, to: 32, creator: 'codeDeployRollback' })]);

  expect(written()).toEqual([{ TimeToRestore: 9 * 60, Record: 'd-25/restore' }]);
  expect(cloudwatch).toHaveReceivedCommandWith(DescribeAlarmHistoryCommand, {
    AlarmName: 'harbor-prod-release',
    AlarmTypes: ['CompositeAlarm'],
    StartDate: at(20),
    EndDate: at(32),
  });
});

test('a deployment after a finished rollback restores nothing more', async () => {
  const failed = deployment('v2', { from: 20, to: 25, status: 'Failed' });
  const rollback = deployment('v1', { from: 25, to: 32, creator: 'codeDeployRollback' });
  await succeeds([GOOD, failed, rollback, deployment('v3', { from: 40, to: 50 })]);

  expect(written()).toEqual([]);
});

test('a first release that failed, and the next that did not', async () => {
  const failed = deployment('v1', { from: 0, to: 5, status: 'Failed' });
  const another = deployment('v2', { from: 10, to: 15, status: 'Failed' });
  await succeeds([failed, another, deployment('v3', { from: 20, to: 30 })]);

  expect(written()).toEqual([{ TimeToRestore: 30 * 60, Record: 'd-20/restore' }]);
});

describe('a return to an earlier revision after a deployment that had succeeded', () => {
  const bad = deployment('v2', { from: 20, to: 30 });
  const back = deployment('v1', { from: 130, to: 140 });

  test('restores, since the alarm, and makes the change behind that deployment a failed one', async () => {
    alarm([[120, 'ALARM']]);
    const action = { ...deploy('prod', { from: 20, to: 30 }), pipelineExecutionId: 'e2' };
    codepipeline
      .on(ListActionExecutionsCommand)
      .resolvesOnce({ actionExecutionDetails: [], nextToken: 'more' })
      .resolves({ actionExecutionDetails: [action] });
    await succeeds([GOOD, bad, back]);

    expect(written()).toEqual([
      { TimeToRestore: 20 * 60, Record: 'd-130/restore' },
      { ChangeFailures: 1, Record: 'e2/prod/failure' },
    ]);
  });

  test('after an attempt that failed, too', async () => {
    alarm([[120, 'ALARM']]);
    await succeeds([GOOD, bad, deployment('v1', { from: 122, to: 125, status: 'Failed' }), back]);

    expect(written()).toEqual([{ TimeToRestore: 20 * 60, Record: 'd-130/restore' }]);
  });

  test('but the same revision once more, as in a retry, is none', async () => {
    await succeeds([GOOD, bad, deployment('v2', { from: 40, to: 50 })]);

    expect(written()).toEqual([]);
  });
});

describe('a rollback of the one-box', () => {
  const group = 'harbor-prod-one-box';
  const failed = deployment('v2', { from: 20, to: 25, status: 'Failed' });
  const back = deployment('v1', { from: 25, to: 32, creator: 'codeDeployRollback' });
  const oneBoxAction = { ...deploy('prod', { from: 20, to: 25 }), pipelineExecutionId: 'e2' };
  oneBoxAction.input!.configuration!.DeploymentGroupName = group;

  beforeEach(() => {
    const [beta, prod] = SETTINGS.environments;
    const environments = [beta, { ...prod, oneBox: group }];
    process.env.DELIVERY = JSON.stringify({ ...SETTINGS, environments });
  });

  test('restores what has come no further', async () => {
    codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [oneBoxAction] });
    await succeeds([GOOD, failed, back], group);

    expect(written()).toEqual([{ TimeToRestore: 12 * 60, Record: 'd-25/restore' }]);
  });

  test('restores nothing of its own when the release has come to the fleet, whose rollback does', async () => {
    const fleetAction = { ...deploy('prod', { from: 40, to: 50 }), pipelineExecutionId: 'e2' };
    codepipeline
      .on(ListActionExecutionsCommand)
      .resolves({ actionExecutionDetails: [fleetAction, oneBoxAction] });
    await succeeds([GOOD, failed, back], group);

    expect(written()).toEqual([]);
  });
});

test.each(['autoscaling', 'CodeDeployAutoUpdate'] as const)(
  'a deployment to single instances (%s) neither fails nor restores',
  async (creator) => {
    const launch = deployment('v1', { from: 12, to: 13, status: 'Failed', creator });
    await succeeds([GOOD, launch, deployment('v2', { from: 20, to: 30 })]);
    await succeeds([
      GOOD,
      deployment('v2', { from: 20, to: 30, status: 'Failed' }),
      deployment('v1', { from: 40, to: 41, creator }),
    ]);

    expect(written()).toEqual([]);
  },
);

test('in another account and region, deployments and alarm are read there, with a role', async () => {
  setElsewhere();
  alarm([[23, 'ALARM']]);
  const stopped = deployment('v2', { from: 20, to: 25, status: 'Stopped' });
  await succeeds([GOOD, stopped, deployment('v1', { from: 25, to: 32, creator: 'codeDeployRollback' })]);

  expect(written()).toEqual([{ TimeToRestore: 9 * 60, Record: 'd-25/restore' }]);
  await expectElsewhere(codedeploy, cloudwatch);
});

describe('a rollback proof', () => {
  const proof = deployment('v2', { from: 20, to: 25, status: 'Stopped', description: describeProof('e2') });
  const back = deployment('v1', {
    ...{ from: 25, to: 32, creator: 'codeDeployRollback' },
    rollbackInfo: { rollbackTriggeringDeploymentId: 'd-20' },
  });
  const putBack = { description: describePutBack('d-20') };

  test('fails nothing and restores nothing, nor does the release after it', async () => {
    await succeeds([GOOD, proof, back]);
    await succeeds([GOOD, proof, back, deployment('v1', { from: 33, to: 36, ...putBack })]);
    await succeeds([GOOD, proof, back, deployment('v2', { from: 40, to: 50 })]);

    expect(written()).toEqual([]);
  });

  test('does not hide what has failed before it', async () => {
    const failed = deployment('v1', { from: 12, to: 15, status: 'Failed' });
    await succeeds([GOOD, failed, proof, back, deployment('v2', { from: 40, to: 50 })]);

    expect(written()).toEqual([{ TimeToRestore: 38 * 60, Record: 'd-40/restore' }]);
  });
});

test("another group's deployment, and another application's, are not looked at", async () => {
  for (const other of [{ deploymentGroup: 'one-box' }, { application: 'billing' }]) await event('d-1', other);

  expect(codedeploy).not.toHaveReceivedAnyCommand();
  expect(written()).toEqual([]);
});

test('a long history is asked for as CodeDeploy allows: 25 deployments at a time', async () => {
  const launches = Array.from({ length: 60 }, (_, index) =>
    deployment('v1', { from: 11 + index / 100, to: 12, creator: 'autoscaling' }),
  );
  await succeeds([GOOD, ...launches, deployment('v2', { from: 20, to: 30 })]);

  for (const { args } of codedeploy.commandCalls(BatchGetDeploymentsCommand))
    expect(args[0].input.deploymentIds!.length).toBeLessThanOrEqual(25);
  expect(codedeploy).toHaveReceivedCommandTimes(BatchGetDeploymentsCommand, 4);
});

interface Run extends Pick<DeploymentInfo, 'status' | 'creator' | 'description' | 'rollbackInfo'> {
  readonly from: number;
  readonly to: number;
}

/** A deployment to prod, `d-` and the minute it began. */
function deployment(
  version: string,
  { from, to, status = 'Succeeded', creator = 'user', ...more }: Run,
): DeploymentInfo {
  return {
    deploymentId: `d-${from}`,
    createTime: at(from),
    completeTime: at(to),
    status,
    creator,
    ...more,
    revision: { revisionType: 'S3', s3Location: { bucket: 'artifacts', key: version, eTag: 'e' } },
  };
}

/** The last of these deployments has succeeded. CodeDeploy lists them in any order. */
async function succeeds(deployments: DeploymentInfo[], group = 'harbor-prod'): Promise<void> {
  const last = deployments.at(-1)!.deploymentId!;
  codedeploy
    .on(ListDeploymentsCommand)
    .resolves({ deployments: deployments.map((one) => one.deploymentId!) });
  codedeploy.on(BatchGetDeploymentsCommand).callsFake(({ deploymentIds }) => ({
    deploymentsInfo: deployments
      .filter((one) => deploymentIds.includes(one.deploymentId))
      .map((one) => ({ ...one, deploymentGroupName: group })),
  }));
  await event(last, { deploymentGroup: group });
}

async function event(deploymentId: string, other: object = {}): Promise<void> {
  const place = { application: 'harbor-prod', deploymentGroup: 'harbor-prod' };
  await handler({ source: 'aws.codedeploy', detail: { ...place, deploymentId, state: 'SUCCESS', ...other } });
}

/** The states the environment's alarm has gone into, by minute. */
function alarm(states: [minute: number, stateValue: string][]): void {
  cloudwatch.on(DescribeAlarmHistoryCommand).callsFake(({ StartDate, EndDate }) => ({
    AlarmHistoryItems: states
      .map(([minute, stateValue]) => ({
        Timestamp: at(minute),
        HistoryData: JSON.stringify({ newState: { stateValue } }),
      }))
      .filter(({ Timestamp }) => Timestamp >= StartDate && Timestamp <= EndDate),
  }));
}

function written(): object[] {
  return records.written.map(({ TimeToRestore, ChangeFailures, Record }) => ({
    ...(TimeToRestore && { TimeToRestore }),
    ...(ChangeFailures && { ChangeFailures }),
    Record,
  }));
}
