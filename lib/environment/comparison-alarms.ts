import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { ALARM_EVALUATION } from '../config/alarm-evaluation';
import type { OneBoxSettings } from '../config/one-box';

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
    const { periodMinutes, evaluationPeriods, datapointsToAlarm } = ALARM_EVALUATION;
    const period = Duration.minutes(periodMinutes);
    const sum = { statistic: 'Sum', period };
    const requests = {
      boxRequests: oneBox.metrics.requestCount(sum),
      fleetRequests: fleet.metrics.requestCount(sum),
    };
    const fewest = settings.alarms.minimumRequestsPerMinute;

    const alarm = (
      alarmName: string,
      alarmDescription: string,
      difference: string,
      threshold: number,
      metrics: Record<string, IMetric>,
    ) =>
      new Alarm(this, alarmName, {
        alarmName,
        alarmDescription,
        metric: new MathExpression({
          expression: `IF(FILL(boxRequests, 0) >= ${fewest} AND FILL(fleetRequests, 0) >= ${fewest}, ${difference}, 0)`,
          label: alarmDescription,
          usingMetrics: { ...requests, ...metrics },
          period,
        }),
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods,
        datapointsToAlarm,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });

    this.alarms = [
      alarm(
        names.errorRateAboveFleet,
        "The one-box's server errors above the fleet's, in percentage points",
        '100 * (FILL(boxErrors, 0) / boxRequests - FILL(fleetErrors, 0) / fleetRequests)',
        settings.errorRateAboveFleetPercent,
        {
          boxErrors: oneBox.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum),
          fleetErrors: fleet.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum),
        },
      ),
      alarm(
        names.latencyAboveFleet,
        "The one-box's response time above the fleet's, 99th percentile, in milliseconds",
        '1000 * (FILL(boxSeconds, 0) - FILL(fleetSeconds, 0))',
        settings.latencyP99AboveFleetMilliseconds,
        {
          boxSeconds: oneBox.metrics.targetResponseTime({ statistic: 'p99', period }),
          fleetSeconds: fleet.metrics.targetResponseTime({ statistic: 'p99', period }),
        },
      ),
    ];
  }
}
