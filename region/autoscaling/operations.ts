import { AwsError, type Operation } from '../service';
import type { AutoScaling } from './autoscaling';
import { ofScaling } from './scaling/operations';
import { groupSettings } from './settings';

/** The operations of the Auto Scaling API that the region plays. */
export function operations(service: AutoScaling): Record<string, Operation> {
  return { ...ofGroups(service), ...ofInstances(service), ...ofHooks(service), ...ofScaling(service) };
}

function ofGroups(service: AutoScaling): Record<string, Operation> {
  return {
    CreateAutoScalingGroup: (input) => {
      const group = service.create(input.AutoScalingGroupName, groupSettings(input));
      for (const hook of input.LifecycleHookSpecificationList ?? []) group.hooks.put(hook);
      group.reconcile('the group was created');
      return {};
    },
    UpdateAutoScalingGroup: ({ AutoScalingGroupName, ...changes }) => {
      const group = service.group(AutoScalingGroupName);
      const { DesiredCapacity, ...before } = group.describe();
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      group.update(groupSettings({ ...before, ...given } as any));
      return {};
    },
    DeleteAutoScalingGroup: ({ AutoScalingGroupName, ForceDelete }) => {
      const group = service.group(AutoScalingGroupName);
      if (!ForceDelete && group.describe().Instances!.length > 0) {
        throw new AwsError(
          'ResourceInUse',
          `group ${group.name} has instances; ForceDelete removes them too`,
        );
      }
      void service.delete(group.name);
      return {};
    },
    DescribeAutoScalingGroups: ({ AutoScalingGroupNames }) => ({
      AutoScalingGroups: service.all(AutoScalingGroupNames).map((group) => group.describe()),
    }),
    DescribeScalingActivities: ({ AutoScalingGroupName, MaxRecords }) => ({
      Activities: (AutoScalingGroupName ? [service.group(AutoScalingGroupName)] : service.all())
        .flatMap((group) => group.activities.describe())
        .slice(0, MaxRecords),
    }),
    SetDesiredCapacity: ({ AutoScalingGroupName, DesiredCapacity }) => {
      service.group(AutoScalingGroupName).setDesired(DesiredCapacity);
      return {};
    },
    SuspendProcesses: ({ AutoScalingGroupName, ScalingProcesses }) => {
      service.group(AutoScalingGroupName).processes.suspend(ScalingProcesses);
      return {};
    },
    ResumeProcesses: ({ AutoScalingGroupName, ScalingProcesses }) => {
      const group = service.group(AutoScalingGroupName);
      group.processes.resume(ScalingProcesses);
      group.reconcile('processes were resumed');
      return {};
    },
  };
}

function ofInstances(service: AutoScaling): Record<string, Operation> {
  return {
    DescribeAutoScalingInstances: ({ InstanceIds }) => ({
      AutoScalingInstances: service
        .all()
        .flatMap((group) =>
          group.describe().Instances!.map((one) => ({ ...one, AutoScalingGroupName: group.name })),
        )
        .filter(({ InstanceId }) => !InstanceIds?.length || InstanceIds.includes(InstanceId)),
    }),
    TerminateInstanceInAutoScalingGroup: ({ InstanceId, ShouldDecrementDesiredCapacity }) => {
      const group = service.groupOf(InstanceId);
      group.terminateInstance(InstanceId, Boolean(ShouldDecrementDesiredCapacity));
      return {
        Activity: group.activities.describe().find(({ Description }) => Description?.endsWith(InstanceId)),
      };
    },
    SetInstanceHealth: ({ InstanceId, HealthStatus }) => {
      service.groupOf(InstanceId).setHealth(InstanceId, HealthStatus === 'Healthy');
      return {};
    },
  };
}

function ofHooks(service: AutoScaling): Record<string, Operation> {
  return {
    PutLifecycleHook: ({ AutoScalingGroupName, ...hook }) => {
      service.group(AutoScalingGroupName).hooks.put(hook);
      return {};
    },
    DeleteLifecycleHook: ({ AutoScalingGroupName, LifecycleHookName }) => {
      // A group that is gone has taken its hooks with it.
      service.all([AutoScalingGroupName])[0]?.hooks.delete(LifecycleHookName);
      return {};
    },
    DescribeLifecycleHooks: ({ AutoScalingGroupName, LifecycleHookNames }) => ({
      LifecycleHooks: service.group(AutoScalingGroupName).hooks.describe(LifecycleHookNames),
    }),
    CompleteLifecycleAction: (input) => {
      service
        .group(input.AutoScalingGroupName)
        .hooks.complete(
          input.LifecycleHookName,
          { token: input.LifecycleActionToken, instanceId: input.InstanceId },
          input.LifecycleActionResult,
        );
      return {};
    },
    RecordLifecycleActionHeartbeat: (input) => {
      service.group(input.AutoScalingGroupName).hooks.heartbeat(input.LifecycleHookName, {
        token: input.LifecycleActionToken,
        instanceId: input.InstanceId,
      });
      return {};
    },
  };
}
