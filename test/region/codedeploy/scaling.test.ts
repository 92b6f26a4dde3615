import { failed, fakeFleet } from './fake-fleet';

type Fleet = Awaited<ReturnType<typeof fakeFleet>>;

/** Launches one instance more and returns its id when it is in service. */
async function scaleOut({ autoscaling, scope, instanceIds }: Fleet): Promise<string> {
  const before = instanceIds();
  const since = scope.journal.position;
  autoscaling.group('fleet').setDesired(before.length + 1);
  const { subject } = await scope.journal.waitFor(
    ({ type, detail }) => type === 'LifecycleStateChange' && detail.state === 'InService',
    { since },
  );
  return subject;
}

const entered = ({ scope }: Fleet, state: string, since = 0) =>
  scope.journal.waitFor(({ type, detail }) => type === 'LifecycleStateChange' && detail.state === state, {
    since,
  });

describe('an instance that Auto Scaling launches', () => {
  test('gets the last good revision before it is in service', async () => {
    const fleet = await fakeFleet();
    await fleet.deploy('v1');
    const launched = await scaleOut(fleet);
    expect(fleet.installed(launched)).toBe('v1');
    const [newest] = fleet.codedeploy.deployments.all();
    expect(newest!.info()).toMatchObject({ creator: 'autoscaling', status: 'Succeeded' });
    expect(newest!.targets.get(launched)!.events.map((event) => event.lifecycleEventName)).toEqual([
      'Start',
      'ApplicationStop',
      'DownloadBundle',
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'ApplicationStart',
      'ValidateService',
      'End',
    ]);
  });

  test('is in service at once where the group has no revision yet', async () => {
    const fleet = await fakeFleet();
    expect(fleet.installed(await scaleOut(fleet))).toBeUndefined();
    expect(fleet.codedeploy.deployments.all()).toEqual([]);
  });

  test('is abandoned when its deployment fails, and another one is launched', async () => {
    const fleet = await fakeFleet();
    await fleet.deploy('v1');
    let broken: string | undefined;
    fleet.fleet.behaviour = ({ event }, id) => {
      broken ??= id;
      return event === 'ApplicationStart' && id === broken ? failed('no') : undefined;
    };
    const launching = scaleOut(fleet);
    await entered(fleet, 'Terminated');
    await fleet.scope.clock.advance(60_000);
    const launched = await launching;
    expect(launched).not.toBe(broken);
    expect(fleet.instanceIds()).toContain(launched);
    expect(fleet.instanceIds()).not.toContain(broken);
  });

  test('in the middle of a deployment gets the previous revision, then a follow-on deployment', async () => {
    const fleet = await fakeFleet();
    await fleet.deploy('v1');
    const release = holdValidation(fleet, 'v2');
    const ended = fleet.codedeploy.finished(await fleet.start('v2'));
    const launched = await scaleOut(fleet);
    expect(fleet.installed(launched)).toBe('v1');
    release();
    await ended;
    await fleet.scope.journal.waitFor(
      ({ type, detail }) =>
        type === 'DeploymentStateChange' &&
        detail.creator === 'CodeDeployAutoUpdate' &&
        detail.status === 'Succeeded',
    );
    expect(fleet.installed(launched)).toBe('v2');
    const [followOn] = fleet.codedeploy.deployments.all();
    expect([...followOn!.targets.keys()]).toEqual([launched]);
  });

  test('stays as it is under outdatedInstancesStrategy IGNORE', async () => {
    const fleet = await fakeFleet({ group: { outdatedInstancesStrategy: 'IGNORE' } });
    await fleet.deploy('v1');
    const release = holdValidation(fleet, 'v2');
    const ended = fleet.codedeploy.finished(await fleet.start('v2'));
    const launched = await scaleOut(fleet);
    release();
    await ended;
    await fleet.scope.clock.advance(1000);
    expect(fleet.installed(launched)).toBe('v1');
    expect(fleet.codedeploy.deployments.all().map(({ spec }) => spec.creator)).toEqual([
      'autoscaling',
      'user',
      'user',
    ]);
  });
});

describe('the lifecycle hooks', () => {
  test('are installed with the group and removed with it', async () => {
    const fleet = await fakeFleet({ group: { terminationHookEnabled: true } });
    const { LifecycleHooks } = fleet.autoscaling.operations.DescribeLifecycleHooks!({
      AutoScalingGroupName: 'fleet',
    }) as any;
    expect(LifecycleHooks.map((hook: any) => [hook.LifecycleTransition, hook.DefaultResult])).toEqual([
      ['autoscaling:EC2_INSTANCE_LAUNCHING', 'ABANDON'],
      ['autoscaling:EC2_INSTANCE_TERMINATING', 'CONTINUE'],
    ]);
    await fleet.call('UpdateDeploymentGroup', {
      applicationName: 'app',
      currentDeploymentGroupName: 'group',
      terminationHookEnabled: false,
    });
    expect(fleet.autoscaling.group('fleet').hooks.describe()).toHaveLength(1);
    await fleet.call('DeleteDeploymentGroup', { applicationName: 'app', deploymentGroupName: 'group' });
    expect(fleet.autoscaling.group('fleet').hooks.describe()).toEqual([]);
  });

  test('let a termination go on although its deployment fails', async () => {
    const fleet = await fakeFleet({ group: { terminationHookEnabled: true } });
    await fleet.deploy('v1');
    fleet.fleet.behaviour = ({ event }) => (event === 'ApplicationStop' ? failed('no') : undefined);
    const [instanceId] = fleet.instanceIds();
    fleet.autoscaling.operations.TerminateInstanceInAutoScalingGroup!({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    await entered(fleet, 'Terminated');
    const stopped = fleet.commands.filter(
      (one) => one.event === 'ApplicationStop' && one.instanceId === instanceId,
    );
    expect(stopped.length).toBe(2);
  });
});

test('processes are suspended while a deployment runs, but for those that were already', async () => {
  const fleet = await fakeFleet();
  await fleet.codedeploy.applications.updateGroup(
    { applicationName: 'app', currentDeploymentGroupName: 'group' },
    ['Terminate', 'AZRebalance'],
  );
  const { processes } = fleet.autoscaling.group('fleet');
  processes.suspend(['AZRebalance']);
  const names = () => processes.describe().map((one) => one.ProcessName);
  let during: string[] = [];
  fleet.fleet.behaviour = () => {
    during = names();
    return undefined;
  };
  await fleet.deploy('v1');
  expect(during.sort()).toEqual(['AZRebalance', 'Terminate']);
  expect(names()).toEqual(['AZRebalance']);
});

/** Holds ValidateService of that revision on every host that comes to it, until it is released. */
function holdValidation({ fleet }: Awaited<ReturnType<typeof fakeFleet>>, revision: string): () => void {
  let release = () => {};
  fleet.behaviour = ({ event, bundle }) =>
    event === 'ValidateService' && bundle.key === revision
      ? new Promise((resolve) => {
          release = () => {
            fleet.behaviour = () => undefined;
            resolve({ status: 'Succeeded' });
          };
        })
      : undefined;
  return () => release();
}
