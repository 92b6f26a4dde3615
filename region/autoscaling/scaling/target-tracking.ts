import { randomUUID } from 'node:crypto';
import type { TargetTrackingConfiguration } from '@aws-sdk/client-auto-scaling';
import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../service';

/** Part of the target below which a group is scaled in. Modelled: AWS lets its own alarms show it. */
const SCALE_IN_AT = 0.9;

type Metric = Pick<
  PutMetricAlarmCommandInput,
  'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic' | 'Unit' | 'Metrics' | 'Period'
>;

/**
 * The two alarms that AWS keeps for a target tracking policy: above the target for three minutes scales out, well below
 * it for fifteen scales in.
 * @see Amazon EC2 Auto Scaling User Guide: Target tracking scaling policies
 */
export function trackingAlarms(
  groupName: string,
  policyArn: string,
  configuration: TargetTrackingConfiguration,
): PutMetricAlarmCommandInput[] {
  const target = Number(configuration.TargetValue);
  const alarm = (side: 'High' | 'Low'): PutMetricAlarmCommandInput => ({
    AlarmName: `TargetTracking-${groupName}-Alarm${side}-${randomUUID()}`,
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policyArn}.`,
    ...metricOf(groupName, configuration),
    ComparisonOperator: side === 'High' ? 'GreaterThanThreshold' : 'LessThanThreshold',
    Threshold: side === 'High' ? target : target * SCALE_IN_AT,
    EvaluationPeriods: side === 'High' ? 3 : 15,
    AlarmActions: [policyArn],
  });
  const scalesIn = String(configuration.DisableScaleIn ?? false) !== 'true';
  return scalesIn ? [alarm('High'), alarm('Low')] : [alarm('High')];
}

/**
 * The capacity at which the metric would be at its target, were the same load spread over it. A group is not scaled in
 * on a metric above its target, nor out on one below.
 */
export function trackedCapacity(capacity: number, value: number, target: number): number {
  const wanted = Math.ceil((capacity * value) / target);
  return value > target ? Math.max(wanted, capacity + 1) : Math.min(wanted, capacity);
}

function metricOf(groupName: string, configuration: TargetTrackingConfiguration): Metric {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } =
    configuration;
  if (!predefined === !customized) {
    throw new AwsError(
      'ValidationError',
      'TargetTrackingConfiguration must have one of PredefinedMetricSpecification and CustomizedMetricSpecification',
    );
  }
  if (customized) {
    const { Namespace, MetricName, Dimensions, Statistic, Unit, Metrics, Period } = customized;
    if (Metrics) return { Metrics: Metrics as MetricDataQuery[] };
    return { Namespace, MetricName, Dimensions, Statistic, Unit, Period: Number(Period ?? 60) } as Metric;
  }
  const { PredefinedMetricType: type, ResourceLabel } = predefined!;
  const ofGroup = [{ Name: 'AutoScalingGroupName', Value: groupName }];
  const ofEc2 = (MetricName: string): Metric => ({
    Namespace: 'AWS/EC2',
    MetricName,
    Dimensions: ofGroup,
    Statistic: 'Average',
    Period: 60,
  });
  switch (type) {
    case 'ASGAverageCPUUtilization':
      return ofEc2('CPUUtilization');
    case 'ASGAverageNetworkIn':
      return ofEc2('NetworkIn');
    case 'ASGAverageNetworkOut':
      return ofEc2('NetworkOut');
    case 'ALBRequestCountPerTarget':
      return {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCountPerTarget',
        Dimensions: [{ Name: 'TargetGroup', Value: targetGroupOf(ResourceLabel) }],
        Statistic: 'Sum',
        Period: 60,
      };
    default:
      throw new AwsError(
        'ValidationError',
        `PredefinedMetricType is ${type}; allowed are ASGAverageCPUUtilization, ASGAverageNetworkIn, ASGAverageNetworkOut, ALBRequestCountPerTarget`,
      );
  }
}

/** `app/balancer/id/targetgroup/name/id` names both; the metric wants the target group. */
function targetGroupOf(label: string | undefined): string {
  const [, targetGroup] = label?.match(/^app\/[^/]+\/[^/]+\/(targetgroup\/[^/]+\/[^/]+)$/) ?? [];
  if (targetGroup) return targetGroup;
  throw new AwsError(
    'ValidationError',
    `ResourceLabel is ${label}; allowed is app/<load balancer>/<id>/targetgroup/<target group>/<id>`,
  );
}
