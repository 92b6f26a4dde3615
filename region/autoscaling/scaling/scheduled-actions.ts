import type {
  PutScheduledUpdateGroupActionType,
  ScheduledUpdateGroupAction,
} from '@aws-sdk/client-auto-scaling';
import { timeZone } from '../../clock/calendar';
import type { Timer } from '../../clock/clock';
import { UnixCron } from '../../clock/unix-cron';
import { AwsError, type Scope } from '../../service';
import type { AutoScalingGroup } from '../group';

const MINUTE = 60_000;

/**
 * The scheduled actions of one group: at a time, or again and again by a cron expression.
 * @see Amazon EC2 Auto Scaling User Guide: Scheduled scaling
 */
export class ScheduledActions {
  private readonly byName = new Map<string, ScheduledAction>();

  constructor(
    private readonly scope: Scope,
    private readonly group: AutoScalingGroup,
  ) {}

  /** Creates an action, or changes the one of that name. @throws AwsError ValidationError */
  put(input: PutScheduledUpdateGroupActionType): void {
    const action = new ScheduledAction(this.scope, this.group, input, () => this.delete(action.name));
    this.byName.get(action.name)?.end();
    this.byName.set(action.name, action);
  }

  delete(name: string): void {
    this.byName.get(name)?.end();
    this.byName.delete(name);
  }

  describe(names: readonly string[] = []): ScheduledUpdateGroupAction[] {
    return [...this.byName.values()]
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map((action) => action.describe());
  }

  end(): void {
    for (const name of this.byName.keys()) this.delete(name);
  }
}

class ScheduledAction {
  readonly name: string;
  private readonly timer: Timer;
  private readonly isDue: (time: number) => boolean;
  private readonly endTime: number;
  private seen: number;

  constructor(
    private readonly scope: Scope,
    private readonly group: AutoScalingGroup,
    private readonly input: PutScheduledUpdateGroupActionType,
    private readonly over: () => void,
  ) {
    const { clock } = scope;
    check(input, clock.now());
    this.name = input.ScheduledActionName!;
    const start = input.StartTime && new Date(input.StartTime).getTime();
    this.endTime = input.EndTime ? new Date(input.EndTime).getTime() : Number.POSITIVE_INFINITY;
    const cron = input.Recurrence ? new UnixCron(input.Recurrence) : undefined;
    const zone = timeZone(input.TimeZone);
    const atStart = (time: number) =>
      start !== undefined && start <= time && start > time - MINUTE && time < this.endTime;
    this.isDue = (time) =>
      atStart(time) || Boolean(cron?.matches(time, zone) && time >= (start ?? 0) && time < this.endTime);
    this.seen = clock.now();
    this.timer = clock.every(MINUTE, () => this.look(cron === undefined));
  }

  end(): void {
    this.timer.cancel();
  }

  describe(): ScheduledUpdateGroupAction {
    const { accountId, region } = this.scope;
    return {
      ...this.input,
      AutoScalingGroupName: this.group.name,
      ScheduledActionARN: `arn:aws:autoscaling:${region}:${accountId}:scheduledUpdateGroupAction:0:autoScalingGroupName/${this.group.name}:scheduledActionName/${this.name}`,
    };
  }

  /** Looks at every minute since the last look: a clock that was held up skips beats. */
  private look(once: boolean): void {
    const now = this.scope.clock.now();
    let due = false;
    for (let time = (Math.floor(this.seen / MINUTE) + 1) * MINUTE; time <= now; time += MINUTE) {
      due ||= this.isDue(time);
    }
    this.seen = now;
    if (due) this.run();
    if ((due && once) || now >= this.endTime) this.over();
  }

  private run(): void {
    const { group, input } = this;
    if (!group.processes.runs('ScheduledActions')) return;
    const journal = (type: string, message: string) =>
      this.scope.journal.append({
        source: 'autoscaling',
        type,
        subject: group.name,
        message: `${group.name}: scheduled action ${this.name} ${message}`,
        detail: { scheduledActionName: this.name },
      });
    try {
      const number = (value: number | undefined) => (value === undefined ? undefined : Number(value));
      group.resize(
        {
          minSize: number(input.MinSize),
          maxSize: number(input.MaxSize),
          desiredCapacity: number(input.DesiredCapacity),
        },
        `scheduled action ${this.name} was due`,
      );
      const { minSize, maxSize } = group.settings;
      journal('ScheduledActionRun', `ran: ${group.capacity} instances desired of ${minSize} to ${maxSize}`);
    } catch (error) {
      journal('ScheduledActionFailed', `failed: ${(error as Error).message}`);
    }
  }
}

function check(input: PutScheduledUpdateGroupActionType, now: number): void {
  const problem = problemOf(input, now);
  if (problem)
    throw new AwsError('ValidationError', `Scheduled action ${input.ScheduledActionName}: ${problem}`);
}

function problemOf(input: PutScheduledUpdateGroupActionType, now: number): string | undefined {
  const { MinSize, MaxSize, DesiredCapacity, Recurrence, StartTime, EndTime, TimeZone } = input;
  if (!input.ScheduledActionName) return 'ScheduledActionName is missing';
  if ([MinSize, MaxSize, DesiredCapacity].every((size) => size === undefined)) {
    return 'it must have one of MinSize, MaxSize and DesiredCapacity';
  }
  if (!Recurrence && !StartTime) return 'it must have one of Recurrence and StartTime';
  if (StartTime && new Date(StartTime).getTime() < now) return `StartTime ${StartTime} is in the past`;
  if (StartTime && EndTime && new Date(EndTime) <= new Date(StartTime))
    return 'EndTime is not after StartTime';
  try {
    if (Recurrence) new UnixCron(Recurrence);
    timeZone(TimeZone);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
