import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service';
import { Alarm, type NewState } from './alarm';
import {
  breaches,
  breachesBand,
  evaluate,
  evaluationInterval,
  evaluationRange,
  hasLowSampleCount,
  periodProblem,
  type TreatMissingData,
  wallClockProblem,
} from './alarm-evaluation';
import { type Datapoint, type Judgement, stateReason, stateReasonData } from './alarm-reason';
import { MetricQueries, type MetricSources } from './metric-queries';
import { percentileOf } from './statistic';

const OPERATORS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
/** Those of anomaly detection: they compare with the band that ThresholdMetricId names. */
const BAND_OPERATORS = [
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
  'LessThanLowerOrGreaterThanUpperThreshold',
];
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'];
/** 1970-01-01 was a Thursday; calendar weeks begin on Monday. */
const FIRST_MONDAY = 4 * 24 * 3600;

/** An alarm on one metric or one metric math expression, against a threshold or a band. */
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
  evaluate(sources: MetricSources, now: number): NewState | undefined {
    const { config, period } = this;
    const evaluationPeriods = config.EvaluationPeriods!;
    const datapointsToAlarm = config.DatapointsToAlarm ?? evaluationPeriods;
    const treatMissingData = (config.TreatMissingData ?? 'missing') as TreatMissingData;
    const length = evaluationRange(evaluationPeriods);
    const end = this.windowEnd(now);
    const grid = { start: end - length * period, period, length };

    const queries = new MetricQueries(sources, queriesOf(config));
    const [result] = queries.evaluate(watchedOf(config, queries)[0]!.Id!, grid);
    const bands = config.ThresholdMetricId ? queries.evaluate(config.ThresholdMetricId, grid) : undefined;
    const points = Array.from({ length }, (_, index): Datapoint | undefined => {
      const value = result?.series[index];
      const [lower, upper] = bands?.map(({ series }) => series[index]) ?? [];
      const band = lower === undefined || upper === undefined ? undefined : { lower, upper };
      // Where nothing is usual yet, there is nothing to judge by.
      if (value === undefined || (bands && !band)) return undefined;
      return { time: grid.start + index * period, value, sampleCount: result?.sampleCounts?.[index], band };
    });
    this.newest = points.findLast((point) => point !== undefined)?.value;
    const breaching = ({ value, band }: Datapoint) =>
      band
        ? breachesBand(config.ComparisonOperator!, value, band)
        : breaches(config.ComparisonOperator!, value, config.Threshold!);
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
      threshold: config.Threshold,
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
export function checkMetricAlarm(config: PutMetricAlarmCommandInput, sources: MetricSources): void {
  const problem = metricAlarmProblem(config, sources);
  if (problem) throw new AwsError('ValidationError', `Alarm ${config.AlarmName}: ${problem}`);
}

function metricAlarmProblem(config: PutMetricAlarmCommandInput, sources: MetricSources): string | undefined {
  const { EvaluationPeriods: periods, DatapointsToAlarm: datapoints } = config;
  if (!config.AlarmName) return 'AlarmName is missing';
  for (const key of ['EvaluationCriteria', 'WarmUpConfiguration', 'EvaluationInterval'] as const) {
    if (config[key] !== undefined) return `${key} is not played here`;
  }
  const threshold = thresholdProblem(config);
  if (threshold) return threshold;
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
  const queries = new MetricQueries(sources, queriesOf(config));
  const watched = watchedOf(config, queries);
  if (watched.length !== 1) return `exactly one of Metrics may return data, found ${watched.length}`;
  const period = periodOf(config);
  for (const { Id } of queries.returned()) queries.evaluate(Id!, { start: 0, period, length: 1 });
  const clock = config.EvaluationWindow?.WallClockWindow;
  return periodProblem(period, periods) ?? (clock && wallClockProblem(period, clock.Timezone));
}

function thresholdProblem(config: PutMetricAlarmCommandInput): string | undefined {
  const { ComparisonOperator: operator = '', ThresholdMetricId: id, Threshold, Metrics = [] } = config;
  if (OPERATORS.includes(operator)) {
    if (id) return `ThresholdMetricId is ${id}; ${operator} compares with Threshold`;
    return Threshold === undefined ? 'Threshold is missing' : undefined;
  }
  if (!BAND_OPERATORS.includes(operator)) {
    const allowed = [...OPERATORS, ...BAND_OPERATORS].join(', ');
    return `ComparisonOperator is ${operator}; allowed are ${allowed}`;
  }
  if (Threshold !== undefined)
    return `Threshold is ${Threshold}; ${operator} compares with ThresholdMetricId`;
  const band = Metrics.find(({ Id }) => Id === id);
  if (!/^\s*ANOMALY_DETECTION_BAND\s*\(/i.test(band?.Expression ?? '')) {
    return `ThresholdMetricId is ${id}; allowed is the Id of an ANOMALY_DETECTION_BAND among Metrics`;
  }
  return undefined;
}

/** What is compared: all that returns data but the band. */
function watchedOf(config: PutMetricAlarmCommandInput, queries: MetricQueries): MetricDataQuery[] {
  return queries.returned().filter(({ Id }) => Id !== config.ThresholdMetricId);
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
