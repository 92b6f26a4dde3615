import type * as api from '@aws-sdk/client-cloudwatch';
import type { Alarm } from './alarm';
import type { Alarms } from './alarms';
import { metricIdOf } from './metric-store';

/** Without AlarmTypes only metric alarms are returned, as in AWS. */
export function describeAlarms(
  alarms: Alarms,
  input: api.DescribeAlarmsCommandInput,
): Partial<api.DescribeAlarmsCommandOutput> {
  const types = input.AlarmTypes?.length ? input.AlarmTypes : ['MetricAlarm'];
  const family = relatives(alarms, input);
  const found = alarms
    .all()
    .filter(
      (alarm) =>
        (family?.includes(alarm) ?? types.includes(alarm.type)) &&
        (!input.AlarmNames?.length || input.AlarmNames.includes(alarm.name)) &&
        (!input.AlarmNamePrefix || alarm.name.startsWith(input.AlarmNamePrefix)) &&
        (!input.StateValue || alarm.state.value === input.StateValue) &&
        (!input.ActionPrefix || alarm.actions().some((arn) => arn.startsWith(input.ActionPrefix!))),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxRecords ?? 50);
  const described = (type: Alarm['type']): any[] =>
    found
      .slice(start, end)
      .filter((alarm) => alarm.type === type)
      .map((alarm) => alarm.describe());
  return {
    MetricAlarms: described('MetricAlarm'),
    CompositeAlarms: described('CompositeAlarm'),
    ...(end < found.length && { NextToken: String(end) }),
  };
}

export function describeAlarmsForMetric(
  alarms: Alarms,
  input: api.DescribeAlarmsForMetricCommandInput,
): Partial<api.DescribeAlarmsForMetricCommandOutput> {
  const wanted = metricKey(input);
  const found = alarms.all().filter(({ type, config }) => {
    if (type !== 'MetricAlarm') return false;
    const { Statistic, ExtendedStatistic, Period, Unit, ...metric } =
      config as api.PutMetricAlarmCommandInput;
    return (
      metricKey(metric) === wanted &&
      (!input.Statistic || input.Statistic === Statistic) &&
      (!input.ExtendedStatistic || input.ExtendedStatistic === ExtendedStatistic) &&
      (!input.Period || input.Period === Period) &&
      (!input.Unit || input.Unit === Unit)
    );
  });
  return { MetricAlarms: found.map((alarm) => alarm.describe()) };
}

function relatives(alarms: Alarms, input: api.DescribeAlarmsCommandInput): Alarm[] | undefined {
  if (input.ChildrenOfAlarmName) return alarms.childrenOf(alarms.get(input.ChildrenOfAlarmName));
  if (input.ParentsOfAlarmName) return alarms.parentsOf(alarms.get(input.ParentsOfAlarmName));
  return undefined;
}

function metricKey(metric: api.Metric): string {
  const { namespace, metricName, dimensions } = metricIdOf(metric);
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]);
}
