import type { Clock, Timer } from '../clock/clock';
import type { AlarmState } from './alarm-evaluation';
import type { CompositeAlarm } from './composite-alarm';

/**
 * Holds back a composite alarm's actions by the state of its suppressor alarm: while the suppressor is in ALARM, for
 * the wait period after a state change (in which the suppressor may still go into ALARM), and for the extension
 * period after the suppressor has left ALARM. What is then still true is acted upon; a change that has gone back in
 * the meantime is not.
 * @see CloudWatch User Guide: Suppress composite alarm actions
 */
export class ActionSuppressor {
  private timer?: Timer;
  private suppressorState?: AlarmState;

  constructor(
    private readonly alarm: CompositeAlarm,
    private actedOn: AlarmState,
    private readonly clock: Clock,
    private readonly act: () => void,
  ) {}

  /** The composite alarm has changed its state. */
  changed(suppressorState: AlarmState | undefined): void {
    this.suppressorState = suppressorState;
    const wait = this.alarm.config.ActionsSuppressorWaitPeriod ?? 0;
    if (suppressorState === 'ALARM') this.hold('Alarm');
    else if (this.alarm.suppressed?.by === 'ExtensionPeriod') return;
    else if (!this.timer) this.holdFor('WaitPeriod', wait);
  }

  /** The suppressor alarm has changed its state. */
  suppressorChanged(state: AlarmState): void {
    const left = this.suppressorState === 'ALARM' && state !== 'ALARM';
    this.suppressorState = state;
    if (state === 'ALARM') this.hold('Alarm');
    else if (left) this.holdFor('ExtensionPeriod', this.alarm.config.ActionsSuppressorExtensionPeriod ?? 0);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private hold(by: 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod'): void {
    this.stop();
    this.alarm.suppressed = {
      by,
      reason: `Actions suppressed by ${by === 'Alarm' ? this.alarm.config.ActionsSuppressor : by}`,
    };
  }

  private holdFor(by: 'WaitPeriod' | 'ExtensionPeriod', seconds: number): void {
    this.hold(by);
    this.timer = this.clock.after(seconds * 1000, () => {
      this.stop();
      this.alarm.suppressed = undefined;
      if (this.alarm.state.value === this.actedOn) return;
      this.actedOn = this.alarm.state.value;
      this.act();
    });
  }
}
