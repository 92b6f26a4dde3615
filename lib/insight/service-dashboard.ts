import { Duration } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import {
  AlarmStatusWidget,
  AlarmWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  LogQueryWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames, pipelineNames } from '../names';
import { failedRequests } from './tracing';

export interface ServiceDashboardProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly group: AutoScalingGroup;
  readonly logGroup: LogGroup;
  readonly alarms: readonly IAlarm[];
  /**
   * The alarm on a drop of the traffic, shown with the band of what is usual.
   * @default - there is none
   */
  readonly trafficAlarm?: IAlarm;
}

const MINUTE = Duration.minutes(1);

/** The service in one environment: traffic, errors, latency, saturation, and the revisions that came and failed. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);
    const { delivery, environment, loadBalancer, targetGroup, group, logGroup, alarms, trafficAlarm } = props;
    const { metrics } = targetGroup;
    const sum = (label: string) => ({ statistic: 'Sum', period: MINUTE, label });

    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: environmentNames(delivery, environment).dashboard,
      defaultInterval: Duration.hours(3),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Traffic [requests a minute]',
        left: [metrics.requestCount(sum('requests'))],
        width: 8,
      }),
      new GraphWidget({
        title: 'Errors [requests a minute]',
        left: [
          metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum('5xx of the service')),
          loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum('5xx of the load balancer')),
          metrics.httpCodeTarget(HttpCodeTarget.TARGET_4XX_COUNT, sum('4xx of the service')),
        ],
        width: 8,
      }),
      new GraphWidget({
        title: 'Latency [s]',
        left: ['p50', 'p90', 'p99'].map((statistic) =>
          metrics.targetResponseTime({ statistic, period: MINUTE, label: statistic }),
        ),
        width: 8,
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Saturation: CPU [%]',
        left: ['Average', 'Maximum'].map(
          (statistic) =>
            new Metric({
              namespace: 'AWS/EC2',
              metricName: 'CPUUtilization',
              dimensionsMap: { AutoScalingGroupName: group.autoScalingGroupName },
              statistic,
              label: statistic.toLowerCase(),
            }),
        ),
        leftYAxis: { min: 0, max: 100 },
        width: 8,
      }),
      new GraphWidget({
        title: 'Hosts',
        left: [
          metrics.healthyHostCount({ statistic: 'Minimum', period: MINUTE, label: 'healthy' }),
          metrics.unhealthyHostCount({ statistic: 'Maximum', period: MINUTE, label: 'unhealthy' }),
        ],
        width: 8,
      }),
      new GraphWidget({
        title: 'Releases',
        left: [
          ['Deployments', 'deployed'],
          ['ChangeFailures', 'failed'],
        ].map(
          ([metricName, label]) =>
            new Metric({
              namespace: 'Tidegate',
              metricName,
              dimensionsMap: { Service: delivery.service, Environment: environment.name },
              statistic: 'Sum',
              period: MINUTE,
              label,
              account: delivery.account,
              region: delivery.region,
            }),
        ),
        width: 8,
      }),
    );
    if (trafficAlarm)
      dashboard.addWidgets(
        new AlarmWidget({
          title: 'Traffic beside what is usual [requests in 5 minutes]',
          alarm: trafficAlarm,
          width: 24,
        }),
      );
    if (delivery.tracing)
      dashboard.addWidgets(
        new TextWidget({
          markdown: `[Failed requests of the last hour](${failedRequests(delivery, environment)}), one by one, in X-Ray`,
          width: 24,
          height: 1,
        }),
      );
    dashboard.addWidgets(
      new LogQueryWidget({
        title: 'What the service writes',
        logGroupNames: [logGroup.logGroupName],
        queryLines: [
          'fields @timestamp, @logStream, @message',
          'filter @logStream like /^service/',
          'sort @timestamp desc',
          'limit 50',
        ],
        width: 24,
      }),
    );
    // A query reaches other regions, but no other account.
    if (environment.account === delivery.account)
      dashboard.addWidgets(
        new LogQueryWidget({
          title: 'Revisions',
          logGroupNames: [pipelineNames(delivery).records],
          region: delivery.region,
          queryLines: [
            'fields @timestamp, CommitId, Deployments as deployed, ChangeFailures as failed, TimeToRestore as restored',
            `filter Environment = "${environment.name}" and not ispresent(Changes)`,
            'sort @timestamp desc',
            'limit 20',
          ],
          width: 24,
        }),
      );
  }
}
