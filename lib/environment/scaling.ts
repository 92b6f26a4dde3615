import { Duration } from 'aws-cdk-lib';
import {
  AdjustmentType,
  type AutoScalingGroup,
  MetricAggregationType,
  Schedule,
  StepScalingAction,
} from 'aws-cdk-lib/aws-autoscaling';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { AutoScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Environment } from '../config/delivery';

/** Lets the fleet find its size: by target tracking, in steps, and at times. */
export function scale(group: AutoScalingGroup, { capacity, scaling }: Environment): void {
  const { cpuUtilizationPercent, requestsPerInstance, steps, schedule } = scaling;
  if (capacity.max > capacity.min) {
    group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuUtilizationPercent });
    if (requestsPerInstance)
      group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: requestsPerInstance });
    if (steps.length > 0) scaleInSteps(group, steps);
  }
  for (const [index, { cron, timeZone, min, max }] of schedule.entries()) {
    group.scaleOnSchedule(`Schedule${index + 1}`, {
      schedule: Schedule.expression(cron),
      timeZone,
      minCapacity: min,
      maxCapacity: max,
    });
  }
}

/** Scaling in is left to target tracking. `scaleOnMetric` would do, but asks for two steps. */
function scaleInSteps(group: AutoScalingGroup, steps: Environment['scaling']['steps']): void {
  const threshold = steps[0]!.cpuUtilizationPercent;
  const action = new StepScalingAction(group, 'Steps', {
    autoScalingGroup: group,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.AVERAGE,
  });
  for (const [index, { cpuUtilizationPercent, addInstances }] of steps.entries()) {
    const next = steps[index + 1];
    action.addAdjustment({
      adjustment: addInstances,
      lowerBound: cpuUtilizationPercent - threshold,
      upperBound: next && next.cpuUtilizationPercent - threshold,
    });
  }
  new Metric({
    namespace: 'AWS/EC2',
    metricName: 'CPUUtilization',
    dimensionsMap: { AutoScalingGroupName: group.autoScalingGroupName },
    statistic: 'Average',
    period: Duration.minutes(1),
  })
    .createAlarm(group, 'StepsAlarm', {
      alarmDescription: 'CPU utilization of the fleet: scales out in steps',
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.MISSING,
    })
    .addAlarmAction(new AutoScalingAction(action));
}
