import type { LifecycleCommand } from '../../../../region/hosts/host';
import { fleet } from './fleet';

/** A policy scales out while a deployment is held up on its first instance; then the deployment goes on. */
async function scaledOutDuringDeployment(outdatedInstancesStrategy: 'UPDATE' | 'IGNORE') {
  const played = await fleet();
  const { scope, hosts, call, alarm, load, group } = played;
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
    outdatedInstancesStrategy,
  });
  expect(await deploy('v1')).toMatchObject({ status: 'Succeeded' });

  const { PolicyARN } = call('PutScalingPolicy', {
    PolicyName: 'busy',
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
  });
  alarm(60, PolicyARN);
  let goOn = () => {};
  const deployment = deploy('v2');
  await new Promise<void>((reached) => {
    held = ({ event, bundle }) =>
      new Promise((resolve) => {
        if (event !== 'ValidateService' || bundle.key !== 'v2') return resolve();
        goOn = () => {
          held = undefined;
          resolve();
        };
        reached();
      });
  });
  const since = scope.journal.position;
  await load(90, 1);
  const { subject: launched } = await scope.journal.waitFor(
    ({ type, detail }) => type === 'LifecycleStateChange' && detail.state === 'InService',
    { since },
  );
  const atFirst = installed.get(launched);
  await load(30, 1);
  goOn();
  expect(await deployment).toMatchObject({ status: 'Succeeded' });
  return { ...played, installed, launched, atFirst, size: group.capacity };
}

test('scaling out in the middle of a deployment ends with every instance on one revision', async () => {
  const { scope, installed, atFirst, size } = await scaledOutDuringDeployment('UPDATE');
  expect(size).toBe(3);
  expect(atFirst).toBe('v1');
  await scope.journal.waitFor(
    ({ type, detail }) =>
      type === 'DeploymentStateChange' &&
      detail.creator === 'CodeDeployAutoUpdate' &&
      detail.status === 'Succeeded',
  );
  expect([...installed.values()]).toEqual(['v2', 'v2', 'v2']);
});

test('without outdatedInstancesStrategy UPDATE the new instance stays behind', async () => {
  const { clock, installed, launched } = await scaledOutDuringDeployment('IGNORE');
  await clock.advance(3600_000);
  expect(installed.get(launched)).toBe('v1');
  expect([...installed.values()].sort()).toEqual(['v1', 'v2', 'v2']);
});
