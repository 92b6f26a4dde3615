import type { DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2';
import type { Scope } from '../service';
import type { ScalingInstance } from './scaling-instance';
import type { GroupSettings } from './settings';
import type { TargetGroups } from './target-groups';

/**
 * Marks the instances in service that are unhealthy: those that no longer run, and, where the load balancer's health
 * checks count, those it finds unhealthy once their grace period is over.
 */
export async function findUnhealthy(
  scope: Scope,
  settings: GroupSettings,
  targetGroups: TargetGroups,
  instances: readonly ScalingInstance[],
): Promise<void> {
  const running = await runningIds(scope);
  const balanced = settings.healthCheckType.split(',').includes('ELB');
  for (const instance of instances) {
    if (instance.state !== 'InService') continue;
    const { instanceId, inServiceAt } = instance;
    // An instance that no longer runs is unhealthy at once; grace is for what it serves.
    if (!running.has(instanceId)) instance.healthy = false;
    const mature = scope.clock.now() >= inServiceAt! + settings.healthCheckGracePeriod * 1000;
    if (balanced && mature && (await targetGroups.unhealthy(instanceId))) instance.healthy = false;
  }
}

async function runningIds(scope: Scope): Promise<Set<string>> {
  const { Reservations = [] } = (await scope.service('ec2').operations.DescribeInstances!({
    Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
  })) as DescribeInstancesCommandOutput;
  return new Set(Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId!)));
}
