import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';
import type { AlarmState, TreatMissingData } from './alarm-evaluation';
import type { Band } from './anomaly-model';

/** A real datapoint; time in seconds since the epoch. */
export interface Datapoint {
  readonly time: number;
  readonly value: number;
  readonly sampleCount?: number;
  /** What it is compared with, in an alarm on a band. */
  readonly band?: Band;
}

export interface Judgement {
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** The real datapoints that were judged, oldest first. */
  readonly datapoints: readonly Datapoint[];
  readonly breaching: readonly Datapoint[];
  readonly operator: ComparisonOperator;
  /** Undefined in an alarm on a band. */
  readonly threshold?: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
}

const COMPARED: Partial<Record<ComparisonOperator, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** An alarm's StateReason in CloudWatch's wording. */
export function stateReason(judgement: Judgement): string {
  const { datapoints, breaching, evaluationPeriods, datapointsToAlarm, to, from } = judgement;
  const missing = evaluationPeriods - datapoints.length;
  if (to === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${counted(evaluationPeriods, 'datapoint was', 'datapoints were')} unknown.`;
  }
  const treated = `${counted(missing, 'missing datapoint was', 'missing datapoints were')} treated as ${
    { breaching: '[Breaching]', notBreaching: '[NonBreaching]', missing: '[Missing]', ignore: '[Ignore]' }[
      judgement.treatMissingData
    ]
  }`;
  if (datapoints.length === 0) {
    return `${crossed(judgement)}: no datapoints were received for ${counted(evaluationPeriods, 'period', 'periods')} and ${treated}.`;
  }
  const named = to === 'ALARM' ? breaching : datapoints.filter((point) => !breaching.includes(point));
  const needed = to === 'ALARM' ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const list = [...named].reverse().map(({ value, time }) => `${decimal(value)} (${shortDate(time)})`);
  return (
    `${crossed(judgement)}: ${named.length} out of the last ${evaluationPeriods} datapoints [${list.join(', ')}] ` +
    `${named.length === 1 ? 'was' : 'were'} ${to === 'ALARM' ? '' : 'not '}${compared(judgement, named)}` +
    `${missing > 0 ? ` and ${treated}` : ''} ` +
    `(minimum ${counted(needed, 'datapoint', 'datapoints')} for ${from} -> ${to} transition).`
  );
}

function crossed({ threshold }: Judgement): string {
  return threshold === undefined ? 'Thresholds Crossed' : 'Threshold Crossed';
}

function compared({ operator, threshold }: Judgement, named: readonly Datapoint[]): string {
  if (threshold !== undefined) return `${COMPARED[operator]} the threshold (${decimal(threshold)})`;
  const list = (side: 'lower' | 'upper') =>
    [...named]
      .reverse()
      .map(({ band }) => decimal(band![side]))
      .join(', ');
  const below =
    operator !== 'GreaterThanUpperThreshold' && `less than the lower thresholds [${list('lower')}]`;
  const above =
    operator !== 'LessThanLowerThreshold' && `greater than the upper thresholds [${list('upper')}]`;
  return [below, above].filter((part) => part !== false).join(' or ');
}

/** An alarm's StateReasonData, CloudWatch's JSON of what was looked at. */
export function stateReasonData(
  judgement: Judgement,
  looked: { now: number; start: number; period: number; statistic?: string; unit?: string },
): string {
  return JSON.stringify({
    version: '1.0',
    queryDate: timestamp(looked.now),
    ...(judgement.datapoints.length > 0 && { startDate: timestamp(looked.start * 1000) }),
    ...(looked.unit && { unit: looked.unit }),
    ...(looked.statistic && { statistic: looked.statistic }),
    period: looked.period,
    recentDatapoints: judgement.datapoints.map(({ value }) => value),
    ...(judgement.threshold === undefined
      ? {
          recentLowerThresholds: judgement.datapoints.map(({ band }) => band!.lower),
          recentUpperThresholds: judgement.datapoints.map(({ band }) => band!.upper),
        }
      : { threshold: judgement.threshold }),
    evaluatedDatapoints: [...judgement.datapoints].reverse().map(({ time, value, sampleCount }) => ({
      timestamp: timestamp(time * 1000),
      ...(sampleCount !== undefined && { sampleCount }),
      value,
    })),
  });
}

/** CloudWatch's own form of a time, `2026-01-01T00:00:00.000+0000`. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `20/11/26 09:34:00` */
function shortDate(seconds: number): string {
  const [date, time] = new Date(seconds * 1000).toISOString().split('T') as [string, string];
  const [year, month, day] = date.split('-') as [string, string, string];
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
