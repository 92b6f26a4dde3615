import type { DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import type { EC2TagFilter } from '@aws-sdk/client-codedeploy';
import type { DescribeInstancesCommandOutput, Instance } from '@aws-sdk/client-ec2';
import type { Scope } from '../service';
import type { DeploymentGroup } from './deployment-group';

export interface FleetInstance {
  readonly instanceId: string;
  readonly zone: string;
}

/** The instances that a deployment to the group is for: those in service in its Auto Scaling groups, and those tagged. */
export async function fleet(scope: Scope, group: DeploymentGroup): Promise<FleetInstance[]> {
  const found = new Map<string, FleetInstance>();
  for (const one of [...(await scaled(scope, group)), ...(await tagged(scope, group))]) {
    found.set(one.instanceId, one);
  }
  return [...found.values()];
}

async function scaled(scope: Scope, group: DeploymentGroup): Promise<FleetInstance[]> {
  if (group.autoScalingGroupNames.length === 0) return [];
  const { AutoScalingGroups = [] } = (await scope.service('autoscaling').operations
    .DescribeAutoScalingGroups!({
    AutoScalingGroupNames: group.autoScalingGroupNames,
  })) as DescribeAutoScalingGroupsCommandOutput;
  return AutoScalingGroups.flatMap(({ Instances = [] }) =>
    Instances.filter((instance) => instance.LifecycleState === 'InService').map((instance) => ({
      instanceId: instance.InstanceId!,
      zone: instance.AvailabilityZone!,
    })),
  );
}

async function tagged(scope: Scope, group: DeploymentGroup): Promise<FleetInstance[]> {
  const { ec2TagFilters = [], ec2TagSet } = group.info;
  // Filters of one list are alternatives; the lists of a tag set must all match.
  const lists = [ec2TagFilters, ...(ec2TagSet?.ec2TagSetList ?? [])].filter((list) => list.length > 0);
  if (lists.length === 0) return [];
  const { Reservations = [] } = (await scope.service('ec2').operations.DescribeInstances!({
    Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
  })) as DescribeInstancesCommandOutput;
  return Reservations.flatMap(({ Instances = [] }) => Instances)
    .filter((instance) => lists.every((list) => list.some((filter) => matches(instance, filter))))
    .map((instance) => ({
      instanceId: instance.InstanceId!,
      zone: instance.Placement?.AvailabilityZone ?? '',
    }));
}

function matches({ Tags = [] }: Instance, { Key, Value, Type }: EC2TagFilter): boolean {
  return Tags.some(
    (tag) => (Type === 'VALUE_ONLY' || tag.Key === Key) && (Type === 'KEY_ONLY' || tag.Value === Value),
  );
}
