import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';
import type { Band } from './anomaly-model';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type TreatMissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** One period of the evaluation range: its datapoint breaches, does not, or is missing. */
export type Mark = 'breaching' | 'ok' | 'missing';

/** The statistic is the first operand, the threshold the second. */
export function breaches(operator: ComparisonOperator, value: number, threshold: number): boolean {
  switch (operator) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      throw new Error(`${operator} compares with a band`);
  }
}

/** The operators of anomaly detection, which compare with a band. A value on the band's edge does not breach. */
export function breachesBand(operator: ComparisonOperator, value: number, band: Band): boolean {
  const above = value > band.upper && operator !== 'LessThanLowerThreshold';
  const below = value < band.lower && operator !== 'GreaterThanUpperThreshold';
  return above || below;
}

/**
 * Seconds between two evaluations of an alarm: 10 for periods under a minute, an hour for alarms that look back over
 * more than a day, else a minute.
 * @see CloudWatch User Guide: Alarm evaluation
 */
export function evaluationInterval(period: number, evaluationPeriods: number): number {
  if (period < 60) return 10;
  return period * evaluationPeriods > 24 * 3600 ? 3600 : 60;
}

/**
 * The periods that CloudWatch retrieves beyond the evaluation periods, so that late and missing datapoints do not
 * decide alone. How many is not documented; the guide's one example has 2 (a range of 5 for 3 evaluation periods).
 */
export const PERIODS_BEYOND_EVALUATION = 2;

export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + PERIODS_BEYOND_EVALUATION;
}

/**
 * The state that the evaluation range calls for; undefined when the alarm keeps its state.
 * @param marks the evaluation range, oldest first
 * @see CloudWatch User Guide: Configuring how CloudWatch alarms treat missing data
 */
export function evaluate(
  marks: readonly Mark[],
  evaluationPeriods: number,
  datapointsToAlarm: number,
  treatMissingData: TreatMissingData,
): AlarmState | undefined {
  const real = marks.filter((mark) => mark !== 'missing').slice(-evaluationPeriods);
  const breaching = real.filter((mark) => mark === 'breaching').length;
  const filled = evaluationPeriods - real.length;
  const alarmWhen = (holds: boolean): AlarmState => (holds ? 'ALARM' : 'OK');

  if (filled === 0) return alarmWhen(breaching >= datapointsToAlarm);
  if (treatMissingData === 'breaching') return alarmWhen(breaching + filled >= datapointsToAlarm);
  if (treatMissingData === 'notBreaching') return alarmWhen(breaching >= datapointsToAlarm);
  if (real.length === 0) return treatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : undefined;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (breaching < real.length) return 'OK';
  if (treatMissingData === 'ignore') return undefined;
  // Nothing but breaching and missing points. While the oldest breach is younger than M periods the guide says only
  // that the alarm does not go into ALARM ("premature"); here it keeps its state.
  const oldestAge = marks.length - marks.indexOf('breaching');
  return oldestAge >= datapointsToAlarm ? 'ALARM' : undefined;
}

/**
 * Whether a percentile of that few samples is too unsure to judge by (`evaluateLowSampleCountPercentile: ignore`).
 * @see CloudWatch User Guide: Percentile-based alarms and low data samples
 */
export function hasLowSampleCount(percentile: number, samples: number): boolean {
  return samples < 1000 / (percentile >= 50 ? 100 - percentile : percentile);
}

/** What is wrong with an alarm's period and evaluation periods; undefined when nothing is. */
export function periodProblem(period: number, evaluationPeriods: number): string | undefined {
  if (![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0)) {
    return `Period is ${period}; allowed is 10, 20, 30 or a multiple of 60`;
  }
  const limit = period < 3600 ? 24 * 3600 : 7 * 24 * 3600;
  if (period * evaluationPeriods > limit) {
    return (
      `Metrics cannot be checked across more than ${limit / 86_400} day(s): EvaluationPeriods * Period is ` +
      `${evaluationPeriods * period}, allowed is at most ${limit} for a period of ${period}`
    );
  }
  return undefined;
}

/** What is wrong with a wall clock window; undefined when nothing is. @see CloudWatch API: WallClockWindow */
export function wallClockProblem(period: number, timezone = 'UTC'): string | undefined {
  const periods = [60, 300, 3600, 86_400, 604_800];
  if (!periods.includes(period)) {
    return `Period is ${period}; with a wall clock window allowed are ${periods.join(', ')}`;
  }
  if (/^(Z|UTC|Etc\/UTC|(UTC)?[+-]00:00)$/.test(timezone)) return undefined;
  return `Timezone is ${timezone}; wall clock windows are played here in UTC alone`;
}
