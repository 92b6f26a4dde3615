import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ALARM_EVALUATION } from '../config/alarm-evaluation';

const { periodMinutes, evaluationPeriods, datapointsToAlarm } = ALARM_EVALUATION;

/** Period of every metric that a release's alarms look at. */
export const PERIOD = Duration.minutes(periodMinutes);

export interface MinuteAlarmProps {
  readonly description: string;
  /** Metric math: whether a minute had enough traffic to count. One that had not is quiet. */
  readonly counts: string;
  /** Metric math: what is compared with the threshold. */
  readonly value: string;
  /** Goes off at this value and above. */
  readonly threshold: number;
  readonly usingMetrics: Record<string, IMetric>;
}

/** An alarm of a release: on a value of each minute with enough traffic, by its physical name. */
export function minuteAlarm(scope: Construct, alarmName: string, props: MinuteAlarmProps): Alarm {
  const { description, counts, value, threshold, usingMetrics } = props;
  return new Alarm(scope, alarmName, {
    alarmName,
    alarmDescription: description,
    metric: new MathExpression({
      expression: `IF(${counts}, ${value}, 0)`,
      label: description,
      usingMetrics,
      period: PERIOD,
    }),
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
