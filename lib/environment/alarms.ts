import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { AlarmThresholds } from '../config/description';
import { minuteAlarm, PERIOD as period } from './minute-alarm';

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

    const counts = `${requests} >= ${thresholds.minimumRequestsPerMinute}`;

    this.alarms = [
      minuteAlarm(this, names.errorRate, {
        description: 'Server errors, in percent of the requests',
        counts,
        value: `100 * ${errors} / ${requests}`,
        threshold: thresholds.errorRatePercent,
        usingMetrics: traffic,
      }),
      minuteAlarm(this, names.latency, {
        description: 'Response time, 99th percentile, in milliseconds',
        counts,
        value: '1000 * FILL(seconds, 0)',
        threshold: thresholds.latencyP99Milliseconds,
        usingMetrics: {
          served,
          balancerErrors,
          seconds: targetGroup.metrics.targetResponseTime({ statistic: 'p99', period }),
        },
      }),
      minuteAlarm(this, names.unhealthyHosts, {
        description: 'Hosts that fail their health check',
        counts,
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
