import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service';
import { Alarm, type NewState } from './alarm';
import {
  breaches,
  evaluate,
  evaluationInterval,
  evaluationRange,
  hasLowSampleCount,
  periodProblem,
  type TreatMissingData,
  wallClockProblem,
} from './alarm-evaluation';
import { type Datapoint, type Judgement, stateReason, stateReasonData } from './alarm-reason';
import { MetricQueries } from './metric-queries';
import type { MetricStore } from './metric-store';
import { percentileOf } from './statistic';

const OPERATORS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'];
/** 1970-01-01 was a Thursday; calendar weeks begin on Monday. */
const FIRST_MONDAY = 4 * 24 * 3600;

/** An alarm on one metric or one metric math expression. */
export class MetricAlarm extends Alarm<PutMetricAlarmCommandInput> {
  readonly type = 'MetricAlarm';
  /** The newest datapoint that an evaluation has seen. */
  newest?: number;

  get period(): number {
    return periodOf(this.config);
  }

  /** Milliseconds between two evaluations. */
  get interval(): number {
    return evaluationInterval(this.period, this.config.EvaluationPeriods!) * 1000;
  }

  /** The state that the metrics call for; undefined when the alarm keeps its state. */
  evaluate(store: MetricStore, now: number): NewState | undefined {
    const { config, period } = this;
    const evaluationPeriods = config.EvaluationPeriods!;
    const datapointsToAlarm = config.DatapointsToAlarm ?? evaluationPeriods;
    const treatMissingData = (config.TreatMissingData ?? 'missing') as TreatMissingData;
    const length = evaluationRange(evaluationPeriods);
    const end = this.windowEnd(now);
    const grid = { start: end - length * period, period, length };

    const queries = new MetricQueries(store, queriesOf(config));
    const [result] = queries.evaluate(queries.returned()[0]!.Id!, grid);
    const points = Array.from({ length }, (_, index): Datapoint | undefined => {
      const value = result?.series[index];
      if (value === undefined) return undefined;
      return { time: grid.start + index * period, value, sampleCount: result?.sampleCounts?.[index] };
    });
    this.newest = points.findLast((point) => point !== undefined)?.value;
    const breaching = (point: Datapoint) =>
      breaches(config.ComparisonOperator!, point.value, config.Threshold!);
    const datapoints = points.filter((point) => point !== undefined).slice(-evaluationPeriods);
    if (this.ignoresLowSampleCounts(datapoints)) return undefined;

    const value = evaluate(
      points.map((point) => (point ? (breaching(point) ? 'breaching' : 'ok') : 'missing')),
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    );
    if (!value || value === this.state.value) return undefined;
    const judgement: Judgement = {
      from: this.state.value,
      to: value,
      datapoints,
      breaching: datapoints.filter(breaching),
      operator: config.ComparisonOperator!,
      threshold: config.Threshold!,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    };
    const statistic = config.Statistic ?? config.ExtendedStatistic;
    const start = datapoints[0]?.time ?? grid.start;
    return {
      value,
      reason: stateReason(judgement),
      reasonData: stateReasonData(judgement, { now, start, period, statistic, unit: config.Unit }),
    };
  }

  /** End of the newest period, seconds: the latest evaluation, or with a wall clock window the period's own boundary. */
  private windowEnd(now: number): number {
    const step = this.config.EvaluationWindow?.WallClockWindow ? this.period : this.interval / 1000;
    const offset = step === 7 * 24 * 3600 ? FIRST_MONDAY : 0;
    return Math.floor((now / 1000 - offset) / step) * step + offset;
  }

  private ignoresLowSampleCounts(datapoints: readonly Datapoint[]): boolean {
    const percentile = percentileOf(this.config.ExtendedStatistic ?? '');
    if (percentile === undefined || this.config.EvaluateLowSampleCountPercentile !== 'ignore') return false;
    return datapoints.some(({ sampleCount = 0 }) => hasLowSampleCount(percentile, sampleCount));
  }
}

/** @throws AwsError ValidationError with what is wrong in the configuration */
export function checkMetricAlarm(config: PutMetricAlarmCommandInput, store: MetricStore): void {
  const problem = metricAlarmProblem(config, store);
  if (problem) throw new AwsError('ValidationError', `Alarm ${config.AlarmName}: ${problem}`);
}

function metricAlarmProblem(config: PutMetricAlarmCommandInput, store: MetricStore): string | undefined {
  const { EvaluationPeriods: periods, DatapointsToAlarm: datapoints, ComparisonOperator: operator } = config;
  if (!config.AlarmName) return 'AlarmName is missing';
  for (const key of ['EvaluationCriteria', 'WarmUpConfiguration', 'EvaluationInterval'] as const) {
    if (config[key] !== undefined) return `${key} is not played here`;
  }
  if (config.ThresholdMetricId || !OPERATORS.includes(operator ?? '')) {
    return `anomaly detection is not played here: ComparisonOperator is ${operator}; allowed are ${OPERATORS.join(', ')}`;
  }
  if (config.Threshold === undefined) return 'Threshold is missing';
  if (!periods || periods < 1) return `EvaluationPeriods is ${periods}; allowed is 1 or more`;
  if (datapoints !== undefined && (datapoints < 1 || datapoints > periods)) {
    return `DatapointsToAlarm is ${datapoints}; allowed is 1 to EvaluationPeriods, ${periods}`;
  }
  if (config.TreatMissingData && !TREATMENTS.includes(config.TreatMissingData)) {
    return `TreatMissingData is ${config.TreatMissingData}; allowed are ${TREATMENTS.join(', ')}`;
  }
  if (!config.MetricName === !config.Metrics) return 'it must have one of MetricName and Metrics';
  if (config.MetricName && !config.Statistic === !config.ExtendedStatistic) {
    return 'it must have one of Statistic and ExtendedStatistic';
  }
  const queries = new MetricQueries(store, queriesOf(config));
  const returned = queries.returned();
  if (returned.length !== 1) return `exactly one of Metrics may return data, found ${returned.length}`;
  const period = periodOf(config);
  queries.evaluate(returned[0]!.Id!, { start: 0, period, length: 1 });
  const clock = config.EvaluationWindow?.WallClockWindow;
  return periodProblem(period, periods) ?? (clock && wallClockProblem(period, clock.Timezone));
}

function periodOf(config: PutMetricAlarmCommandInput): number {
  if (config.Period) return config.Period;
  return (
    Math.max(...(config.Metrics ?? []).map(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? 0)) ||
    60
  );
}

/** An alarm on a plain metric is one on the only query of its kind. */
function queriesOf(config: PutMetricAlarmCommandInput): MetricDataQuery[] {
  if (config.Metrics) return config.Metrics;
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic, Unit } = config;
  return [
    {
      Id: 'm1',
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period: Period ?? 60,
        Stat: Statistic ?? ExtendedStatistic,
        Unit,
      },
    },
  ];
}
