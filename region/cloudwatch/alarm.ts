import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from './alarm-evaluation';

export interface State {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  /** AWS time of this value, reason and data, milliseconds since the epoch. */
  readonly updated: number;
  /** AWS time since when the value is what it is. */
  readonly transitioned: number;
}

export type NewState = Pick<State, 'value' | 'reason' | 'reasonData'>;

/** What metric and composite alarms have in common: a configuration and a state. */
export abstract class Alarm<
  Config extends PutMetricAlarmCommandInput | PutCompositeAlarmCommandInput =
    | PutMetricAlarmCommandInput
    | PutCompositeAlarmCommandInput,
> {
  abstract readonly type: 'MetricAlarm' | 'CompositeAlarm';
  readonly name: string;
  state: State;
  configured: number;
  actionsEnabled: boolean;
  tags: Record<string, string>;

  constructor(
    readonly arn: string,
    public config: Config,
    now: number,
  ) {
    this.name = config.AlarmName!;
    this.configured = now;
    this.actionsEnabled = config.ActionsEnabled ?? true;
    this.tags = Object.fromEntries((config.Tags ?? []).map(({ Key, Value }) => [Key!, Value!]));
    this.state = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updated: now,
      transitioned: now,
    };
  }

  /** Takes a new configuration; the state stays until the next evaluation. */
  configure(config: Config, now: number): void {
    this.config = config;
    this.configured = now;
    this.actionsEnabled = config.ActionsEnabled ?? true;
  }

  /** The ARNs to act on in the present state. */
  actions(): readonly string[] {
    const { OKActions, AlarmActions, InsufficientDataActions } = this.config;
    const byState = { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions };
    return byState[this.state.value] ?? [];
  }

  /** As DescribeAlarms returns it. */
  describe() {
    const { Tags: _, ...config } = this.config;
    return {
      ...config,
      AlarmArn: this.arn,
      ActionsEnabled: this.actionsEnabled,
      OKActions: config.OKActions ?? [],
      AlarmActions: config.AlarmActions ?? [],
      InsufficientDataActions: config.InsufficientDataActions ?? [],
      AlarmConfigurationUpdatedTimestamp: new Date(this.configured),
      StateValue: this.state.value,
      StateReason: this.state.reason,
      StateReasonData: this.state.reasonData,
      StateUpdatedTimestamp: new Date(this.state.updated),
      StateTransitionedTimestamp: new Date(this.state.transitioned),
    };
  }
}
