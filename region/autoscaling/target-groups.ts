import type { DescribeTargetHealthCommandOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Scope } from '../service';

/** Registers the instances of a group with its target groups, and asks for their health. */
export class TargetGroups {
  constructor(
    private readonly scope: Scope,
    private readonly arns: () => readonly string[],
  ) {}

  async register(instanceId: string): Promise<void> {
    for (const TargetGroupArn of this.arns()) {
      if ((await this.state(TargetGroupArn, instanceId)) !== undefined) continue;
      await this.elb.operations.RegisterTargets!({ TargetGroupArn, Targets: [{ Id: instanceId }] });
    }
  }

  /** Deregisters the instance everywhere and waits until it is drained. */
  async deregister(instanceId: string): Promise<void> {
    await Promise.all(
      this.arns().map(async (TargetGroupArn) => {
        if ((await this.state(TargetGroupArn, instanceId)) === undefined) return;
        await this.elb.operations.DeregisterTargets!({ TargetGroupArn, Targets: [{ Id: instanceId }] });
        await this.elb.deregistered(TargetGroupArn, instanceId);
      }),
    );
  }

  async unhealthy(instanceId: string): Promise<boolean> {
    const states = await Promise.all(this.arns().map((arn) => this.state(arn, instanceId)));
    return states.includes('unhealthy');
  }

  private async state(TargetGroupArn: string, instanceId: string): Promise<string | undefined> {
    const { TargetHealthDescriptions = [] } = (await this.elb.operations.DescribeTargetHealth!({
      TargetGroupArn,
    })) as DescribeTargetHealthCommandOutput;
    return TargetHealthDescriptions.find(({ Target }) => Target?.Id === instanceId)?.TargetHealth?.State;
  }

  private get elb() {
    return this.scope.service('elasticloadbalancing');
  }
}
