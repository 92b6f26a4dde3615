import { z } from 'zod';
import { wholeNumber } from './values';

/** How many instances a deployment takes out of service at a time: one of CodeDeploy's own configurations, or a custom one. */
export type DeploymentConfiguration = PredefinedConfiguration | CustomConfiguration;

const PREDEFINED = ['OneAtATime', 'HalfAtATime'] as const;

/** By the names CodeDeploy gives them. `AllAtOnce` is not among them: it takes the whole fleet away from the load balancer. */
export type PredefinedConfiguration = (typeof PREDEFINED)[number];

/**
 * A deployment configuration of one's own. Give either of the two minimums; it has to leave an instance of the smallest
 * fleet, `capacity.min`, to be deployed to.
 */
export interface CustomConfiguration {
  /** Instances that stay in service during a deployment, in percent of the fleet, rounded up: 1 to 99. */
  readonly minimumHealthyPercent?: number;

  /** Instances that stay in service during a deployment: 1 to 199. */
  readonly minimumHealthyHosts?: number;

  /**
   * Deploys to one availability zone after the other.
   *
   * @default - instances of all zones are mixed
   */
  readonly zonal?: ZonalConfiguration;
}

/** Monitoring times of a deployment zone by zone: an alarm in them stops it before it reaches the next zone. */
export interface ZonalConfiguration {
  /** Minutes to wait after each zone, 1 to 300: a whole deployment in place has 12 hours. */
  readonly monitorMinutes: number;

  /**
   * Minutes to wait after the first zone, 1 to 300.
   *
   * @default - `monitorMinutes`
   */
  readonly firstZoneMonitorMinutes?: number;
}

const monitorMinutes = wholeNumber(1, 300);

const custom = z
  .strictObject({
    minimumHealthyPercent: wholeNumber(1, 99).optional(),
    minimumHealthyHosts: wholeNumber(1, 199).optional(),
    zonal: z
      .strictObject(
        { monitorMinutes, firstZoneMonitorMinutes: monitorMinutes.optional() },
        'an object with monitorMinutes',
      )
      .optional(),
  })
  .refine(
    ({ minimumHealthyPercent, minimumHealthyHosts }) =>
      (minimumHealthyPercent === undefined) !== (minimumHealthyHosts === undefined),
    'either minimumHealthyPercent or minimumHealthyHosts',
  );

export const deploymentConfiguration: z.ZodType<DeploymentConfiguration> = z.union(
  [z.enum(PREDEFINED), custom],
  `one of ${PREDEFINED.join(', ')}, or an object with a minimum of healthy instances`,
);

/**
 * A minimum of healthy instances that leaves none of the smallest fleet to be deployed to: CodeDeploy fails the
 * deployment at once.
 *
 * @param fleet fewest instances
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
 */
export function unmetMinimum(
  configuration: DeploymentConfiguration | undefined,
  fleet: number,
): { key: string; allowed: string } | undefined {
  if (typeof configuration !== 'object') return undefined;
  const { minimumHealthyHosts: hosts, minimumHealthyPercent: percent } = configuration;
  const because = `or the smallest fleet, ${fleet}, leaves no instance to deploy to`;
  if (hosts !== undefined && hosts >= fleet)
    return { key: 'minimumHealthyHosts', allowed: `at most ${fleet - 1}, ${because}` };
  if (percent !== undefined && Math.ceil((percent * fleet) / 100) >= fleet)
    return {
      key: 'minimumHealthyPercent',
      allowed: `at most ${Math.floor((100 * (fleet - 1)) / fleet)}, ${because}`,
    };
  return undefined;
}

/**
 * Name by which CodeDeploy knows a configuration. Of a custom one it says what is in it, because CodeDeploy replaces
 * a configuration that changes, and two cannot have one name.
 *
 * @param prefix what sets the custom configurations of one environment apart from those of others
 */
export function configurationName(prefix: string, configuration: DeploymentConfiguration): string {
  if (typeof configuration === 'string') return `CodeDeployDefault.${configuration}`;
  const { minimumHealthyPercent, minimumHealthyHosts, zonal } = configuration;
  const minimum = minimumHealthyPercent ? `${minimumHealthyPercent}-percent` : `${minimumHealthyHosts}-hosts`;
  const zones = zonal
    ? [`zonal-${zonal.firstZoneMonitorMinutes ?? zonal.monitorMinutes}-${zonal.monitorMinutes}`]
    : [];
  return [prefix, 'min', minimum, ...zones].join('-');
}
