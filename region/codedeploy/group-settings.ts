import type { CreateDeploymentGroupInput, DeploymentGroupInfo } from '@aws-sdk/client-codedeploy';
import { AwsError } from '../service';
import { validAlarms } from './alarms';
import { DEFAULT_CONFIG } from './deployment-configs';
import { validAutoRollback } from './rollback';

/** What of a deployment group is set by CreateDeploymentGroup and UpdateDeploymentGroup. */
export type GroupSettings = Partial<
  Omit<CreateDeploymentGroupInput, 'applicationName' | 'deploymentGroupName' | 'tags'>
>;

/** Settings that the region cannot play: leaving them out would make the rehearsal untrue. */
const NOT_PLAYED = [
  'blueGreenDeploymentConfiguration',
  'onPremisesInstanceTagFilters',
  'onPremisesTagSet',
  'ecsServices',
] as const;

/** @throws AwsError with the code of the setting that is wrong */
export function validSettings(settings: GroupSettings): void {
  for (const key of NOT_PLAYED) {
    const value = settings[key];
    if (value && JSON.stringify(value) !== '[]') {
      throw new AwsError(
        'OperationNotSupportedException',
        `${key} is not played by the rehearsal region; in-place deployments to EC2 instances are`,
      );
    }
  }
  const { deploymentType, deploymentOption } = settings.deploymentStyle ?? {};
  if (deploymentType && deploymentType !== 'IN_PLACE') {
    throw new AwsError(
      'InvalidDeploymentStyleException',
      `deploymentStyle.deploymentType is ${deploymentType}; the rehearsal region plays IN_PLACE`,
    );
  }
  if (
    deploymentOption === 'WITH_TRAFFIC_CONTROL' &&
    !settings.loadBalancerInfo?.targetGroupInfoList?.length
  ) {
    throw new AwsError(
      'InvalidLoadBalancerInfoException',
      'deploymentStyle.deploymentOption is WITH_TRAFFIC_CONTROL, so loadBalancerInfo.targetGroupInfoList must name a target group',
    );
  }
  if (
    settings.loadBalancerInfo?.elbInfoList?.length ||
    settings.loadBalancerInfo?.targetGroupPairInfoList?.length
  ) {
    throw new AwsError(
      'InvalidLoadBalancerInfoException',
      'loadBalancerInfo names a Classic Load Balancer or a target group pair; the rehearsal region plays targetGroupInfoList',
    );
  }
  if (settings.ec2TagFilters?.length && settings.ec2TagSet?.ec2TagSetList?.length) {
    throw new AwsError(
      'InvalidEC2TagCombinationException',
      'ec2TagFilters and ec2TagSet are both given; one is allowed',
    );
  }
  const strategy = settings.outdatedInstancesStrategy;
  if (strategy && !['UPDATE', 'IGNORE'].includes(strategy)) {
    throw new AwsError(
      'InvalidInputException',
      `outdatedInstancesStrategy is ${strategy}; allowed are UPDATE and IGNORE`,
    );
  }
  validAlarms(settings.alarmConfiguration);
  validAutoRollback(settings.autoRollbackConfiguration);
}

/** The part of a group's description that the settings decide, with AWS's defaults. */
export function describeSettings(settings: GroupSettings): DeploymentGroupInfo {
  return {
    deploymentConfigName: settings.deploymentConfigName ?? DEFAULT_CONFIG,
    ec2TagFilters: settings.ec2TagFilters ?? [],
    ec2TagSet: settings.ec2TagSet,
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: (settings.autoScalingGroups ?? []).map((name) => ({ name })),
    serviceRoleArn: settings.serviceRoleArn,
    triggerConfigurations: settings.triggerConfigurations ?? [],
    alarmConfiguration: settings.alarmConfiguration,
    autoRollbackConfiguration: settings.autoRollbackConfiguration,
    deploymentStyle: {
      deploymentType: 'IN_PLACE',
      deploymentOption: settings.deploymentStyle?.deploymentOption ?? 'WITHOUT_TRAFFIC_CONTROL',
    },
    outdatedInstancesStrategy: settings.outdatedInstancesStrategy ?? 'UPDATE',
    loadBalancerInfo: settings.loadBalancerInfo,
    terminationHookEnabled: settings.terminationHookEnabled ?? false,
    computePlatform: 'Server',
  };
}
