import type * as api from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service';
import { MetricQueries, type MetricSources } from './metric-queries';
import { type Grid, metricIdOf } from './metric-store';
import { statisticNamed } from './statistic';

/** The operations on metric data. @param now AWS time, milliseconds since the epoch */
export class MetricData {
  constructor(
    private readonly sources: MetricSources,
    private readonly now: () => number,
  ) {}

  put(input: api.PutMetricDataCommandInput): void {
    const namespace = input.Namespace ?? '';
    if (namespace.startsWith('AWS/')) {
      throw new AwsError('InvalidParameterValue', 'The value AWS/ for parameter Namespace is invalid.');
    }
    for (const datum of input.MetricData ?? []) {
      const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
      for (const value of values) {
        if (!Number.isFinite(value)) {
          throw new AwsError(
            'InvalidParameterValue',
            `The value ${value} of ${datum.MetricName} is not a number.`,
          );
        }
      }
      const set = datum.StatisticValues;
      const time = Math.floor((datum.Timestamp?.getTime() ?? this.now()) / 1000);
      this.sources.store.add(
        metricIdOf({ ...datum, Namespace: namespace }),
        time,
        (samples) => {
          for (const [index, value] of values.entries()) samples.add(value, datum.Counts?.[index] ?? 1);
          if (set) {
            samples.addSet({
              sampleCount: set.SampleCount!,
              sum: set.Sum!,
              minimum: set.Minimum!,
              maximum: set.Maximum!,
            });
          }
        },
        { unit: datum.Unit, highResolution: datum.StorageResolution === 1 },
      );
    }
  }

  get(input: api.GetMetricDataCommandInput): Partial<api.GetMetricDataCommandOutput> {
    const queries = new MetricQueries(this.sources, input.MetricDataQueries ?? []);
    const results = queries.returned().flatMap((query): api.MetricDataResult[] => {
      const grid = gridOf(input.StartTime!, input.EndTime!, queries.periodOf(query.Id!));
      return queries.evaluate(query.Id!, grid).map(({ label, series }) => {
        const points = series.flatMap((value, index) =>
          value === undefined ? [] : [{ time: (grid.start + index * grid.period) * 1000, value }],
        );
        if (input.ScanBy !== 'TimestampAscending') points.reverse();
        return {
          Id: query.Id,
          Label: label,
          Timestamps: points.map(({ time }) => new Date(time)),
          Values: points.map(({ value }) => value),
          StatusCode: 'Complete',
        };
      });
    });
    return { MetricDataResults: results, Messages: [] };
  }

  statistics(input: api.GetMetricStatisticsCommandInput): Partial<api.GetMetricStatisticsCommandOutput> {
    const id = metricIdOf(input);
    const grid = gridOf(input.StartTime!, input.EndTime!, input.Period!);
    const extended = (input.ExtendedStatistics ?? []).map((name) => [name, statisticNamed(name)] as const);
    const datapoints = this.sources.store
      .read(id, grid, input.Unit)
      .flatMap((samples, index): api.Datapoint[] => {
        if (!samples) return [];
        const simple = (input.Statistics ?? []).map((name) => [name, statisticNamed(name)(samples)]);
        return [
          {
            Timestamp: new Date((grid.start + index * grid.period) * 1000),
            Unit: this.sources.store.unitOf(id) as api.StandardUnit,
            ...Object.fromEntries(simple),
            ...(extended.length > 0 && {
              ExtendedStatistics: Object.fromEntries(
                extended.map(([name, read]) => [name, read(samples) ?? 0]),
              ),
            }),
          },
        ];
      });
    return { Label: input.MetricName, Datapoints: datapoints };
  }

  list(input: api.ListMetricsCommandInput): Partial<api.ListMetricsCommandOutput> {
    const wanted = (input.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value] as const);
    const recent = this.now() / 1000 - 3 * 3600;
    const metrics = this.sources.store
      .list()
      .filter(
        ({ id, lastSeen }) =>
          (!input.Namespace || id.namespace === input.Namespace) &&
          (!input.MetricName || id.metricName === input.MetricName) &&
          (input.RecentlyActive !== 'PT3H' || lastSeen >= recent) &&
          wanted.every(
            ([name, value]) =>
              name in id.dimensions && (value ?? id.dimensions[name]) === id.dimensions[name],
          ),
      )
      .map(({ id }) => ({
        Namespace: id.namespace,
        MetricName: id.metricName,
        Dimensions: Object.entries(id.dimensions).map(([Name, Value]) => ({ Name, Value })),
      }));
    return { Metrics: metrics };
  }
}

/** AWS rounds the start down to the period and leaves out datapoints at the end time. */
function gridOf(start: Date, end: Date, period: number): Grid {
  const from = Math.floor(start.getTime() / 1000 / period) * period;
  const length = Math.ceil((end.getTime() / 1000 - from) / period);
  if (length <= 0) {
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  }
  if (length > 100_800) {
    throw new AwsError(
      'InvalidParameterCombination',
      `You have requested ${length} datapoints; allowed are 100,800.`,
    );
  }
  return { start: from, period, length };
}
