import type { ScalingInstance } from './scaling-instance';

/**
 * The Default termination policy: in the zone with most instances, one of the oldest launch template version, and of
 * those the oldest. Instances protected from scale-in are left.
 * @see Amazon EC2 Auto Scaling User Guide: Configure termination policies
 */
export function instanceToTerminate(instances: readonly ScalingInstance[]): ScalingInstance | undefined {
  const free = instances.filter((instance) => !instance.protectedFromScaleIn);
  const inZone = (zone: string) => instances.filter((instance) => instance.zone === zone).length;
  const version = (instance: ScalingInstance) => Number(instance.launchTemplate?.Version ?? 0);
  // The sort is stable and the instances come in order of their launch.
  return free.sort((a, b) => inZone(b.zone) - inZone(a.zone) || version(a) - version(b))[0];
}
