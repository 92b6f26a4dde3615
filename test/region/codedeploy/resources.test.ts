import { fakeFleet } from './fake-fleet';

/** The resource providers, with a context as CloudFormation gives it. */
async function provided() {
  const fleet = await fakeFleet();
  const context = { scope: fleet.scope, stackName: 'stack', stackId: 'arn', logicalId: 'Thing', tags: {} };
  const [application, config, group] = fleet.codedeploy.resources;
  const describe = (deploymentGroupName: string) =>
    fleet.call('GetDeploymentGroup', { applicationName: 'app', deploymentGroupName }).deploymentGroupInfo;
  return { ...fleet, context, application: application!, config: config!, group: group!, describe };
}

const PROPERTIES = {
  ApplicationName: 'app',
  DeploymentGroupName: 'declared',
  ServiceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
  AutoScalingGroups: ['fleet'],
  AlarmConfiguration: { Enabled: true, Alarms: [{ Name: 'errors' }] },
  AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_STOP_ON_ALARM'] },
  DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
  LoadBalancerInfo: { TargetGroupInfoList: [{ Name: 'targets' }] },
  Ec2DeploymentOptions: { AutoScalingGroupProcessesToSuspend: ['Terminate'] },
};

test('an application without a name is given one, and taken away with its groups', async () => {
  const { application, context, call } = await provided();
  const { physicalId } = await application.create({}, context);
  expect(physicalId).toMatch(/^stack-Thing-/);
  expect(call('GetApplication', { applicationName: physicalId }).application.computePlatform).toBe('Server');
  await application.delete(physicalId, {}, context);
  await application.delete(physicalId, {}, context);
  expect(call('ListApplications', {}).applications).toEqual(['app']);
});

test('a deployment group is what its template says, in the shape of the API', async () => {
  const { group, context, describe, codedeploy, deploy } = await provided();
  expect(await group.create(PROPERTIES, context)).toEqual({ physicalId: 'declared' });
  expect(describe('declared')).toMatchObject({
    alarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }] },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_ALARM'] },
    autoScalingGroups: [{ name: 'fleet', hook: expect.stringContaining('launch-deployment-hook-declared') }],
    deploymentConfigName: 'CodeDeployDefault.OneAtATime',
    deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    loadBalancerInfo: { targetGroupInfoList: [{ name: 'targets' }] },
    outdatedInstancesStrategy: 'UPDATE',
  });
  expect(codedeploy.applications.group('app', 'declared').processesToSuspend).toEqual(['Terminate']);
  const overridden = { deploymentGroupName: 'declared', overrideAlarmConfiguration: { enabled: false } };
  expect((await deploy('v1', overridden)).status).toBe('Succeeded');
});

test('what is taken out of the template goes back to its default; what CodeDeploy remembers stays', async () => {
  const { group, context, describe, codedeploy, autoscaling } = await provided();
  await group.create(PROPERTIES, context);
  const before = describe('declared');
  const { ApplicationName, DeploymentGroupName, ServiceRoleArn, AutoScalingGroups } = PROPERTIES;
  const bare = { ApplicationName, DeploymentGroupName, ServiceRoleArn, AutoScalingGroups };
  await group.update('declared', bare, PROPERTIES, context);
  expect(describe('declared')).toMatchObject({
    deploymentGroupId: before.deploymentGroupId,
    autoScalingGroups: before.autoScalingGroups,
    alarmConfiguration: { enabled: false },
    autoRollbackConfiguration: { enabled: false },
    deploymentStyle: { deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
  });
  expect(codedeploy.applications.group('app', 'declared').processesToSuspend).toEqual([]);
  await group.delete('declared', bare, context);
  await group.delete('declared', bare, context);
  expect(autoscaling.group('fleet').hooks.describe()).toHaveLength(1);
});

test('tags are turned into the shape of the API', async () => {
  const { group, context, describe } = await provided();
  await group.create(
    {
      ApplicationName: 'app',
      DeploymentGroupName: 'tagged',
      ServiceRoleArn: 'arn:role',
      Ec2TagSet: { Ec2TagSetList: [{ Ec2TagGroup: [{ Key: 'a', Value: 'b', Type: 'KEY_AND_VALUE' }] }] },
    },
    context,
  );
  expect(describe('tagged').ec2TagSet).toEqual({
    ec2TagSetList: [[{ Key: 'a', Value: 'b', Type: 'KEY_AND_VALUE' }]],
  });
});

test('instances are found by their tags', async () => {
  const { group, context, deploy, ec2, instanceIds } = await provided();
  const [chosen] = instanceIds();
  ec2.operations.CreateTags!({ Resources: [chosen], Tags: [{ Key: 'role', Value: 'one-box' }] });
  await group.create(
    {
      ApplicationName: 'app',
      DeploymentGroupName: 'one-box',
      ServiceRoleArn: 'arn:role',
      Ec2TagFilters: [{ Key: 'role', Value: 'one-box', Type: 'KEY_AND_VALUE' }],
    },
    context,
  );
  const { deploymentOverview } = await deploy('v1', { deploymentGroupName: 'one-box' });
  expect(deploymentOverview).toMatchObject({ Succeeded: 1 });
});

test('a deployment configuration', async () => {
  const { config, context, call } = await provided();
  const { physicalId } = await config.create(
    { MinimumHealthyHosts: { Type: 'FLEET_PERCENT', Value: 75 }, ComputePlatform: 'Server' },
    context,
  );
  const { deploymentConfigInfo } = call('GetDeploymentConfig', { deploymentConfigName: physicalId });
  expect(deploymentConfigInfo.minimumHealthyHosts).toEqual({ type: 'FLEET_PERCENT', value: 75 });
  await config.delete(physicalId, {}, context);
  expect(() => call('GetDeploymentConfig', { deploymentConfigName: physicalId })).toThrow(/there is no/);
});

test.each([
  [
    { Ec2DeploymentOptions: { AutoScalingGroupProcessesToSuspend: ['Launch'] } },
    /holds Launch; allowed are Terminate/,
  ],
  [{ AlarmConfiguration: { Enabled: true, Alarms: [] } }, /alarms is empty/],
  [{ DeploymentStyle: { DeploymentType: 'BLUE_GREEN' } }, /BLUE_GREEN; the rehearsal region plays IN_PLACE/],
])('a group with %j is refused', async (more, message) => {
  const { group, context } = await provided();
  await expect(group.create({ ...PROPERTIES, ...more }, context)).rejects.toThrow(message);
});
