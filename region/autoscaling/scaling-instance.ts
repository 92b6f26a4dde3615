import type { Instance, LifecycleState } from '@aws-sdk/client-auto-scaling';
import type { Host } from '../hosts/host';
import type { Scope } from '../service';

/** One instance of an Auto Scaling group. */
export class ScalingInstance {
  state: LifecycleState = 'Pending';
  healthy = true;
  inServiceAt?: number;

  constructor(
    private readonly scope: Scope,
    readonly groupName: string,
    readonly instanceId: string,
    readonly host: Host,
    readonly zone: string,
    readonly subnetId: string | undefined,
    readonly launchTemplate: Instance['LaunchTemplate'],
    readonly instanceType: string | undefined,
    public protectedFromScaleIn: boolean,
  ) {}

  /** Counts towards the capacity of its group: on its way in, or in service. */
  get active(): boolean {
    return this.state.startsWith('Pending') || this.state === 'InService';
  }

  enter(state: LifecycleState): void {
    this.state = state;
    if (state === 'InService') this.inServiceAt = this.scope.clock.now();
    this.scope.journal.append({
      source: 'autoscaling',
      type: 'LifecycleStateChange',
      subject: this.instanceId,
      message: `${this.groupName}: ${this.instanceId} is ${state}`,
      detail: { autoScalingGroupName: this.groupName, instanceId: this.instanceId, state, zone: this.zone },
    });
  }

  describe(): Instance {
    return {
      InstanceId: this.instanceId,
      InstanceType: this.instanceType,
      AvailabilityZone: this.zone,
      LifecycleState: this.state,
      HealthStatus: this.healthy ? 'Healthy' : 'Unhealthy',
      LaunchTemplate: this.launchTemplate,
      ProtectedFromScaleIn: this.protectedFromScaleIn,
    };
  }
}
