import type * as api from '@aws-sdk/client-cloudwatch';
import type { Alarm } from './alarm';

interface Item {
  readonly alarm: string;
  readonly alarmType: api.AlarmType;
  readonly type: api.HistoryItemType;
  readonly summary: string;
  readonly data: string;
  readonly time: number;
}

/** CloudWatch keeps alarm history for 30 days; it is also kept when the alarm is deleted. */
const RETENTION = 30 * 24 * 3600_000;

/** What has happened to the alarms, as DescribeAlarmHistory returns it. */
export class AlarmHistory {
  private items: Item[] = [];

  add(alarm: Alarm, type: api.HistoryItemType, summary: string, data: unknown, time: number): void {
    while (this.items[0] && this.items[0].time < time - RETENTION) this.items.shift();
    this.items.push({
      alarm: alarm.name,
      alarmType: alarm.type,
      type,
      summary,
      data: JSON.stringify({
        version: '1.0',
        type: type === 'StateUpdate' ? undefined : 'Update',
        ...(data as object),
      }),
      time,
    });
  }

  describe(input: api.DescribeAlarmHistoryCommandInput): Partial<api.DescribeAlarmHistoryCommandOutput> {
    const types = input.AlarmTypes?.length ? input.AlarmTypes : ['MetricAlarm'];
    const found = this.items.filter(
      (item) =>
        types.includes(item.alarmType) &&
        (!input.AlarmName || item.alarm === input.AlarmName) &&
        (!input.HistoryItemType || item.type === input.HistoryItemType) &&
        (!input.StartDate || item.time >= input.StartDate.getTime()) &&
        (!input.EndDate || item.time <= input.EndDate.getTime()),
    );
    if (input.ScanBy !== 'TimestampAscending') found.reverse();
    return {
      AlarmHistoryItems: found.slice(0, input.MaxRecords ?? 100).map((item) => ({
        AlarmName: item.alarm,
        AlarmType: item.alarmType,
        Timestamp: new Date(item.time),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
    };
  }
}
