import { randomUUID } from 'node:crypto';
import type { PropertyDispositions } from '../ledger/ledger';
import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';
import type { CodeDeploy } from './codedeploy';
import { DEFAULT_CONFIG } from './deployment-configs';

/** The CloudFormation resource types of CodeDeploy. */
export function resources(service: CodeDeploy): ResourceProvider[] {
  return [application(service), deploymentConfig(service), deploymentGroup(service)];
}

function application({ applications }: CodeDeploy): ResourceProvider {
  return {
    type: 'AWS::CodeDeploy::Application',
    disposition: 'modelled',
    properties: { ApplicationName: 'executed', ComputePlatform: 'modelled', Tags: 'recorded' },
    async create({ ApplicationName, ComputePlatform }, context) {
      const name = ApplicationName ?? physicalName(context, { maxLength: 100 });
      applications.create(name, ComputePlatform);
      return { physicalId: name };
    },
    async update(physicalId) {
      return { physicalId };
    },
    async delete(physicalId) {
      await applications.delete(physicalId);
    },
  };
}

function deploymentConfig({ configs }: CodeDeploy): ResourceProvider {
  return {
    type: 'AWS::CodeDeploy::DeploymentConfig',
    disposition: 'modelled',
    properties: {
      DeploymentConfigName: 'executed',
      ComputePlatform: 'modelled',
      MinimumHealthyHosts: 'modelled',
      ZonalConfig: 'modelled',
    },
    async create(properties, context) {
      const name = properties.DeploymentConfigName ?? physicalName(context, { maxLength: 100 });
      configs.create(randomUUID(), {
        ...(apiShape(properties) as object),
        deploymentConfigName: name,
      });
      return { physicalId: name };
    },
    async update(physicalId) {
      return { physicalId };
    },
    async delete(physicalId) {
      configs.delete(physicalId);
    },
  };
}

const GROUP_PROPERTIES: PropertyDispositions = {
  ApplicationName: 'executed',
  DeploymentGroupName: 'executed',
  ServiceRoleArn: 'recorded',
  AlarmConfiguration: 'modelled',
  AutoRollbackConfiguration: 'modelled',
  AutoScalingGroups: 'executed',
  DeploymentConfigName: 'modelled',
  DeploymentStyle: 'executed',
  Ec2DeploymentOptions: 'executed',
  Ec2TagFilters: 'executed',
  Ec2TagSet: 'executed',
  LoadBalancerInfo: 'executed',
  OutdatedInstancesStrategy: 'executed',
  TerminationHookEnabled: 'executed',
  TriggerConfigurations: 'executed',
  Tags: 'recorded',
};

function deploymentGroup({ applications }: CodeDeploy): ResourceProvider {
  return {
    type: 'AWS::CodeDeploy::DeploymentGroup',
    disposition: 'executed',
    properties: GROUP_PROPERTIES,
    async create(properties, context) {
      const name = properties.DeploymentGroupName ?? physicalName(context, { maxLength: 100 });
      await applications.createGroup(
        { ...groupSettings(properties), deploymentGroupName: name } as any,
        processesToSuspend(properties),
      );
      return { physicalId: name };
    },
    async update(physicalId, properties) {
      await applications.updateGroup(
        { ...RESET, ...groupSettings(properties), currentDeploymentGroupName: physicalId } as any,
        processesToSuspend(properties),
      );
      return { physicalId };
    },
    async delete(physicalId, { ApplicationName }) {
      await applications.deleteGroup(ApplicationName, physicalId);
    },
  };
}

/** What a property that was taken out of a template goes back to. */
const RESET = {
  alarmConfiguration: { enabled: false, alarms: [] },
  autoRollbackConfiguration: { enabled: false, events: [] },
  autoScalingGroups: [],
  deploymentConfigName: DEFAULT_CONFIG,
  deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
  ec2TagFilters: [],
  ec2TagSet: { ec2TagSetList: [] },
  loadBalancerInfo: { targetGroupInfoList: [] },
  triggerConfigurations: [],
  outdatedInstancesStrategy: 'UPDATE',
  terminationHookEnabled: false,
};

function processesToSuspend({ Ec2DeploymentOptions }: any): string[] {
  return Ec2DeploymentOptions?.AutoScalingGroupProcessesToSuspend ?? [];
}

function groupSettings({ Ec2DeploymentOptions, Ec2TagFilters, Ec2TagSet, Tags, ...rest }: any): object {
  return {
    ...(apiShape(rest) as object),
    // These keep CloudFormation's capital letters in the API as well.
    ...(Ec2TagFilters && { ec2TagFilters: Ec2TagFilters }),
    ...(Ec2TagSet && {
      ec2TagSet: {
        ec2TagSetList: (Ec2TagSet.Ec2TagSetList ?? []).map((list: any) => list.Ec2TagGroup ?? []),
      },
    }),
  };
}

/** CloudFormation's `DeploymentStyle.DeploymentType` is the API's `deploymentStyle.deploymentType`. */
function apiShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(apiShape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key[0]!.toLowerCase() + key.slice(1), apiShape(inner)]),
  );
}
