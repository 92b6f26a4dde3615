import { randomUUID } from 'node:crypto';
import type * as api from '@aws-sdk/client-cloudwatch';
import { timeZone } from '../clock/calendar';
import { AwsError } from '../service';
import { AnomalyModel, type Band } from './anomaly-model';
import { MetricQueries } from './metric-queries';
import { type MetricStore, metricIdOf } from './metric-store';

/** Models are kept for the days that a metric's minutes are. */
const KEPT_DAYS = 15;
const UNPLAYED = ['AdaptationSpeed', 'OutlierFilteringStrength'] as const;

interface Detector {
  readonly id: string;
  /** The queries of which the returned one is watched. */
  readonly queries: readonly api.MetricDataQuery[];
  readonly config: api.PutAnomalyDetectorCommandInput;
}

/**
 * What is usual for the metrics of one account and region. A band needs no detector, as CloudWatch makes the model
 * with the first alarm that asks for it; a detector says what the model learns from.
 */
export class AnomalyDetectors {
  /** By the identity of what is watched. */
  private readonly detectors = new Map<string, Detector>();
  /** By identity and period, then by day. */
  private readonly models = new Map<string, Map<number, AnomalyModel>>();

  constructor(
    private readonly store: MetricStore,
    private readonly now: () => number,
  ) {}

  readonly operations = {
    PutAnomalyDetector: (input: api.PutAnomalyDetectorCommandInput) => {
      const problem = configurationProblem(input.Configuration);
      if (problem) throw new AwsError('InvalidParameterValue', problem);
      const queries = watchedQueries(input);
      const identity = this.identity(queries);
      const id = this.detectors.get(identity)?.id ?? randomUUID();
      this.detectors.set(identity, { id, queries, config: input });
      this.models.clear();
      return { AnomalyDetectorId: id };
    },
    DescribeAnomalyDetectors: (input: api.DescribeAnomalyDetectorsCommandInput) => {
      const found = [...this.detectors.values()].filter((detector) => isAskedFor(detector, input));
      const start = Number(input.NextToken ?? 0);
      const end = start + (input.MaxResults ?? 100);
      return {
        AnomalyDetectors: found.slice(start, end).map((detector) => this.describe(detector)),
        ...(end < found.length && { NextToken: String(end) }),
      };
    },
    DeleteAnomalyDetector: (input: api.DeleteAnomalyDetectorCommandInput) => {
      const wanted = input.AnomalyDetectorId ? undefined : this.identity(watchedQueries(input));
      const found = [...this.detectors].find(
        ([identity, { id }]) => id === input.AnomalyDetectorId || identity === wanted,
      );
      if (!found) throw new AwsError('ResourceNotFoundException', 'The anomaly detector does not exist', 404);
      this.detectors.delete(found[0]);
      this.models.clear();
    },
  };

  /**
   * What is usual at those times, in seconds, for the result of a query.
   * @param period seconds
   */
  bands(
    queries: MetricQueries,
    id: string,
    { times, period, deviations }: { times: readonly number[]; period: number; deviations: number },
  ): (Band | undefined)[] {
    return times.map((time) => this.model(queries, id, time, period).band(time, deviations));
  }

  private model(queries: MetricQueries, id: string, time: number, period: number): AnomalyModel {
    const identity = queries.identity(id);
    const key = `${identity} ${period}`;
    const days = this.models.get(key) ?? new Map<number, AnomalyModel>();
    this.models.set(key, days);
    const day = AnomalyModel.day(time);
    let model = days.get(day);
    if (!model) {
      const grid = AnomalyModel.trainingGrid(time, period);
      const { ExcludedTimeRanges = [], MetricTimezone } =
        this.detectors.get(identity)?.config.Configuration ?? {};
      model = new AnomalyModel({
        grid,
        series: queries.evaluate(id, grid)[0]?.series ?? [],
        begins: queries.begins(id),
        zone: timeZone(MetricTimezone),
        excluded: (second) =>
          ExcludedTimeRanges.some(
            ({ StartTime, EndTime }) => second * 1000 >= +StartTime! && second * 1000 < +EndTime!,
          ),
      });
      days.set(day, model);
      for (const old of days.keys()) if (old < day - KEPT_DAYS) days.delete(old);
    }
    return model;
  }

  private describe({ id, queries, config }: Detector): api.AnomalyDetector {
    const watched = new MetricQueries({ store: this.store, detectors: this }, queries);
    const [{ Id }] = watched.returned() as [{ Id: string }];
    const { trained } = this.model(watched, Id, this.now() / 1000, watched.periodOf(Id));
    const single = config.MetricMathAnomalyDetector ? undefined : singleMetric(config);
    return {
      AnomalyDetectorId: id,
      ...single,
      SingleMetricAnomalyDetector: single,
      MetricMathAnomalyDetector: config.MetricMathAnomalyDetector,
      Configuration: config.Configuration,
      MetricCharacteristics: config.MetricCharacteristics,
      StateValue: trained ? 'TRAINED' : 'TRAINED_INSUFFICIENT_DATA',
    };
  }

  private identity(queries: readonly api.MetricDataQuery[]): string {
    const watched = new MetricQueries({ store: this.store, detectors: this }, queries);
    const returned = watched.returned();
    if (returned.length !== 1) {
      throw new AwsError(
        'InvalidParameterValue',
        `Exactly one of MetricDataQueries may return data, found ${returned.length}`,
      );
    }
    return watched.identity(returned[0]!.Id!);
  }
}

type Watched = Pick<
  api.PutAnomalyDetectorCommandInput,
  | 'Namespace'
  | 'MetricName'
  | 'Dimensions'
  | 'Stat'
  | 'SingleMetricAnomalyDetector'
  | 'MetricMathAnomalyDetector'
>;

/** A detector of one metric is one of the only query of its kind. */
function watchedQueries(input: Watched): readonly api.MetricDataQuery[] {
  const ways = [input.MetricName, input.SingleMetricAnomalyDetector, input.MetricMathAnomalyDetector];
  if (ways.filter((way) => way !== undefined).length !== 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Give one of MetricName, SingleMetricAnomalyDetector and MetricMathAnomalyDetector',
    );
  }
  if (input.MetricMathAnomalyDetector) return input.MetricMathAnomalyDetector.MetricDataQueries ?? [];
  const { Stat, ...Metric } = singleMetric(input);
  return [{ Id: 'm1', MetricStat: { Metric, Stat, Period: 60 } }];
}

function singleMetric(input: Watched): api.SingleMetricAnomalyDetector {
  const { Namespace, MetricName, Dimensions, Stat } = input.SingleMetricAnomalyDetector ?? input;
  return { Namespace, MetricName, Dimensions, Stat };
}

function configurationProblem(configuration: api.AnomalyDetectorConfiguration = {}): string | undefined {
  const unplayed = UNPLAYED.find((key) => configuration[key] !== undefined);
  if (unplayed) return `${unplayed} is not played here`;
  const ranges = configuration.ExcludedTimeRanges ?? [];
  if (ranges.length > 10) return `ExcludedTimeRanges has ${ranges.length} ranges; allowed are 10`;
  const reversed = ranges.find(({ StartTime, EndTime }) => !(StartTime! < EndTime!));
  if (reversed) return 'ExcludedTimeRanges has a range that ends before it starts';
  try {
    timeZone(configuration.MetricTimezone);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function isAskedFor({ id, config }: Detector, input: api.DescribeAnomalyDetectorsCommandInput): boolean {
  if (input.AnomalyDetectorIds) return input.AnomalyDetectorIds.includes(id);
  const types = input.AnomalyDetectorTypes?.length ? input.AnomalyDetectorTypes : ['SINGLE_METRIC'];
  const type = config.MetricMathAnomalyDetector ? 'METRIC_MATH' : 'SINGLE_METRIC';
  if (!types.includes(type)) return false;
  if (type === 'METRIC_MATH') return true;
  const { namespace, metricName, dimensions } = metricIdOf(singleMetric(config));
  return (
    (!input.Namespace || input.Namespace === namespace) &&
    (!input.MetricName || input.MetricName === metricName) &&
    (input.Dimensions ?? []).every(({ Name, Value }) => dimensions[Name!] === Value)
  );
}
