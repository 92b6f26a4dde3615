import { randomUUID } from 'node:crypto';
import type { ScalingPolicy as Description, PutScalingPolicyType } from '@aws-sdk/client-auto-scaling';
import { AwsError, type Scope } from '../../service';
import type { AutoScalingGroup } from '../group';
import { ADJUSTMENT_TYPES, type AdjustmentType, adjust, checkSteps, stepFor } from './adjustment';
import { trackedCapacity, trackingAlarms } from './target-tracking';

const TYPES = ['SimpleScaling', 'StepScaling', 'TargetTrackingScaling'] as const;

/** What sets a policy off: the alarm's newest value, and the threshold it is measured against. */
export interface Breach {
  readonly cause: string;
  readonly value?: number;
  readonly threshold: number;
}

/**
 * One scaling policy of a group. Predictive scaling is refused: it forecasts from weeks of history.
 * @see Amazon EC2 Auto Scaling User Guide: Dynamic scaling
 */
export class ScalingPolicy {
  readonly name: string;
  readonly arn: string;
  private alarms: string[] = [];
  private coolUntil = 0;

  /** @throws AwsError ValidationError */
  constructor(
    private readonly scope: Scope,
    private readonly group: AutoScalingGroup,
    private input: PutScalingPolicyType,
  ) {
    check(input);
    const { accountId, region } = scope;
    this.name = input.PolicyName!;
    this.arn = `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${randomUUID()}:autoScalingGroupName/${group.name}:policyName/${this.name}`;
    this.track();
  }

  update(input: PutScalingPolicyType): void {
    check(input);
    this.input = input;
    this.track();
  }

  /** Takes the policy's own alarms away. */
  end(): void {
    if (this.alarms.length > 0) this.cloudwatch.DeleteAlarms!({ AlarmNames: this.alarms });
    this.alarms = [];
  }

  /** Scales the group by the policy. */
  execute({ cause, value, threshold }: Breach, honorCooldown = true): void {
    const { group, input } = this;
    if (input.Enabled === false) return;
    const wanted =
      this.type === 'SimpleScaling'
        ? this.simple(honorCooldown)
        : this.warm((base) =>
            this.type === 'StepScaling'
              ? this.step(base, value ?? threshold, threshold)
              : trackedCapacity(base, value ?? threshold, this.target),
          );
    if (wanted === undefined) return;
    const before = group.capacity;
    group.scaleTo(wanted, `${cause} triggered policy ${this.name}`);
    if (group.capacity === before) return;
    if (this.type === 'SimpleScaling') {
      const cooldown = Number(input.Cooldown ?? group.settings.cooldown);
      this.coolUntil = this.scope.clock.now() + cooldown * 1000;
    }
    this.scope.journal.append({
      source: 'autoscaling',
      type: 'PolicyExecuted',
      subject: group.name,
      message: `${group.name}: ${cause} triggered policy ${this.name}, changing the desired capacity from ${before} to ${group.capacity}`,
      detail: {
        policyName: this.name,
        policyArn: this.arn,
        value,
        threshold,
        from: before,
        to: group.capacity,
      },
    });
  }

  describe(): Description {
    const { MinAdjustmentStep: _, ...input } = this.input;
    return {
      ...input,
      PolicyType: this.type,
      PolicyARN: this.arn,
      Enabled: input.Enabled ?? true,
      Alarms: this.alarms.map((AlarmName) => ({
        AlarmName,
        AlarmARN: `arn:aws:cloudwatch:${this.scope.region}:${this.scope.accountId}:alarm:${AlarmName}`,
      })),
    };
  }

  private get type() {
    return this.input.PolicyType ?? 'SimpleScaling';
  }

  private get target(): number {
    return Number(this.input.TargetTrackingConfiguration!.TargetValue);
  }

  private get cloudwatch() {
    return this.scope.service('cloudwatch').operations;
  }

  private track(): void {
    this.end();
    if (this.type !== 'TargetTrackingScaling') return;
    const alarms = trackingAlarms(this.group.name, this.arn, this.input.TargetTrackingConfiguration!);
    for (const alarm of alarms) {
      this.cloudwatch.PutMetricAlarm!(alarm);
      this.alarms.push(alarm.AlarmName!);
    }
  }

  private simple(honorCooldown: boolean): number | undefined {
    if (honorCooldown && this.scope.clock.now() < this.coolUntil) return undefined;
    return this.adjusted(this.group.capacity, Number(this.input.ScalingAdjustment));
  }

  private step(base: number, value: number, threshold: number): number | undefined {
    const step = stepFor(this.input.StepAdjustments!, value - threshold);
    return step && this.adjusted(base, Number(step.ScalingAdjustment));
  }

  private adjusted(capacity: number, adjustment: number): number {
    const { AdjustmentType, MinAdjustmentMagnitude } = this.input;
    return adjust(
      capacity,
      AdjustmentType as AdjustmentType,
      adjustment,
      Number(MinAdjustmentMagnitude ?? 0),
    );
  }

  /**
   * Instances that are warming up do not count for what is to be added, so that a lasting breach adds once; and while
   * there are any, nothing is taken away. The instances that the group has at least count in any case.
   */
  private warm(capacity: (base: number) => number | undefined): number | undefined {
    const { group } = this;
    const warming = group.warmingUp(
      Number(this.input.EstimatedInstanceWarmup ?? group.settings.instanceWarmup),
    );
    const wanted = capacity(Math.max(group.settings.minSize, group.capacity - warming));
    if (wanted === undefined || wanted > group.capacity) return wanted;
    return warming > 0 ? undefined : wanted;
  }
}

function check(input: PutScalingPolicyType): void {
  const problem = problemOf(input);
  if (problem) throw new AwsError('ValidationError', `Scaling policy ${input.PolicyName}: ${problem}`);
  if (input.PolicyType === 'StepScaling') checkSteps(input.StepAdjustments ?? []);
}

function problemOf(input: PutScalingPolicyType): string | undefined {
  const { PolicyType: type = 'SimpleScaling', AdjustmentType: adjustment } = input;
  if (!input.PolicyName) return 'PolicyName is missing';
  if (type === 'PredictiveScaling') return 'the rehearsal region does not play PredictiveScaling';
  if (!(TYPES as readonly string[]).includes(type)) {
    return `PolicyType is ${type}; allowed are ${TYPES.join(', ')}`;
  }
  if (type === 'TargetTrackingScaling') {
    const target = Number(input.TargetTrackingConfiguration?.TargetValue);
    return target > 0 ? undefined : `TargetValue is ${target}; allowed is a number above 0`;
  }
  if (!(ADJUSTMENT_TYPES as readonly (string | undefined)[]).includes(adjustment)) {
    return `AdjustmentType is ${adjustment}; allowed are ${ADJUSTMENT_TYPES.join(', ')}`;
  }
  if (type === 'SimpleScaling' && input.ScalingAdjustment === undefined)
    return 'ScalingAdjustment is missing';
  return undefined;
}
