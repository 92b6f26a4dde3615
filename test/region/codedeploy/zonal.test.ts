import { fakeFleet } from './fake-fleet';

test('a deployment that is stopped while it holds between two zones leaves the second alone; its rollback goes to every instance, without a hold', async () => {
  const { deploy, start, call, codedeploy, scope, autoscaling, commands, installed } = await fakeFleet({
    size: 4,
  });
  call('CreateDeploymentConfig', {
    deploymentConfigName: 'Zonal',
    minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 },
    zonalConfig: { monitorDurationInSeconds: 18_000 },
  });
  await deploy('v1');
  const deploymentId = await start('v2', { deploymentConfigName: 'Zonal' });
  await scope.clock.advance(3600_000);

  const { Instances } = autoscaling.group('fleet').describe();
  const zonesOf = (revision: string) =>
    Instances!
      .filter(({ InstanceId }) => installed(InstanceId!) === revision)
      .map(({ AvailabilityZone }) => AvailabilityZone);
  const [there, waiting] = [zonesOf('v2'), zonesOf('v1')];
  expect([there.length, waiting.length]).toEqual([2, 2]);
  expect(new Set(there).size).toBe(1);
  expect(waiting).not.toContain(there[0]);
  expect(call('GetDeployment', { deploymentId }).deploymentInfo).toMatchObject({
    status: 'InProgress',
    deploymentOverview: { Succeeded: 2, Pending: 2 },
  });

  const before = commands.length;
  call('StopDeployment', { deploymentId, autoRollbackEnabled: true });
  const { status, rollbackInfo, deploymentOverview } = await codedeploy.finished(deploymentId);
  expect({ status, deploymentOverview }).toMatchObject({
    status: 'Stopped',
    deploymentOverview: { Succeeded: 2, Skipped: 2 },
  });
  const rollback = await codedeploy.finished(rollbackInfo!.rollbackDeploymentId!);
  expect(rollback).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 4 } });
  expect(new Set(commands.slice(before).map(({ instanceId }) => instanceId)).size).toBe(4);
  expect(zonesOf('v2')).toEqual([]);
});
