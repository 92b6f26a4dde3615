import type { LifecycleCommand } from '../../../../region/hosts/host';
import { fleet } from './fleet';

interface Options {
  readonly strategy?: 'UPDATE' | 'IGNORE';
  /** Whether the new instance comes into service only after the deployment has ended. @default false */
  readonly late?: boolean;
}

/** A policy scales out while a deployment is held up on its first instance; then the deployment goes on. */
async function scaledOutDuringDeployment({ strategy = 'UPDATE', late = false }: Options = {}) {
  const played = await fleet();
  const { scope, clock, hosts, call, alarm, load, group } = played;
  const codedeploy = scope.service('codedeploy');
  const installed = new Map<string, string>();
  let held: ((command: LifecycleCommand) => Promise<void>) | undefined;
  hosts.run = async (command, instanceId) => {
    if (command.event === 'Install') installed.set(instanceId, command.bundle.key!);
    await held?.(command);
  };
  const s3 = scope.service('s3');
  await s3.operations.CreateBucket!({ Bucket: 'releases' });
  for (const revision of ['v1', 'v2']) await s3.write('releases', revision, Buffer.from(revision));
  const deploy = async (key: string) => {
    const { deploymentId } = (await codedeploy.operations.CreateDeployment!({
      applicationName: 'app',
      deploymentGroupName: 'group',
      revision: { revisionType: 'S3', s3Location: { bucket: 'releases', key, bundleType: 'zip' } },
    })) as { deploymentId: string };
    return codedeploy.finished(deploymentId);
  };
  codedeploy.operations.CreateApplication!({ applicationName: 'app' });
  await codedeploy.operations.CreateDeploymentGroup!({
    applicationName: 'app',
    deploymentGroupName: 'group',
    serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
    autoScalingGroups: ['fleet'],
    outdatedInstancesStrategy: strategy,
  });
  expect(await deploy('v1')).toMatchObject({ status: 'Succeeded' });

  const { PolicyARN } = call('PutScalingPolicy', {
    PolicyName: 'busy',
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
  });
  alarm(60, PolicyARN);
  /** Whom the deployment, or the launch, waits for: what lets it go on, by revision. */
  const waiting = new Map<string, () => void>();
  const holds = async (revision: string) => {
    while (!waiting.has(revision)) await clock.advance(1000);
  };
  held = ({ event, bundle }) =>
    new Promise((resolve) => {
      if (event !== 'ValidateService' || (bundle.key === 'v1' && !late)) return resolve();
      waiting.set(bundle.key!, resolve);
    });
  const goOn = (revision: string) => {
    held = undefined;
    waiting.get(revision)!();
  };
  const deployment = deploy('v2');
  await holds('v2');
  const since = scope.journal.position;
  await load(90, 1);
  if (late) await holds('v1');
  const inService = scope.journal.waitFor(
    ({ type, detail }) => type === 'LifecycleStateChange' && detail.state === 'InService',
    { since },
  );
  if (!late) await inService;
  const atFirst = [...installed.values()].at(-1);
  await load(30, 1);
  goOn('v2');
  expect(await deployment).toMatchObject({ status: 'Succeeded' });
  if (late) goOn('v1');
  const { subject: launched } = await inService;
  return { ...played, installed, launched, atFirst, size: group.capacity };
}

/** Ends with the deployment that brings a new instance up. */
function broughtUp({ scope }: Pick<Awaited<ReturnType<typeof fleet>>, 'scope'>) {
  return scope.journal.waitFor(
    ({ type, detail }) =>
      type === 'DeploymentStateChange' &&
      detail.creator === 'CodeDeployAutoUpdate' &&
      detail.status === 'Succeeded',
  );
}

test('scaling out in the middle of a deployment ends with every instance on one revision', async () => {
  const played = await scaledOutDuringDeployment();
  expect(played.size).toBe(3);
  expect(played.atFirst).toBe('v1');
  await broughtUp(played);
  expect([...played.installed.values()]).toEqual(['v2', 'v2', 'v2']);
});

test('and so it does when the new instance comes into service after the deployment', async () => {
  const played = await scaledOutDuringDeployment({ late: true });
  expect(played.atFirst).toBe('v1');
  await played.clock.advance(10_000);
  await broughtUp(played);
  expect([...played.installed.values()]).toEqual(['v2', 'v2', 'v2']);
});

test.each([{ late: false }, { late: true }])(
  'without outdatedInstancesStrategy UPDATE the new instance stays behind: %j',
  async ({ late }) => {
    const { clock, installed, launched } = await scaledOutDuringDeployment({ strategy: 'IGNORE', late });
    await clock.advance(3600_000);
    expect(installed.get(launched)).toBe('v1');
    expect([...installed.values()].sort()).toEqual(['v1', 'v2', 'v2']);
  },
);
