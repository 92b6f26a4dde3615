import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Alarm, State } from './alarm';
import { timestamp } from './alarm-reason';
import { CompositeAlarm } from './composite-alarm';
import { MetricAlarm } from './metric-alarm';

export interface Transition {
  readonly alarm: Alarm;
  readonly previous: State;
}

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/**
 * The detail of EventBridge's `CloudWatch Alarm State Change`.
 * @see CloudWatch User Guide: Alarm events and EventBridge
 */
export function eventDetail({ alarm, previous }: Transition): Record<string, unknown> {
  return {
    alarmName: alarm.name,
    configuration: configuration(alarm),
    previousState: stateDetail(previous),
    state: {
      ...stateDetail(alarm.state),
      ...(alarm instanceof CompositeAlarm &&
        alarm.suppressed && {
          actionsSuppressedBy: alarm.suppressed.by,
          actionsSuppressedReason: alarm.suppressed.reason,
        }),
    },
  };
}

/**
 * The detail of EventBridge's `CloudWatch Alarm Configuration Change`.
 * @see CloudWatch User Guide: Alarm events and EventBridge
 */
export function configurationEventDetail(
  alarm: Alarm,
  operation: 'create' | 'update' | 'delete',
): Record<string, unknown> {
  const { config } = alarm;
  return {
    alarmName: alarm.name,
    operation,
    state: { value: alarm.state.value, timestamp: timestamp(alarm.state.updated) },
    configuration: {
      ...configuration(alarm),
      ...(alarm instanceof MetricAlarm && {
        evaluationPeriods: alarm.config.EvaluationPeriods,
        threshold: alarm.config.Threshold,
        thresholdMetricId: alarm.config.ThresholdMetricId,
        comparisonOperator: alarm.config.ComparisonOperator,
        treatMissingData: alarm.config.TreatMissingData ?? 'missing',
      }),
      alarmName: alarm.name,
      actionsEnabled: alarm.actionsEnabled,
      timestamp: timestamp(alarm.configured),
      okActions: config.OKActions ?? [],
      alarmActions: config.AlarmActions ?? [],
      insufficientDataActions: config.InsufficientDataActions ?? [],
    },
  };
}

/** What the alarm's history keeps of a change of state. @see CloudWatch API: AlarmHistoryItem */
export function stateUpdate({ alarm, previous }: Transition): Record<string, unknown> {
  const kept = ({ value, reason, reasonData }: State) => ({
    stateValue: value,
    stateReason: reason,
    ...(reasonData && { stateReasonData: JSON.parse(reasonData) }),
  });
  return { oldState: kept(previous), newState: kept(alarm.state) };
}

/** What a Lambda function receives as an alarm action. @see CloudWatch User Guide: Invoke a Lambda function */
export function lambdaPayload(transition: Transition, { accountId, region }: Place): Record<string, unknown> {
  const { alarm } = transition;
  const { alarmName, state, previousState, configuration } = eventDetail(transition);
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId,
    time: timestamp(alarm.state.updated),
    region,
    alarmData: { alarmName, state, previousState, configuration },
  };
}

/** The message an SNS topic receives, and its subject. */
export function snsNotification({ alarm, previous }: Transition, { accountId, region }: Place) {
  const { config, state } = alarm;
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: config.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: timestamp(alarm.configured),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: timestamp(state.updated),
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    OKActions: config.OKActions ?? [],
    AlarmActions: config.AlarmActions ?? [],
    InsufficientDataActions: config.InsufficientDataActions ?? [],
    ...(alarm instanceof MetricAlarm
      ? { Trigger: trigger(alarm) }
      : { AlarmRule: (alarm as CompositeAlarm).config.AlarmRule }),
  };
  return {
    Subject: `${state.value}: "${alarm.name}" in ${region}`.slice(0, 100),
    Message: JSON.stringify(message),
  };
}

function stateDetail(state: State) {
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData && { reasonData: state.reasonData }),
    timestamp: timestamp(state.updated),
  };
}

function configuration(alarm: Alarm): Record<string, unknown> {
  const description = alarm.config.AlarmDescription && { description: alarm.config.AlarmDescription };
  if (alarm instanceof CompositeAlarm) {
    const { AlarmRule, ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } =
      alarm.config;
    return {
      ...description,
      alarmRule: AlarmRule,
      ...(ActionsSuppressor && {
        actionsSuppressor: ActionsSuppressor,
        actionsSuppressorWaitPeriod: ActionsSuppressorWaitPeriod,
        actionsSuppressorExtensionPeriod: ActionsSuppressorExtensionPeriod,
      }),
    };
  }
  const { config } = alarm as MetricAlarm;
  const metrics = config.Metrics?.map(queryDetail) ?? [
    {
      id: 'm1',
      metricStat: {
        metric: {
          namespace: config.Namespace,
          name: config.MetricName,
          dimensions: dimensions(config.Dimensions),
        },
        period: config.Period,
        stat: config.Statistic ?? config.ExtendedStatistic,
        ...(config.Unit && { unit: config.Unit }),
      },
      returnData: true,
    },
  ];
  return { ...description, metrics };
}

function queryDetail({ Id, Expression, Label, MetricStat, ReturnData }: MetricDataQuery) {
  return {
    id: Id,
    ...(Expression && { expression: Expression }),
    ...(Label && { label: Label }),
    ...(MetricStat && {
      metricStat: {
        metric: {
          namespace: MetricStat.Metric?.Namespace,
          name: MetricStat.Metric?.MetricName,
          dimensions: dimensions(MetricStat.Metric?.Dimensions),
        },
        period: MetricStat.Period,
        stat: MetricStat.Stat,
      },
    }),
    returnData: ReturnData ?? true,
  };
}

function dimensions(list: { Name?: string; Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name!, Value!]));
}

function trigger(alarm: MetricAlarm): Record<string, unknown> {
  const { config } = alarm;
  return {
    ...(config.Metrics
      ? { Metrics: config.Metrics }
      : {
          MetricName: config.MetricName,
          Namespace: config.Namespace,
          ...(config.Statistic
            ? { StatisticType: 'Statistic', Statistic: config.Statistic.toUpperCase() }
            : { StatisticType: 'ExtendedStatistic', ExtendedStatistic: config.ExtendedStatistic }),
          Unit: config.Unit ?? null,
          Dimensions: (config.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
        }),
    Period: alarm.period,
    EvaluationPeriods: config.EvaluationPeriods,
    DatapointsToAlarm: config.DatapointsToAlarm ?? config.EvaluationPeriods,
    ComparisonOperator: config.ComparisonOperator,
    ...(config.ThresholdMetricId
      ? { ThresholdMetricId: config.ThresholdMetricId }
      : { Threshold: config.Threshold }),
    TreatMissingData: config.TreatMissingData ?? '',
    EvaluateLowSampleCountPercentile: config.EvaluateLowSampleCountPercentile ?? '',
  };
}
