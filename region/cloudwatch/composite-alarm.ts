import type { PutCompositeAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { Alarm, type NewState } from './alarm';
import { timestamp } from './alarm-reason';
import { type AlarmRule, parseAlarmRule } from './alarm-rule';

/** An alarm on the states of other alarms. */
export class CompositeAlarm extends Alarm<PutCompositeAlarmCommandInput> {
  readonly type = 'CompositeAlarm';
  rule: AlarmRule;
  /** Why its actions are held back, while they are. */
  suppressed?: { by: 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod'; reason: string };

  constructor(arn: string, config: PutCompositeAlarmCommandInput, now: number) {
    super(arn, config, now);
    this.rule = parseAlarmRule(config.AlarmRule ?? '');
  }

  override configure(config: PutCompositeAlarmCommandInput, now: number): void {
    this.rule = parseAlarmRule(config.AlarmRule ?? '');
    super.configure(config, now);
  }

  /** The state that the children's states call for; undefined when nothing changes. */
  evaluate(find: (nameOrArn: string) => Alarm | undefined, trigger?: Alarm): NewState | undefined {
    const value = this.rule.holds((child) => find(child)?.state.value) ? 'ALARM' : 'OK';
    if (value === this.state.value) return undefined;
    const cause = trigger ?? this.rule.children.map(find).find((child) => child !== undefined);
    if (!cause) return { value, reason: `The rule ${this.config.AlarmRule} evaluates to ${value}` };
    const { state } = cause;
    return {
      value,
      reason: `${cause.arn} transitioned to ${state.value} at ${spoken(state.transitioned)}`,
      reasonData: JSON.stringify({
        triggeringAlarms: [
          { arn: cause.arn, state: { value: state.value, timestamp: timestamp(state.transitioned) } },
        ],
      }),
    };
  }

  override describe() {
    return {
      ...super.describe(),
      ActionsSuppressedBy: this.suppressed?.by,
      ActionsSuppressedReason: this.suppressed?.reason,
    };
  }
}

/** `Thursday 01 January, 2026 00:01:00 UTC` */
function spoken(ms: number): string {
  const date = new Date(ms);
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).format(date);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${part({ weekday: 'long' })} ${day} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`;
}
