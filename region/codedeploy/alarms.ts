import type { DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { AlarmConfiguration } from '@aws-sdk/client-codedeploy';
import type { Timer } from '../clock/clock';
import { AwsError, type Scope } from '../service';

/** How often a running deployment asks for its alarms, AWS milliseconds. Modelled: AWS does not publish it. */
const POLL = 10_000;

/** The user guide and the API say 10; the quotas page says 50. The API is followed. */
const MOST_ALARMS = 10;

/** @throws AwsError InvalidAlarmConfigException, AlarmsLimitExceededException */
export function validAlarms(config: AlarmConfiguration | undefined, key = 'alarmConfiguration'): void {
  const names = (config?.alarms ?? []).map((alarm) => alarm.name);
  const reject = (found: string, allowed: string) => {
    throw new AwsError('InvalidAlarmConfigException', `${key}.alarms ${found}; ${allowed}`);
  };
  if (names.some((name) => !name)) reject('holds an alarm without a name', 'each needs one');
  if (new Set(names).size < names.length)
    reject(`names one twice (${names.join(', ')})`, 'each may stand once');
  if (config?.enabled && names.length === 0) reject('is empty', 'enabled alarms need at least one name');
  if (names.length > MOST_ALARMS) {
    throw new AwsError(
      'AlarmsLimitExceededException',
      `${key}.alarms holds ${names.length}; allowed are ${MOST_ALARMS}`,
    );
  }
}

/** Asks CloudWatch for the alarms of a deployment while it runs. */
export class AlarmWatch {
  private timer?: Timer;

  constructor(
    private readonly scope: Scope,
    private readonly config: AlarmConfiguration | undefined,
    /** Called with the reason when an alarm is active, or its state cannot be had and that matters. */
    private readonly stop: (reason: string) => void,
  ) {}

  /** Polls once and then again and again until {@link end}. */
  async begin(): Promise<void> {
    if (!this.config?.enabled) return;
    await this.poll();
    this.timer = this.scope.clock.every(POLL, () => void this.poll());
  }

  end(): void {
    this.timer?.cancel();
  }

  private async poll(): Promise<void> {
    const names = this.config!.alarms!.map((alarm) => alarm.name!);
    try {
      const { MetricAlarms = [], CompositeAlarms = [] } = (await this.scope.service('cloudwatch').operations
        .DescribeAlarms!({
        AlarmNames: names,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      })) as DescribeAlarmsCommandOutput;
      const alarms = [...MetricAlarms, ...CompositeAlarms];
      const missing = names.filter((name) => !alarms.some((alarm) => alarm.AlarmName === name));
      if (missing.length > 0) throw new Error(`there is no alarm ${missing.join(', ')}`);
      const active = alarms.filter((alarm) => alarm.StateValue === 'ALARM');
      if (active.length > 0) {
        const reasons = active.map((alarm) => `${alarm.AlarmName} (${alarm.StateReason})`);
        this.stop(`in state ALARM: ${reasons.join(', ')}`);
      }
    } catch (error) {
      if (this.config!.ignorePollAlarmFailure) return;
      this.stop(`the state of the alarms cannot be had: ${(error as Error).message}`);
    }
  }
}
