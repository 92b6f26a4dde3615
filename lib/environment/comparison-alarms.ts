import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { OneBoxSettings } from '../config/one-box';
import { minuteAlarm, PERIOD as period } from './minute-alarm';

export interface ComparisonAlarmsProps {
  readonly names: { readonly errorRateAboveFleet: string; readonly latencyAboveFleet: string };
  readonly settings: OneBoxSettings;
  readonly oneBox: ApplicationTargetGroup;
  readonly fleet: ApplicationTargetGroup;
}

/**
 * The alarms that tell the one-box from the fleet: what both suffer from is not the new revision's doing, and what only
 * the one-box does is, however far below a threshold.
 *
 * Each compares only in a minute in which both have had enough requests. The errors are those of the targets: those of
 * the load balancer itself belong to neither.
 */
export class ComparisonAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, { names, settings, oneBox, fleet }: ComparisonAlarmsProps) {
    super(scope, id);
    const sum = { statistic: 'Sum', period };
    const requests = {
      boxRequests: oneBox.metrics.requestCount(sum),
      fleetRequests: fleet.metrics.requestCount(sum),
    };
    const fewest = settings.alarms.minimumRequestsPerMinute;

    const counts = `FILL(boxRequests, 0) >= ${fewest} AND FILL(fleetRequests, 0) >= ${fewest}`;

    this.alarms = [
      minuteAlarm(this, names.errorRateAboveFleet, {
        description: "The one-box's server errors above the fleet's, in percentage points",
        counts,
        value: '100 * (FILL(boxErrors, 0) / boxRequests - FILL(fleetErrors, 0) / fleetRequests)',
        threshold: settings.errorRateAboveFleetPercent,
        usingMetrics: {
          ...requests,
          boxErrors: oneBox.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum),
          fleetErrors: fleet.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum),
        },
      }),
      minuteAlarm(this, names.latencyAboveFleet, {
        description: "The one-box's response time above the fleet's, 99th percentile, in milliseconds",
        counts,
        value: '1000 * (FILL(boxSeconds, 0) - FILL(fleetSeconds, 0))',
        threshold: settings.latencyP99AboveFleetMilliseconds,
        usingMetrics: {
          ...requests,
          boxSeconds: oneBox.metrics.targetResponseTime({ statistic: 'p99', period }),
          fleetSeconds: fleet.metrics.targetResponseTime({ statistic: 'p99', period }),
        },
      }),
    ];
  }
}
