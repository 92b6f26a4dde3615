import type {
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Scope } from '../service';

/** How long a registered instance may take to become healthy, AWS milliseconds. */
const HEALTHY_WITHIN = 3600_000;

/** Takes instances out of the group's target groups and puts them back. */
export class Traffic {
  private constructor(
    private readonly scope: Scope,
    private readonly targetGroupArns: readonly string[],
  ) {}

  /** @throws Error when a target group is missing or does not register instances by id. */
  static async of(scope: Scope, targetGroupNames: readonly string[]): Promise<Traffic> {
    if (targetGroupNames.length === 0) return new Traffic(scope, []);
    const { TargetGroups = [] } = (await scope.service('elasticloadbalancing').operations
      .DescribeTargetGroups!({
      Names: targetGroupNames,
    })) as DescribeTargetGroupsCommandOutput;
    for (const { TargetGroupName, TargetType } of TargetGroups) {
      if (TargetType !== 'instance') {
        throw new Error(
          `target group ${TargetGroupName} has target type ${TargetType}; CodeDeploy needs instance`,
        );
      }
    }
    return new Traffic(
      scope,
      TargetGroups.map((group) => group.TargetGroupArn!),
    );
  }

  /** Deregisters the instance and waits until the target groups have let go of it. */
  async block(instanceId: string): Promise<void> {
    const elb = this.scope.service('elasticloadbalancing');
    await Promise.all(
      this.targetGroupArns.map(async (TargetGroupArn) => {
        if (!(await this.registered(TargetGroupArn, instanceId))) return;
        await elb.operations.DeregisterTargets!({ TargetGroupArn, Targets: [{ Id: instanceId }] });
        await elb.deregistered(TargetGroupArn, instanceId);
      }),
    );
  }

  /** Registers the instance and waits until it is healthy; false when it is not within an hour. */
  async allow(instanceId: string): Promise<boolean> {
    const elb = this.scope.service('elasticloadbalancing');
    const healthy = this.targetGroupArns.map(async (TargetGroupArn) => {
      await elb.operations.RegisterTargets!({ TargetGroupArn, Targets: [{ Id: instanceId }] });
      await elb.healthy(TargetGroupArn, instanceId);
    });
    const given = new AbortController();
    const late = this.scope.clock.sleep(HEALTHY_WITHIN, given.signal).then(
      () => false,
      () => true,
    );
    try {
      return await Promise.race([Promise.all(healthy).then(() => true), late]);
    } finally {
      given.abort();
    }
  }

  private async registered(TargetGroupArn: string, instanceId: string): Promise<boolean> {
    const { TargetHealthDescriptions = [] } = (await this.scope.service('elasticloadbalancing').operations
      .DescribeTargetHealth!({ TargetGroupArn })) as DescribeTargetHealthCommandOutput;
    return TargetHealthDescriptions.some(({ Target }) => Target?.Id === instanceId);
  }
}
