import type * as api from '@aws-sdk/client-cloudwatch';
import type { Timer } from '../clock/clock';
import { AwsError, type Scope } from '../service';
import { ActionSuppressor } from './action-suppressor';
import type { Alarm, NewState } from './alarm';
import { act, callScalingPolicy, isScalingPolicy } from './alarm-actions';
import { AlarmHistory } from './alarm-history';
import { configurationEventDetail, eventDetail, stateUpdate, type Transition } from './alarm-notification';
import { parseAlarmRule } from './alarm-rule';
import { CompositeAlarm } from './composite-alarm';
import { checkMetricAlarm, MetricAlarm } from './metric-alarm';
import type { MetricSources } from './metric-queries';

const MINUTE = 60_000;

/** The alarms of one account and region: when they are evaluated and what their transitions set off. */
export class Alarms {
  readonly history = new AlarmHistory();
  private readonly alarms = new Map<string, Alarm>();
  private readonly timers = new Map<string, Timer>();
  private readonly suppressors = new Map<string, ActionSuppressor>();

  constructor(
    private readonly scope: Scope,
    private readonly sources: MetricSources,
  ) {}

  putMetricAlarm(config: api.PutMetricAlarmCommandInput): void {
    checkMetricAlarm(config, this.sources);
    const alarm = this.put(config, MetricAlarm);
    this.timers.get(alarm.name)?.cancel();
    this.timers.set(
      alarm.name,
      this.scope.clock.every(alarm.interval, () => {
        const next = alarm.evaluate(this.sources, this.now());
        if (next) this.change(alarm, next);
        else this.repeat(alarm);
      }),
    );
  }

  putCompositeAlarm(config: api.PutCompositeAlarmCommandInput): void {
    const { children } = parseAlarmRule(config.AlarmRule ?? '');
    const known = [...children, ...(config.ActionsSuppressor ? [config.ActionsSuppressor] : [])];
    const missing = known.filter((child) => !this.find(child));
    if (missing.length > 0) {
      throw new AwsError(
        'ValidationError',
        `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
      );
    }
    const alarm = this.put(config, CompositeAlarm);
    this.suppressors.get(alarm.name)?.stop();
    this.suppressors.delete(alarm.name);
    if (config.ActionsSuppressor) {
      const suppressor = new ActionSuppressor(alarm, alarm.state.value, this.scope.clock, () =>
        this.act({ alarm, previous: alarm.state }),
      );
      this.suppressors.set(alarm.name, suppressor);
      if (this.find(config.ActionsSuppressor)?.state.value === 'ALARM') suppressor.suppressorChanged('ALARM');
    }
    // It is INSUFFICIENT_DATA until its first evaluation, which follows at once.
    this.timers.get(alarm.name)?.cancel();
    this.timers.set(
      alarm.name,
      this.scope.clock.after(0, () => this.evaluateComposite(alarm)),
    );
  }

  /** @throws AwsError ValidationError when a composite alarm depends on one of them */
  delete(names: readonly string[]): void {
    const alarms = names.map((name) => this.find(name)).filter((alarm) => alarm !== undefined);
    for (const alarm of alarms) {
      const parents = this.parentsOf(alarm).filter((parent) => !alarms.includes(parent) || parent === alarm);
      if (parents.length > 0) {
        throw new AwsError(
          'ValidationError',
          `Cannot delete ${alarm.name} as there are composite alarm(s) depending on it: ${parents.map(({ name }) => name).join(', ')}`,
        );
      }
    }
    for (const alarm of alarms) {
      const { name } = alarm;
      this.timers.get(name)?.cancel();
      this.suppressors.get(name)?.stop();
      for (const kept of [this.alarms, this.timers, this.suppressors]) kept.delete(name);
      this.configurationChanged(alarm, 'delete');
    }
  }

  /** Sets the state by hand; the next evaluation puts it right again. */
  setState(name: string, state: NewState): void {
    const alarm = this.get(name);
    if (alarm.state.value === state.value) alarm.state = { ...alarm.state, ...state, updated: this.now() };
    else this.change(alarm, state);
  }

  enableActions(names: readonly string[], enabled: boolean): void {
    for (const name of names) {
      const alarm = this.find(name);
      if (alarm) alarm.actionsEnabled = enabled;
    }
  }

  all(): Alarm[] {
    return [...this.alarms.values()];
  }

  find(nameOrArn: string): Alarm | undefined {
    return this.alarms.get(nameOrArn.replace(/^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:/, ''));
  }

  /** @throws AwsError ResourceNotFound */
  get(nameOrArn: string): Alarm {
    const alarm = this.find(nameOrArn);
    if (!alarm) throw new AwsError('ResourceNotFound', `Unknown alarm: ${nameOrArn}`, 404);
    return alarm;
  }

  childrenOf(alarm: Alarm): Alarm[] {
    if (!(alarm instanceof CompositeAlarm)) return [];
    return alarm.rule.children.map((child) => this.find(child)).filter((child) => child !== undefined);
  }

  parentsOf(alarm: Alarm): CompositeAlarm[] {
    return this.all().filter(
      (other) => other instanceof CompositeAlarm && this.childrenOf(other).includes(alarm),
    ) as CompositeAlarm[];
  }

  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    for (const suppressor of this.suppressors.values()) suppressor.stop();
  }

  private put<Kind extends MetricAlarm | CompositeAlarm>(
    config: Kind['config'],
    Kind: new (arn: string, config: Kind['config'], now: number) => Kind,
  ): Kind {
    const name = config.AlarmName!;
    const existing = this.alarms.get(name);
    if (existing && !(existing instanceof Kind)) {
      throw new AwsError('ValidationError', `An alarm of another type has the name ${name}`);
    }
    const alarm = (existing as Kind | undefined) ?? new Kind(this.arn(name), config, this.now());
    if (existing) (alarm as Alarm<Kind['config']>).configure(config, this.now());
    else this.alarms.set(name, alarm);
    this.configurationChanged(alarm, existing ? 'update' : 'create');
    return alarm;
  }

  private configurationChanged(alarm: Alarm, operation: 'create' | 'update' | 'delete'): void {
    const detail = configurationEventDetail(alarm, operation);
    const summary = `Alarm "${alarm.name}" ${operation}d`;
    this.history.add(alarm, 'ConfigurationUpdate', summary, detail, this.now());
    this.emit(alarm, 'CloudWatch Alarm Configuration Change', detail);
  }

  private change(alarm: Alarm, next: NewState | undefined): void {
    if (!next) return;
    const previous = alarm.state;
    alarm.state = { ...next, updated: this.now(), transitioned: this.now() };
    const transition = { alarm, previous };
    const summary = `Alarm updated from ${previous.value} to ${next.value}`;
    this.history.add(alarm, 'StateUpdate', summary, stateUpdate(transition), this.now());
    this.scope.journal.append({
      source: 'cloudwatch',
      type: 'AlarmStateChange',
      subject: alarm.name,
      message: `Alarm ${alarm.name}: ${previous.value} -> ${next.value}. ${next.reason}`,
      detail: { arn: alarm.arn, from: previous.value, to: next.value, ...next },
    });
    const suppressor = this.suppressors.get(alarm.name);
    if (suppressor)
      suppressor.changed(this.find((alarm as CompositeAlarm).config.ActionsSuppressor!)?.state.value);
    else this.act(transition);
    this.emit(alarm, 'CloudWatch Alarm State Change', eventDetail(transition));
    for (const other of this.all()) {
      if (!(other instanceof CompositeAlarm)) continue;
      if (other.config.ActionsSuppressor && this.find(other.config.ActionsSuppressor) === alarm) {
        this.suppressors.get(other.name)?.suppressorChanged(alarm.state.value);
      }
      if (this.childrenOf(other).includes(alarm)) this.evaluateComposite(other, alarm);
    }
  }

  /** Alarms in a cycle are no longer evaluated. @see CloudWatch API: PutCompositeAlarm */
  private evaluateComposite(alarm: CompositeAlarm, trigger?: Alarm): void {
    if (this.dependsOn(alarm, alarm)) {
      this.scope.journal.append({
        source: 'cloudwatch',
        type: 'AlarmCycle',
        subject: alarm.name,
        message: `Alarm ${alarm.name} depends on itself through its rule; it is not evaluated`,
      });
      return;
    }
    this.change(
      alarm,
      alarm.evaluate((child) => this.find(child), trigger),
    );
  }

  private dependsOn(alarm: Alarm, wanted: Alarm, seen = new Set<Alarm>()): boolean {
    return this.childrenOf(alarm).some((child) => {
      if (child === wanted) return true;
      if (seen.has(child)) return false;
      seen.add(child);
      return this.dependsOn(child, wanted, seen);
    });
  }

  private act(transition: Transition): void {
    if (!transition.alarm.actionsEnabled) return;
    for (const arn of transition.alarm.actions()) void act(this.scope, arn, transition);
  }

  /** An alarm that stays calls its scaling policies again every minute, and nothing else. */
  private repeat(alarm: MetricAlarm): void {
    if (!alarm.actionsEnabled || (this.now() - alarm.state.transitioned) % MINUTE >= alarm.interval) return;
    for (const arn of alarm.actions().filter(isScalingPolicy)) {
      try {
        callScalingPolicy(this.scope, arn, alarm);
      } catch {
        // The policy is gone: said once, at the transition, that is enough.
      }
    }
  }

  private emit(alarm: Alarm, detailType: string, detail: Record<string, unknown>): void {
    this.scope
      .service('events')
      .emit({ source: 'aws.cloudwatch', detailType, resources: [alarm.arn], detail });
  }

  private arn(name: string): string {
    return `arn:aws:cloudwatch:${this.scope.region}:${this.scope.accountId}:alarm:${name}`;
  }

  private now(): number {
    return this.scope.clock.now();
  }
}
