import type { StepAdjustment } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../service';

export const ADJUSTMENT_TYPES = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'] as const;
export type AdjustmentType = (typeof ADJUSTMENT_TYPES)[number];

/**
 * The capacity that an adjustment makes of another, before the group's limits.
 * @param minMagnitude fewest instances that a change in percent comes to
 * @see Amazon EC2 Auto Scaling User Guide: Step and simple scaling policies, "Scaling adjustment types"
 */
export function adjust(capacity: number, type: AdjustmentType, adjustment: number, minMagnitude = 0): number {
  if (type === 'ExactCapacity') return adjustment;
  if (type === 'ChangeInCapacity') return capacity + adjustment;
  const exact = (capacity * adjustment) / 100;
  // Up to one instance becomes one; beyond, fractions are dropped.
  const magnitude = exact === 0 ? 0 : Math.max(1, Math.floor(Math.abs(exact)), minMagnitude);
  return capacity + Math.sign(exact) * magnitude;
}

/**
 * The step that a breach falls into. Bounds are relative to the alarm's threshold: the lower one belongs to the step
 * above the threshold and the upper one does not; below it is the other way round.
 * @see Amazon EC2 Auto Scaling API: StepAdjustment
 */
export function stepFor(steps: readonly StepAdjustment[], breach: number): StepAdjustment | undefined {
  return steps.find(({ MetricIntervalLowerBound, MetricIntervalUpperBound }) => {
    const lower = Number(MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY);
    const upper = Number(MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY);
    return breach >= 0 ? lower <= breach && breach < upper : lower < breach && breach <= upper;
  });
}

/** @throws AwsError ValidationError when the steps overlap, leave a gap or have two open ends on one side */
export function checkSteps(steps: readonly StepAdjustment[]): void {
  const refuse = (what: string): never => {
    throw new AwsError('ValidationError', `StepAdjustments: ${what}`);
  };
  if (steps.length === 0) refuse('found none; allowed is one or more');
  const bounds = steps
    .map(({ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper }) => ({
      lower: Number(lower ?? Number.NEGATIVE_INFINITY),
      upper: Number(upper ?? Number.POSITIVE_INFINITY),
    }))
    .sort((a, b) => a.lower - b.lower);
  for (const [index, { lower, upper }] of bounds.entries()) {
    if (lower >= upper) refuse(`found the bounds ${lower} to ${upper}; the lower must be the smaller`);
    const next = bounds[index + 1];
    if (next && next.lower !== upper) {
      refuse(
        `one ends at ${upper} and the next begins at ${next.lower}; they may neither overlap nor leave a gap`,
      );
    }
  }
}
