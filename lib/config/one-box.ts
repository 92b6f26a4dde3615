import { MINUTES_TO_ALARM } from './alarm-evaluation';
import type { AlarmThresholds, EnvironmentDescription } from './description';
import { percent, wholeNumber } from './values';

/**
 * A small group of instances that gets every release before the fleet does, takes a share of the requests, and is
 * compared with the fleet before the release goes on.
 */
export interface OneBox {
  /**
   * Instances beside those of the fleet: 2 to 20. One alone would leave its share of the requests without an answer
   * while it is deployed to: a load balancer does not pass on what it has given to a target group.
   *
   * @default 2
   */
  readonly instances?: number;

  /**
   * Share of the requests, in percent: a whole number from 1 to 50.
   *
   * @default 10
   */
  readonly trafficPercent?: number;

  /**
   * Minutes for which its alarms must stay quiet before the fleet is deployed to: 3 to 1440. A whole number.
   *
   * @default - `bakeMinutes` of the environment
   */
  readonly bakeMinutes?: number;

  /**
   * Server errors that are too many beside the fleet's, in percentage points of the minute's requests: above 0, up to 100.
   *
   * @default 1
   */
  readonly errorRateAboveFleetPercent?: number;

  /**
   * 99th percentile of the response time that is too long beside the fleet's, in milliseconds more: 1 to 60000.
   *
   * @default 200
   */
  readonly latencyP99AboveFleetMilliseconds?: number;

  /**
   * Thresholds of its alarms that do not compare, key by key over those of the environment. `minimumRequestsPerMinute`
   * counts for the comparison too.
   *
   * @default - the environment's alarms
   */
  readonly alarms?: AlarmThresholds;
}

/** A one-box with every default filled in. */
export interface OneBoxSettings extends Required<Omit<OneBox, 'alarms'>> {
  readonly alarms: Required<AlarmThresholds>;
}

/** What the keys of a one-box may be, its `alarms` aside. */
export const oneBoxKeys = {
  instances: wholeNumber(2, 20).optional(),
  trafficPercent: wholeNumber(1, 50).optional(),
  bakeMinutes: wholeNumber(MINUTES_TO_ALARM, 1440).optional(),
  errorRateAboveFleetPercent: percent().optional(),
  latencyP99AboveFleetMilliseconds: wholeNumber(1, 60_000).optional(),
};

/** Fills in the defaults, given the environment's own. */
export function resolveOneBox(
  { oneBox }: EnvironmentDescription,
  environment: Pick<OneBoxSettings, 'bakeMinutes' | 'alarms'>,
): OneBoxSettings | undefined {
  if (!oneBox) return undefined;
  return {
    instances: 2,
    trafficPercent: 10,
    errorRateAboveFleetPercent: 1,
    latencyP99AboveFleetMilliseconds: 200,
    bakeMinutes: environment.bakeMinutes,
    ...oneBox,
    alarms: { ...environment.alarms, ...oneBox.alarms },
  };
}
