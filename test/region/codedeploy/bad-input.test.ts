import { fakeFleet } from './fake-fleet';

const deployment = { applicationName: 'app', deploymentGroupName: 'group' };
const group = { ...deployment, deploymentGroupName: 'other', serviceRoleArn: 'arn:role' };

test.each([
  ['CreateDeployment', {}, 'ApplicationNameRequiredException'],
  ['CreateDeployment', { ...deployment, applicationName: 'nobody' }, 'ApplicationDoesNotExistException'],
  ['CreateDeployment', { applicationName: 'app' }, 'DeploymentGroupNameRequiredException'],
  ['CreateDeployment', { ...deployment, deploymentGroupName: 'no' }, 'DeploymentGroupDoesNotExistException'],
  ['CreateDeployment', deployment, 'RevisionRequiredException'],
  ['CreateDeployment', { ...deployment, revision: { revisionType: 'GitHub' } }, 'InvalidRevisionException'],
  ['CreateDeployment', { ...deployment, fileExistsBehavior: 'KEEP' }, 'InvalidFileExistsBehaviorException'],
  [
    'CreateDeployment',
    { ...deployment, deploymentConfigName: 'No' },
    'DeploymentConfigDoesNotExistException',
  ],
  ['CreateDeployment', { ...deployment, targetInstances: {} }, 'InvalidTargetInstancesException'],
  ['GetDeployment', {}, 'DeploymentIdRequiredException'],
  ['GetDeployment', { deploymentId: 'd-NONE' }, 'DeploymentDoesNotExistException'],
  ['CreateApplication', { applicationName: 'app' }, 'ApplicationAlreadyExistsException'],
  ['CreateApplication', { applicationName: 'a b' }, 'InvalidApplicationNameException'],
  ['CreateApplication', { applicationName: 'a', computePlatform: 'ECS' }, 'InvalidComputePlatformException'],
  ['CreateDeploymentGroup', { ...group, serviceRoleArn: undefined }, 'RoleRequiredException'],
  [
    'CreateDeploymentGroup',
    { ...group, deploymentGroupName: 'group' },
    'DeploymentGroupAlreadyExistsException',
  ],
  ['CreateDeploymentGroup', { ...group, autoScalingGroups: ['no'] }, 'InvalidAutoScalingGroupException'],
  [
    'CreateDeploymentGroup',
    { ...group, deploymentStyle: { deploymentType: 'BLUE_GREEN' } },
    'InvalidDeploymentStyleException',
  ],
  [
    'CreateDeploymentGroup',
    { ...group, deploymentStyle: { deploymentOption: 'WITH_TRAFFIC_CONTROL' } },
    'InvalidLoadBalancerInfoException',
  ],
  [
    'CreateDeploymentGroup',
    { ...group, autoRollbackConfiguration: { enabled: true, events: ['ALWAYS'] } },
    'InvalidAutoRollbackConfigException',
  ],
  [
    'DeleteDeploymentConfig',
    { deploymentConfigName: 'CodeDeployDefault.AllAtOnce' },
    'InvalidOperationException',
  ],
  [
    'CreateDeploymentConfig',
    { deploymentConfigName: 'c', minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 100 } },
    'InvalidMinimumHealthyHostValueException',
  ],
])('%s with %j is answered with %s', async (operation, input, code) => {
  const { call } = await fakeFleet({ size: 0 });
  await expect((async () => call(operation, input))()).rejects.toMatchObject({ code });
});

test('a revision that is not there starts nothing', async () => {
  const { start, missing, call } = await fakeFleet();
  missing.add('nothing');
  await expect(start('nothing')).rejects.toMatchObject({
    code: 'RevisionDoesNotExistException',
    message: expect.stringContaining('releases/nothing@1'),
  });
  expect(call('ListDeployments', {}).deployments).toEqual([]);
});

test('a revision is read from a bucket in the region of the instances, and from no other', async () => {
  const { start, fleet } = await fakeFleet();
  fleet.bucketRegion = 'eu-west-1';
  await expect(start('v1')).rejects.toMatchObject({
    code: 'RevisionDoesNotExistException',
    message: expect.stringContaining('its bucket is in eu-west-1, the instances are in us-east-1'),
  });
});

test('a target group that registers by address cannot be deployed behind', async () => {
  const { deploy } = await fakeFleet({
    group: {
      deploymentStyle: { deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      loadBalancerInfo: { targetGroupInfoList: [{ name: 'by-ip' }] },
    },
  });
  expect((await deploy('v1')).errorInformation).toMatchObject({
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message: expect.stringContaining('target type ip'),
  });
});

test('a fleet of which all must stay healthy cannot be deployed to', async () => {
  const { deploy, call } = await fakeFleet();
  call('CreateDeploymentConfig', {
    deploymentConfigName: 'AllHealthy',
    minimumHealthyHosts: { type: 'HOST_COUNT', value: 2 },
  });
  expect(await deploy('v1', { deploymentConfigName: 'AllHealthy' })).toMatchObject({
    status: 'Failed',
    errorInformation: { code: 'HEALTH_CONSTRAINTS_INVALID' },
  });
});

test('a zonal configuration takes one zone after the other and watches in between', async () => {
  const { start, call, commands, codedeploy, scope, autoscaling } = await fakeFleet({ size: 4 });
  call('CreateDeploymentConfig', {
    deploymentConfigName: 'Zonal',
    minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 },
    zonalConfig: { monitorDurationInSeconds: 60 },
  });
  const ended = codedeploy.finished(await start('v1', { deploymentConfigName: 'Zonal' }));
  await scope.clock.advance(59_000);
  const zoneOf = new Map(
    autoscaling
      .group('fleet')
      .describe()
      .Instances!.map((instance) => [instance.InstanceId, instance.AvailabilityZone]),
  );
  const zones = () => new Set(commands.map(({ instanceId }) => zoneOf.get(instanceId)));
  expect(zones().size).toBe(1);
  await scope.clock.advance(1_000);
  expect((await ended).status).toBe('Succeeded');
  expect(zones().size).toBe(2);
});
