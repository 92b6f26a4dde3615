import { CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { type AlarmState, describeAlarms } from '../alarms';

/** An alarm that is in ALARM and was not when the release began. */
export interface RedAlarm {
  readonly name: string;
  readonly reason: string;
  readonly since: Date;
}

/**
 * The alarms that went off after a time and are still in ALARM, the earliest first. One that was in ALARM at that
 * time is left out, even when it has been quiet in between: it says nothing certain of what began then.
 */
export async function redSince(names: readonly string[], time: Date): Promise<RedAlarm[]> {
  const client = new CloudWatchClient();
  const red: RedAlarm[] = [];
  for (const alarm of (await describeAlarms(client, names)).values()) {
    const since = alarm.StateTransitionedTimestamp!;
    if (alarm.StateValue !== 'ALARM' || since <= time || (await wasRed(client, alarm, time))) continue;
    red.push({ name: alarm.AlarmName!, reason: alarm.StateReason ?? '', since });
  }
  return red.sort((a, b) => Number(a.since) - Number(b.since) || (a.name < b.name ? -1 : 1));
}

async function wasRed(client: CloudWatchClient, { AlarmName }: AlarmState, time: Date): Promise<boolean> {
  const { AlarmHistoryItems } = await client.send(
    new DescribeAlarmHistoryCommand({
      AlarmName,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      EndDate: time,
      ScanBy: 'TimestampDescending',
      MaxRecords: 1,
    }),
  );
  const { newState } = JSON.parse(AlarmHistoryItems?.[0]?.HistoryData ?? '{}');
  return newState?.stateValue === 'ALARM';
}
