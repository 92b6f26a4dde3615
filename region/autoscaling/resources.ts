import type { PropertyDispositions } from '../ledger/ledger';
import { physicalName } from '../physical-name';
import { randomCharacters } from '../random';
import type { ResourceProvider } from '../service';
import type { AutoScaling } from './autoscaling';
import { scalingPolicy, scheduledAction } from './scaling/resources';
import { groupSettings } from './settings';

/** The CloudFormation resource types of Auto Scaling. */
export function resources(service: AutoScaling): ResourceProvider[] {
  return [
    autoScalingGroup(service),
    lifecycleHook(service),
    scalingPolicy(service),
    scheduledAction(service),
  ];
}

const GROUP_PROPERTIES: PropertyDispositions = {
  AutoScalingGroupName: 'executed',
  MinSize: 'executed',
  MaxSize: 'executed',
  DesiredCapacity: 'executed',
  LaunchTemplate: 'executed',
  VPCZoneIdentifier: 'modelled',
  AvailabilityZones: 'recorded',
  TargetGroupARNs: 'executed',
  TrafficSources: 'executed',
  HealthCheckType: 'executed',
  HealthCheckGracePeriod: 'executed',
  LifecycleHookSpecificationList: 'executed',
  NewInstancesProtectedFromScaleIn: 'executed',
  Tags: 'executed',
  CapacityRebalance: 'recorded',
  Cooldown: 'modelled',
  DefaultInstanceWarmup: 'modelled',
  InstanceMaintenancePolicy: 'recorded',
  MaxInstanceLifetime: 'recorded',
  MetricsCollection: 'recorded',
  NotificationConfigurations: 'recorded',
  ServiceLinkedRoleARN: 'recorded',
  TerminationPolicies: 'recorded',
};

function autoScalingGroup(service: AutoScaling): ResourceProvider {
  const result = ({ name, arn }: { name: string; arn: string }) => ({
    physicalId: name,
    attributes: { AutoScalingGroupARN: arn },
  });
  return {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    disposition: 'executed',
    properties: GROUP_PROPERTIES,
    async create(properties, context) {
      const name = properties.AutoScalingGroupName ?? physicalName(context, { maxLength: 255 });
      const group = service.create(name, groupSettings(withStackTags(properties, context.tags)));
      try {
        for (const hook of properties.LifecycleHookSpecificationList ?? []) group.hooks.put(hook);
        group.reconcile('the group was created');
        await group.stable();
      } catch (error) {
        // CloudFormation learns no physical id from a failed creation, so nothing may stay behind.
        await service.delete(name);
        throw error;
      }
      return result(group);
    },
    async update(physicalId, properties, _previous, context) {
      const group = service.group(physicalId);
      group.update(groupSettings(withStackTags(properties, context.tags)));
      await group.stable();
      return result(group);
    },
    async delete(physicalId) {
      await service.delete(physicalId);
    },
  };
}

function withStackTags(properties: any, tags: Readonly<Record<string, string>>) {
  const ofStack = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true }));
  return { ...properties, Tags: [...ofStack, ...(properties.Tags ?? [])] };
}

function lifecycleHook(service: AutoScaling): ResourceProvider {
  const put = ({ AutoScalingGroupName, ...hook }: any, LifecycleHookName: string) => {
    service.group(AutoScalingGroupName).hooks.put({ ...hook, LifecycleHookName });
    return { physicalId: LifecycleHookName };
  };
  return {
    type: 'AWS::AutoScaling::LifecycleHook',
    disposition: 'executed',
    properties: {
      AutoScalingGroupName: 'executed',
      LifecycleHookName: 'executed',
      LifecycleTransition: 'executed',
      DefaultResult: 'executed',
      HeartbeatTimeout: 'executed',
      NotificationMetadata: 'executed',
      NotificationTargetARN: 'executed',
      RoleARN: 'recorded',
    },
    async create(properties, { logicalId }) {
      return put(properties, properties.LifecycleHookName ?? `${logicalId}-${randomCharacters(12)}`);
    },
    async update(physicalId, properties) {
      return put(properties, physicalId);
    },
    async delete(physicalId, { AutoScalingGroupName }) {
      service.all([AutoScalingGroupName])[0]?.hooks.delete(physicalId);
    },
  };
}
