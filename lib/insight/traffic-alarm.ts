import { Duration } from 'aws-cdk-lib';
import { AnomalyDetectionAlarm, ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

export interface TrafficAlarmProps {
  readonly alarmName: string;
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Width of the band of what is usual, in standard deviations. */
  readonly deviations: number;
}

const PERIOD = Duration.minutes(5);

/**
 * Goes off when for a quarter of an hour fewer requests come than is usual at that hour: when users cannot reach the
 * service at all there are no errors and no latency to see, only their absence. A fixed threshold that is right by day
 * is crossed every night.
 *
 * CloudWatch learns what is usual from the metric itself and knows nothing of a new service, so the alarm has no data
 * then, and it may tell people but nothing else.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
 */
export class TrafficAlarm extends AnomalyDetectionAlarm {
  constructor(scope: Construct, id: string, { alarmName, loadBalancer, deviations }: TrafficAlarmProps) {
    super(scope, id, {
      alarmName,
      alarmDescription: 'Fewer requests than usual at this hour of the week',
      // Without a request a load balancer reports nothing: a missing datapoint would be no drop.
      metric: new MathExpression({
        expression: 'FILL(requests, 0)',
        label: 'Requests in 5 minutes',
        usingMetrics: { requests: loadBalancer.metrics.requestCount({ statistic: 'Sum', period: PERIOD }) },
        period: PERIOD,
      }),
      stdDevs: deviations,
      comparisonOperator: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });
  }
}
