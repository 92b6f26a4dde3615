import { PlayedFleet } from './played-fleet';

jest.setTimeout(60_000);

/* The capacity changes while a deployment is under way, on real hosts under traffic. Each test begins as the one before ends. */

let fleet: PlayedFleet;

beforeAll(async () => {
  fleet = await PlayedFleet.start(120);
  // Long enough for a launch to fit into a deployment.
  await fleet.drainFor(60);
});

beforeEach(async () => {
  await fleet.quiet();
  fleet.traffic.length = 0;
});

const position = () => fleet.region.journal.position;
const failed = () => fleet.traffic.filter(({ status }) => status !== 200);

async function scaleTo(DesiredCapacity: number): Promise<void> {
  await fleet.call('autoscaling', 'SetDesiredCapacity', { AutoScalingGroupName: 'fleet', DesiredCapacity });
}

/** Begins a deployment; resolves with its id once the first instance serves it. */
async function halfWay(name: string): Promise<string> {
  const since = position();
  const id = await fleet.deploy(name);
  await fleet.region.journal.waitFor(({ type }) => type === 'RevisionInstalled', { since });
  return id;
}

/** Resolves when the deployment has ended that brings late instances up to a revision. */
function broughtUp(since: number) {
  return fleet.region.journal.waitFor(
    ({ type, detail }) =>
      type === 'DeploymentStateChange' &&
      detail['creator'] === 'CodeDeployAutoUpdate' &&
      detail['status'] === 'Succeeded',
    { since },
  );
}

test('an instance that is launched in the middle gets the revision before, then the new one', async () => {
  await fleet.publish('v2');
  const since = position();
  const deployment = await halfWay('v2');
  await scaleTo(3);
  const { subject: launched } = await fleet.next('InService', since);
  expect(await fleet.finished(deployment)).toMatchObject({ status: 'Succeeded' });
  await broughtUp(since);

  expect(fleet.installed(launched)).toEqual(['v1', 'v2']);
  expect(fleet.instances).toHaveLength(3);
  expect(await fleet.serves()).toEqual(new Set(['v2']));
  expect(failed()).toEqual([]);
});

test('a deployment that is rolled back while an instance is launched leaves all on the last good revision', async () => {
  await fleet.publish('v3', { fails: "request.url === '/quote'" });
  const since = position();
  const deployment = await halfWay('v3');
  await scaleTo(4);
  const info = await fleet.finished(deployment);
  expect(info).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
  const { subject: launched } = await fleet.next('InService', since);
  await fleet.finished(info.rollbackInfo!.rollbackDeploymentId!);

  expect(new Set(fleet.installed(launched))).toEqual(new Set(['v2']));
  expect(fleet.instances).toHaveLength(4);
  expect(await fleet.serves()).toEqual(new Set(['v2']));
});

test('an instance too many goes when the deployment has ended, not from under it', async () => {
  await fleet.publish('v4');
  const since = position();
  const deployment = await halfWay('v4');
  await scaleTo(3);
  expect(await fleet.finished(deployment)).toMatchObject({
    status: 'Succeeded',
    deploymentOverview: { Succeeded: 4 },
  });
  const { seq } = await fleet.next('Terminating', since);
  const { journal } = fleet.region;
  expect(journal.entries((entry) => entry.seq > seq && entry.type === 'LifecycleEvent')).toEqual([]);

  expect(await fleet.serves()).toEqual(new Set(['v4']));
  expect(failed()).toEqual([]);
});

test('with outdatedInstancesStrategy IGNORE the new instance stays behind (the negative control)', async () => {
  await fleet.configure({ outdatedInstancesStrategy: 'IGNORE' });
  await fleet.publish('v5');
  const since = position();
  const deployment = await halfWay('v5');
  await scaleTo(4);
  const { subject: launched } = await fleet.next('InService', since);
  expect(await fleet.finished(deployment)).toMatchObject({ status: 'Succeeded' });

  expect(fleet.installed(launched)).toEqual(['v4']);
  expect(await fleet.serves()).toEqual(new Set(['v4', 'v5']));
});
