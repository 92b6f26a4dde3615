import type { DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import { AwsError, type Scope } from '../service';
import type { DeploymentGroup } from './deployment-group';

/** What `Ec2DeploymentOptions.AutoScalingGroupProcessesToSuspend` may hold. */
const ALLOWED = ['Terminate', 'AZRebalance', 'InstanceRefresh', 'ScheduledActions'];

/** @throws AwsError InvalidInputException */
export function validProcesses(processes: readonly string[]): void {
  for (const process of processes) {
    if (!ALLOWED.includes(process)) {
      throw new AwsError(
        'InvalidInputException',
        `autoScalingGroupProcessesToSuspend holds ${process}; allowed are ${ALLOWED.join(', ')}`,
      );
    }
  }
}

/** The Auto Scaling processes that one deployment has suspended; those suspended before it are left alone. */
export class SuspendedProcesses {
  private constructor(
    private readonly scope: Scope,
    private readonly byGroup: ReadonlyMap<string, string[]>,
  ) {}

  static async suspend(scope: Scope, group: DeploymentGroup): Promise<SuspendedProcesses> {
    const byGroup = new Map<string, string[]>();
    const wanted = group.processesToSuspend;
    if (wanted.length > 0 && group.autoScalingGroupNames.length > 0) {
      const { operations } = scope.service('autoscaling');
      const { AutoScalingGroups = [] } = (await operations.DescribeAutoScalingGroups!({
        AutoScalingGroupNames: group.autoScalingGroupNames,
      })) as DescribeAutoScalingGroupsCommandOutput;
      for (const { AutoScalingGroupName, SuspendedProcesses: already = [] } of AutoScalingGroups) {
        const processes = wanted.filter((name) => !already.some((one) => one.ProcessName === name));
        if (processes.length === 0) continue;
        await operations.SuspendProcesses!({ AutoScalingGroupName, ScalingProcesses: processes });
        byGroup.set(AutoScalingGroupName!, processes);
      }
    }
    return new SuspendedProcesses(scope, byGroup);
  }

  async resume(): Promise<void> {
    for (const [AutoScalingGroupName, ScalingProcesses] of this.byGroup) {
      await this.scope.service('autoscaling').operations.ResumeProcesses!({
        AutoScalingGroupName,
        ScalingProcesses,
      });
    }
  }
}
