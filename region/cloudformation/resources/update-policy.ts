import type { Scope } from '../../service';

type Properties = Readonly<Record<string, unknown>>;

/** What an update of a resource starts from and leads to. */
export interface ResourceUpdate {
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Properties;
  readonly previous: Properties;
  readonly updatePolicy?: Readonly<Record<string, any>>;
}

/** The policies that are played; a template with another one is refused. */
export const PLAYED_UPDATE_POLICIES: readonly string[] = ['AutoScalingScheduledAction'];

const SIZES = ['MinSize', 'MaxSize', 'DesiredCapacity'] as const;

/**
 * The properties to update a resource with, as its update policy has them: sizes of an Auto Scaling group that the
 * template did not change stay as scaling has set them meanwhile.
 * @see AWS CloudFormation Template Reference, "UpdatePolicy attribute", IgnoreUnmodifiedGroupSizeProperties
 */
export async function propertiesToUpdate(update: ResourceUpdate, scope: Scope): Promise<Properties> {
  const { type, physicalId, properties, previous, updatePolicy } = update;
  const ignores =
    String(updatePolicy?.AutoScalingScheduledAction?.IgnoreUnmodifiedGroupSizeProperties) === 'true';
  if (type !== 'AWS::AutoScaling::AutoScalingGroup' || !ignores) return properties;
  const { AutoScalingGroups } = (await scope
    .service('autoscaling')
    .operations.DescribeAutoScalingGroups({ AutoScalingGroupNames: [physicalId] })) as {
    AutoScalingGroups: Record<(typeof SIZES)[number], number>[];
  };
  const [group] = AutoScalingGroups;
  const unmodified = SIZES.filter((name) => properties[name] === previous[name]);
  return group
    ? { ...properties, ...Object.fromEntries(unmodified.map((name) => [name, group[name]])) }
    : properties;
}
