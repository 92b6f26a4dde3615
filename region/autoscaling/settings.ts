import type { CreateAutoScalingGroupType, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../service';

/** What of a group is set by CreateAutoScalingGroup, UpdateAutoScalingGroup and its template. */
export interface GroupSettings {
  readonly minSize: number;
  readonly maxSize: number;
  /** Absent where it is left to the group: the minimum at first, and unchanged by updates. */
  readonly desiredCapacity?: number;
  readonly launchTemplate: LaunchTemplateSpecification;
  readonly subnetIds: readonly string[];
  readonly availabilityZones: readonly string[];
  readonly targetGroupArns: readonly string[];
  /** Load balancer health checks count besides those of EC2 itself. */
  readonly healthCheckType: string;
  /** Seconds after an instance is in service during which its health is not looked at. */
  readonly healthCheckGracePeriod: number;
  readonly protectedFromScaleIn: boolean;
  readonly tags: readonly { Key: string; Value: string; PropagateAtLaunch: boolean }[];
  /** Seconds after a simple scaling policy during which none is carried out. */
  readonly cooldown: number;
  /** Seconds after an instance is in service during which scaling policies do not count on it. */
  readonly instanceWarmup: number;
  readonly terminationPolicies: readonly string[];
}

/**
 * Settings from an API input, or from a template's properties (which use the same names, and strings for numbers).
 * @throws AwsError ValidationError
 */
export function groupSettings(
  input: Partial<CreateAutoScalingGroupType> & Record<string, any>,
): GroupSettings {
  if (!input.LaunchTemplate) {
    throw new AwsError(
      'ValidationError',
      'LaunchTemplate is missing; launch configurations and mixed instances policies are not played by the rehearsal region',
    );
  }
  const minSize = count(input, 'MinSize');
  const maxSize = count(input, 'MaxSize');
  const desired = input.DesiredCapacity === undefined ? undefined : count(input, 'DesiredCapacity');
  validCapacity(minSize, desired ?? minSize, maxSize);
  const zones = input.VPCZoneIdentifier as string | string[] | undefined;
  const cooldown = Number(input.DefaultCooldown ?? input.Cooldown ?? 300);
  const traffic = (input.TrafficSources ?? []).map(({ Identifier }) => Identifier!);
  return {
    minSize,
    maxSize,
    desiredCapacity: desired,
    launchTemplate: input.LaunchTemplate,
    subnetIds: (typeof zones === 'string' ? zones.split(',') : (zones ?? []))
      .map((id) => id.trim())
      .filter(Boolean),
    availabilityZones: input.AvailabilityZones ?? [],
    targetGroupArns: [...(input.TargetGroupARNs ?? []), ...traffic],
    healthCheckType: input.HealthCheckType ?? 'EC2',
    healthCheckGracePeriod: Number(input.HealthCheckGracePeriod ?? 0),
    protectedFromScaleIn: String(input.NewInstancesProtectedFromScaleIn ?? false) === 'true',
    tags: (input.Tags ?? []).map(({ Key, Value, PropagateAtLaunch }) => ({
      Key: Key!,
      Value: Value ?? '',
      PropagateAtLaunch: String(PropagateAtLaunch ?? false) === 'true',
    })),
    cooldown,
    instanceWarmup: Number(input.DefaultInstanceWarmup ?? cooldown),
    terminationPolicies: input.TerminationPolicies ?? ['Default'],
  };
}

/** @throws AwsError ValidationError unless 0 <= min <= desired <= max */
export function validCapacity(min: number, desired: number, max: number): void {
  if (min <= desired && desired <= max) return;
  throw new AwsError(
    'ValidationError',
    `MinSize ${min}, DesiredCapacity ${desired} and MaxSize ${max} do not fit; allowed is MinSize <= DesiredCapacity <= MaxSize`,
  );
}

function count(input: Record<string, unknown>, key: string): number {
  const value = Number(input[key]);
  if (input[key] !== undefined && Number.isInteger(value) && value >= 0) return value;
  throw new AwsError(
    'ValidationError',
    `${key} is ${JSON.stringify(input[key])}; allowed is a whole number from 0`,
  );
}
