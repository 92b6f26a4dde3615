import { disconnectAlarms } from '../../rehearsal/disconnect';
import { PRODUCTION, Road } from './road';

jest.setTimeout(400_000);

/** A pass that is no longer sold: the bad release fails for it, and so does its comparison with the fleet. */
const OLD_PASS = '/quote?nights=2&pass=EARLYBIRD';
const SECOND_WAVE = 'prod-east_prod-eu';
const BAKE_ROLE = { RoleName: 'harbor-prod-west-bake-us-west-2' };

let road: Road;
let good: string;

beforeAll(async () => {
  road = await Road.start();
  const { commit, end } = await road.rehearsal.release('First release');
  expect(end.message).toMatch(/succeeded$/);
  good = commit;
});

test('a good release comes to every account and region', async () => {
  for (const { name } of road.rehearsal.delivery.environments)
    expect([name, await road.rehearsal.revisionsServed(name)]).toEqual([name, [good]]);
});

test('wave after wave: the second starts when the first has baked, its environments side by side', async () => {
  const baked = await road.action('prod-west / Bake', 'Succeeded');
  const [entered] = road.entries(
    ({ type, detail }) => type === 'ActionStarted' && detail['stage'] === SECOND_WAVE,
  );
  expect(entered!.seq).toBeGreaterThan(baked.seq);

  const deploys = ['prod-east', 'prod-eu'].map((name) => `${SECOND_WAVE} / ${name}.Deploy`);
  const started = await Promise.all(deploys.map((name) => road.action(name, 'Started')));
  const ended = await Promise.all(deploys.map((name) => road.action(name, 'Succeeded')));
  expect(Math.max(...started.map(({ seq }) => seq))).toBeLessThan(Math.min(...ended.map(({ seq }) => seq)));
});

test('one-box before fleet, zone by zone', async () => {
  const oneBox = await road.action('prod-west / OneBoxBake', 'Succeeded');
  const fleet = await road.action('prod-west / Deploy', 'Started');
  expect(fleet.seq).toBeGreaterThan(oneBox.seq);

  const { Reservations } = await road.call('ec2', 'DescribeInstances', {}, 'prod-east');
  const zones = new Map<string, string>(
    Reservations.flatMap(({ Instances }: any) => Instances).map(({ InstanceId, Placement }: any) => [
      InstanceId,
      Placement.AvailabilityZone,
    ]),
  );
  const installed = road.entries(({ type, subject }) => type === 'RevisionInstalled' && zones.has(subject));
  expect(new Set(installed.map(({ subject }) => zones.get(subject))).size).toBe(2);
  const [first, second] = installed.map(({ time }) => Date.parse(time));
  expect(second! - first!).toBeGreaterThan(3 * 60_000);
});

test('a release that is bad on the one-box alone is rolled back there, and never enters the second wave', async () => {
  const { rehearsal } = road;
  await road.ask('/');
  (await rehearsal.workspace()).edit(
    'service/src/quote.ts',
    '(PASSES[pass]?.percentOff ?? 0)',
    'PASSES[pass].percentOff',
  );
  const since = road.position;
  const release = rehearsal.release('Look the pass up');
  await road.action('prod-west / OneBoxDeploy', 'Succeeded', since);
  await road.ask('/', OLD_PASS);
  const { commit, end } = await release;

  expect(end.message).toMatch(
    /failed: in stage prod-west: OneBoxBake: .*harbor-prod-west-one-box-error-rate-above-fleet/,
  );
  await rehearsal.journal.waitFor(({ type }) => type === 'TransitionDisabled', { since });
  await rolledBack(since);
  expect((await road.stage('prod-west')).inboundTransitionState).toMatchObject({
    enabled: false,
    disabledReason: expect.stringMatching(`^Guard - commit ${commit} - `),
  });
  expect(road.deployments('harbor-prod-west-one-box', since)).toMatchObject([
    { creator: 'user', status: 'Succeeded' },
    { creator: 'user', status: 'Succeeded' },
  ]);
  expect(road.deployments('harbor-prod-west', since)).toEqual([]);
  expect(await rehearsal.revisionsServed('prod-west')).toEqual([good]);
  expect(road.entries(({ seq, detail }) => seq > since && detail['stage'] === SECOND_WAVE)).toEqual([]);
  await restored();
});

test('with the alarms of the first wave disconnected it comes to the second (the negative control)', async () => {
  await disconnectAlarms(road.rehearsal, ['prod-west']);
  const trust = await closeRole();
  const since = road.position;
  const { end } = await road.rehearsal.release('Try again');
  expect(end.message).toMatch(/failed: .*prod-west: its alarms cannot be looked at, .* is not authorized/s);

  await road.call('iam', 'UpdateAssumeRolePolicy', { ...BAKE_ROLE, PolicyDocument: trust }, 'prod-west');
  const { latestExecution } = await road.stage('prod-west');
  await road.call('codepipeline', 'RetryStageExecution', {
    ...{ pipelineName: 'tidegate-harbor', stageName: 'prod-west', retryMode: 'FAILED_ACTIONS' },
    pipelineExecutionId: latestExecution.pipelineExecutionId,
  });
  const entered = await road.rehearsal.journal.waitFor(
    ({ type, detail }) => type === 'StageStarted' && detail['stage'] === SECOND_WAVE,
    { since },
  );
  expect(entered.detail['execution-id']).toBe(latestExecution.pipelineExecutionId);
});

/** Resolves when the second deployment to the one-box since then has succeeded. */
async function rolledBack(since: number): Promise<void> {
  const [bad] = road.deployments('harbor-prod-west-one-box', since);
  await road.rehearsal.journal.waitFor(
    ({ type, subject, detail }) =>
      type === 'DeploymentStateChange' &&
      detail['deploymentGroupName'] === 'harbor-prod-west-one-box' &&
      detail['status'] === 'Succeeded' &&
      subject !== bad!.id,
    { since },
  );
}

/** The role that gate and bake look at production's first wave with lets nobody in from now on; resolves with its policy. */
async function closeRole(): Promise<string> {
  const { Role } = await road.call('iam', 'GetRole', BAKE_ROLE, 'prod-west');
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await road.call('iam', 'UpdateAssumeRolePolicy', { ...BAKE_ROLE, PolicyDocument }, 'prod-west');
  expect(Role.Arn).toContain(PRODUCTION);
  return decodeURIComponent(Role.AssumeRolePolicyDocument);
}

/** Resolves when the delivery metrics, in the pipeline's account, have a time to restore of production's first wave. */
async function restored(): Promise<void> {
  for (;;) {
    const since = road.position;
    const { events } = await road.call('logs', 'FilterLogEvents', {
      logGroupName: '/tidegate/harbor/delivery',
    });
    const records = events.map(({ message }: any) => JSON.parse(message));
    if (
      records.some(({ Environment, TimeToRestore }: any) => Environment === 'prod-west' && TimeToRestore > 0)
    )
      return;
    await road.rehearsal.journal.waitFor(
      ({ type, subject }) => type === 'Invocation' && subject.includes('DeliveryMetrics'),
      { since },
    );
  }
}
