import { randomUUID } from 'node:crypto';
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { Timer } from '../clock/clock';
import { AwsError, type Scope } from '../service';

export type Transition = 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
export type ActionResult = 'CONTINUE' | 'ABANDON';

/** What is told to the notification target of a hook when an instance waits for it. */
export interface LifecycleAction {
  readonly autoScalingGroupName: string;
  readonly hookName: string;
  readonly instanceId: string;
  readonly token: string;
  readonly transition: Transition;
  readonly notificationTargetArn?: string;
}

type Hook = LifecycleHook & { LifecycleHookName: string; LifecycleTransition: Transition };

interface Waiting {
  readonly action: LifecycleAction;
  readonly end: (result: ActionResult) => void;
  timer: Timer;
}

/** Seconds. */
const DEFAULT_HEARTBEAT_TIMEOUT = 3600;

/** The lifecycle hooks of one group and the instances that wait for them. */
export class LifecycleHooks {
  private readonly hooks = new Map<string, Hook>();
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly scope: Scope,
    private readonly groupName: string,
  ) {}

  put(hook: Partial<LifecycleHook>): void {
    const { LifecycleHookName: name, LifecycleTransition: transition, DefaultResult } = hook;
    if (!name) throw new AwsError('ValidationError', 'LifecycleHookName is missing');
    const before = this.hooks.get(name);
    if (!before && !/^autoscaling:EC2_INSTANCE_(LAUNCHING|TERMINATING)$/.test(transition ?? '')) {
      throw new AwsError(
        'ValidationError',
        `LifecycleTransition of hook ${name} is ${transition}; allowed are autoscaling:EC2_INSTANCE_LAUNCHING and autoscaling:EC2_INSTANCE_TERMINATING`,
      );
    }
    if (DefaultResult && !['CONTINUE', 'ABANDON'].includes(DefaultResult)) {
      throw new AwsError(
        'ValidationError',
        `DefaultResult of hook ${name} is ${DefaultResult}; allowed are CONTINUE and ABANDON`,
      );
    }
    const HeartbeatTimeout = Number(
      hook.HeartbeatTimeout ?? before?.HeartbeatTimeout ?? DEFAULT_HEARTBEAT_TIMEOUT,
    );
    this.hooks.set(name, {
      DefaultResult: 'ABANDON',
      ...before,
      ...hook,
      HeartbeatTimeout,
      GlobalTimeout: Math.min(172_800, 100 * HeartbeatTimeout),
      AutoScalingGroupName: this.groupName,
    } as Hook);
  }

  /** Instances that wait for the hook are let go: launching ones are abandoned, terminating ones go on. */
  delete(name: string): void {
    this.hooks.delete(name);
    for (const { action, end } of [...this.waiting.values()]) {
      if (action.hookName === name) end(action.transition.endsWith('LAUNCHING') ? 'ABANDON' : 'CONTINUE');
    }
  }

  describe(names?: readonly string[]): LifecycleHook[] {
    return [...this.hooks.values()].filter(
      (hook) => !names?.length || names.includes(hook.LifecycleHookName),
    );
  }

  has(transition: Transition): boolean {
    return [...this.hooks.values()].some((hook) => hook.LifecycleTransition === transition);
  }

  /** Runs all hooks of the transition and waits for them; one ABANDON decides. */
  async run(transition: Transition, instanceId: string): Promise<ActionResult> {
    const hooks = [...this.hooks.values()].filter((hook) => hook.LifecycleTransition === transition);
    const results = await Promise.all(hooks.map((hook) => this.wait(hook, instanceId)));
    return results.includes('ABANDON') ? 'ABANDON' : 'CONTINUE';
  }

  complete(name: string, by: { token?: string; instanceId?: string }, result: string): void {
    if (result !== 'CONTINUE' && result !== 'ABANDON') {
      throw new AwsError(
        'ValidationError',
        `LifecycleActionResult is ${result}; allowed are CONTINUE and ABANDON`,
      );
    }
    this.find(name, by).end(result);
  }

  heartbeat(name: string, by: { token?: string; instanceId?: string }): void {
    const waiting = this.find(name, by);
    waiting.timer.cancel();
    waiting.timer = this.timeout(this.hooks.get(name)!, waiting.end);
  }

  private find(name: string, { token, instanceId }: { token?: string; instanceId?: string }): Waiting {
    const found = [...this.waiting.values()].find(
      ({ action }) =>
        action.hookName === name && (token ? action.token === token : action.instanceId === instanceId),
    );
    if (found) return found;
    throw new AwsError(
      'ValidationError',
      `no lifecycle action of hook ${name} with ${token ? `token ${token}` : `instance ${instanceId}`} is waiting`,
    );
  }

  private wait(hook: Hook, instanceId: string): Promise<ActionResult> {
    return new Promise((resolve) => {
      const action: LifecycleAction = {
        autoScalingGroupName: this.groupName,
        hookName: hook.LifecycleHookName,
        instanceId,
        token: randomUUID(),
        transition: hook.LifecycleTransition,
        notificationTargetArn: hook.NotificationTargetARN,
      };
      const end = (result: ActionResult) => {
        this.waiting.get(action.token)?.timer.cancel();
        this.waiting.delete(action.token);
        resolve(result);
      };
      this.waiting.set(action.token, { action, end, timer: this.timeout(hook, end) });
      this.notify(hook, action);
    });
  }

  private timeout(hook: Hook, end: Waiting['end']): Timer {
    return this.scope.clock.after(hook.HeartbeatTimeout! * 1000, () =>
      end(hook.DefaultResult as ActionResult),
    );
  }

  private notify(hook: Hook, action: LifecycleAction): void {
    const detail = {
      LifecycleActionToken: action.token,
      AutoScalingGroupName: this.groupName,
      LifecycleHookName: action.hookName,
      EC2InstanceId: action.instanceId,
      LifecycleTransition: action.transition,
      NotificationMetadata: hook.NotificationMetadata,
    };
    const launching = action.transition.endsWith('LAUNCHING');
    void this.scope.service('events').emit({
      source: 'aws.autoscaling',
      detailType: `EC2 Instance-${launching ? 'launch' : 'terminate'} Lifecycle Action`,
      resources: [],
      detail,
    });
    const target = action.notificationTargetArn ?? '';
    const told = target.startsWith('arn:aws:codedeploy:')
      ? this.scope.service('codedeploy').lifecycleAction(action)
      : target.startsWith('arn:aws:sns:')
        ? this.scope.service('sns').operations.Publish!({
            TopicArn: target,
            Message: JSON.stringify({ ...detail, Service: 'AWS Auto Scaling' }),
          })
        : undefined;
    void Promise.resolve(told).catch((error: Error) =>
      this.scope.journal.append({
        source: 'autoscaling',
        type: 'NotificationFailed',
        subject: action.instanceId,
        message: `${target} was not told of lifecycle hook ${action.hookName}: ${error.message}`,
      }),
    );
  }
}
