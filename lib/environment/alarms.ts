import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { ALARM_EVALUATION } from '../config/alarm-evaluation';
import type { AlarmThresholds } from '../config/description';

export interface ReleaseAlarmsProps {
  readonly names: { readonly errorRate: string; readonly latency: string; readonly unhealthyHosts: string };
  readonly thresholds: Required<AlarmThresholds>;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
}

/**
 * The alarms that stop a deployment, roll it back and hold a release: error rate, p99 latency, unhealthy hosts.
 *
 * Each counts only in a minute with enough requests. Below that one request would decide; and a fleet that waits for
 * its first revision, unhealthy to the last host and without traffic, would stop the very deployment it waits for.
 */
export class ReleaseAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(
    scope: Construct,
    id: string,
    { names, thresholds, loadBalancer, targetGroup }: ReleaseAlarmsProps,
  ) {
    super(scope, id);
    const { periodMinutes, evaluationPeriods, datapointsToAlarm } = ALARM_EVALUATION;
    const period = Duration.minutes(periodMinutes);
    const statistic = 'Sum';

    // RequestCount leaves out the requests no target could be chosen for: those are the load balancer's own errors.
    const traffic = {
      served: targetGroup.metrics.requestCount({ statistic, period }),
      targetErrors: targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, {
        statistic,
        period,
      }),
      balancerErrors: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { statistic, period }),
    };
    const { served, balancerErrors } = traffic;
    const requests = '(FILL(served, 0) + FILL(balancerErrors, 0))';
    const errors = '(FILL(targetErrors, 0) + FILL(balancerErrors, 0))';

    const alarm = (
      alarmName: string,
      alarmDescription: string,
      {
        value,
        threshold,
        usingMetrics,
      }: { value: string; threshold: number; usingMetrics: Record<string, IMetric> },
    ) =>
      new Alarm(this, alarmName, {
        alarmName,
        alarmDescription,
        metric: new MathExpression({
          expression: `IF(${requests} >= ${thresholds.minimumRequestsPerMinute}, ${value}, 0)`,
          label: alarmDescription,
          usingMetrics,
          period,
        }),
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods,
        datapointsToAlarm,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });

    this.alarms = [
      alarm(names.errorRate, 'Server errors, in percent of the requests', {
        value: `100 * ${errors} / ${requests}`,
        threshold: thresholds.errorRatePercent,
        usingMetrics: traffic,
      }),
      alarm(names.latency, 'Response time, 99th percentile, in milliseconds', {
        value: '1000 * FILL(seconds, 0)',
        threshold: thresholds.latencyP99Milliseconds,
        usingMetrics: {
          served,
          balancerErrors,
          seconds: targetGroup.metrics.targetResponseTime({ statistic: 'p99', period }),
        },
      }),
      alarm(names.unhealthyHosts, 'Hosts that fail their health check', {
        value: 'FILL(hosts, 0)',
        threshold: 1,
        usingMetrics: {
          served,
          balancerErrors,
          hosts: targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum', period }),
        },
      }),
    ];
  }
}
