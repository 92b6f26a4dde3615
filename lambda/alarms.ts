import {
  type AlarmType,
  type CloudWatchClient,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';

/** What matters of an alarm, by the names CloudWatch gives it. */
export interface AlarmState {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly StateReason?: string;
  readonly StateTransitionedTimestamp?: Date;
}

const TYPES: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** The states of those alarms that exist, by name. */
export async function describeAlarms(
  client: CloudWatchClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, AlarmState>> {
  const found = new Map<string, AlarmState>();
  if (names.length === 0) return found; // no names would mean every alarm there is
  const input = { AlarmNames: [...names], AlarmTypes: TYPES };
  for await (const page of paginateDescribeAlarms({ client, pageSize: 100 }, input)) {
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])])
      found.set(alarm.AlarmName!, alarm);
  }
  return found;
}

/**
 * Why an alarm last went into ALARM, whatever its state is by now.
 *
 * @param since milliseconds since the epoch
 * @returns `undefined` when it has not since then
 */
export async function wentOff(
  client: CloudWatchClient,
  { AlarmName, StateTransitionedTimestamp }: AlarmState,
  since: number,
): Promise<string | undefined> {
  if (!StateTransitionedTimestamp || StateTransitionedTimestamp.getTime() < since) return undefined;
  const input = {
    AlarmName,
    AlarmTypes: TYPES,
    HistoryItemType: 'StateUpdate' as const,
    StartDate: new Date(since),
  };
  for await (const { AlarmHistoryItems } of paginateDescribeAlarmHistory({ client }, input)) {
    for (const { HistoryData, HistorySummary, Timestamp } of AlarmHistoryItems ?? []) {
      const { newState } = JSON.parse(HistoryData ?? '{}');
      if (newState?.stateValue !== 'ALARM') continue;
      return `at ${Timestamp?.toISOString()}: ${newState.stateReason ?? HistorySummary}`;
    }
  }
  return undefined;
}
