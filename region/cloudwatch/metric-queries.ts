import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service';
import type { AnomalyDetectors } from './anomaly-detectors';
import { evaluateExpression } from './metric-math';
import { type Expression, parseExpression } from './metric-math-parser';
import { type Series, SeriesArray } from './metric-math-values';
import { type Grid, type MetricId, type MetricStore, metricIdOf } from './metric-store';
import { statisticNamed } from './statistic';

export interface QueryResult {
  readonly label: string;
  readonly series: Series;
  /** Samples behind each datapoint; for a plain metric alone. */
  readonly sampleCounts?: Series;
}

/** What queries are answered from. */
export interface MetricSources {
  readonly store: MetricStore;
  readonly detectors: AnomalyDetectors;
}

/** A set of metric data queries that may refer to one another, as GetMetricData and alarms take them. */
export class MetricQueries {
  private readonly byId: ReadonlyMap<string, MetricDataQuery>;

  /** @throws AwsError ValidationError when a query is malformed */
  constructor(
    private readonly sources: MetricSources,
    readonly queries: readonly MetricDataQuery[],
  ) {
    this.byId = new Map(queries.map((query) => [query.Id!, query]));
    if (this.byId.size < queries.length) throw invalid('each Id must be unique');
    for (const query of queries) {
      if (!/^[a-z][A-Za-z0-9_]*$/.test(query.Id ?? '')) {
        throw invalid(`Id is '${query.Id}'; allowed are letters, digits and _, a lower-case letter first`);
      }
      if (!query.MetricStat === !query.Expression) {
        throw invalid(`'${query.Id}' must have one of MetricStat and Expression`);
      }
      if (query.MetricStat) statisticNamed(query.MetricStat.Stat ?? '');
      if (query.Expression) parseExpression(query.Expression);
    }
  }

  /** The queries whose results are returned. */
  returned(): MetricDataQuery[] {
    return this.queries.filter((query) => query.ReturnData !== false);
  }

  /** Seconds; an expression has the longest period of the metrics it is made of. */
  periodOf(id: string): number {
    const query = this.query(id);
    const own = query.MetricStat?.Period ?? query.Period;
    if (own) return own;
    const others = this.queries.map((other) => other.MetricStat?.Period ?? other.Period ?? 0);
    return Math.max(0, ...others) || 60;
  }

  evaluate(id: string, grid: Grid): QueryResult[] {
    const memo = new Map<string, QueryResult[]>();
    const evaluating = new Set<string>();
    const results = (wanted: string): QueryResult[] => {
      const known = memo.get(wanted);
      if (known) return known;
      if (evaluating.has(wanted)) throw invalid(`'${wanted}' refers to itself`);
      evaluating.add(wanted);
      const query = this.query(wanted);
      const result = query.MetricStat ? [this.metric(query, grid)] : this.expression(query, grid, results);
      evaluating.delete(wanted);
      memo.set(wanted, result);
      return result;
    };
    return results(id);
  }

  /** What a query's result is, whatever its id and period: the metrics and how they are computed with. */
  identity(id: string): string {
    const { MetricStat, Expression } = this.query(id);
    if (MetricStat) {
      const { namespace, metricName, dimensions } = metricIdOf(MetricStat.Metric ?? {});
      return JSON.stringify([namespace, metricName, Object.entries(dimensions).sort(), MetricStat.Stat]);
    }
    return JSON.stringify(parseExpression(Expression!), (_, node) =>
      isReference(node) ? this.identity(node.name) : node,
    );
  }

  /** Time of the first datapoint that a query's result can have, seconds; undefined when there is none yet. */
  begins(id: string): number | undefined {
    const times = this.metricsOf(id)
      .map((metric) => this.sources.store.firstSeen(metric))
      .filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  private metricsOf(id: string): MetricId[] {
    const { MetricStat, Expression } = this.query(id);
    if (MetricStat) return [metricIdOf(MetricStat.Metric ?? {})];
    const found: MetricId[] = [];
    JSON.stringify(parseExpression(Expression!), (_, node) => {
      if (isReference(node)) found.push(...this.metricsOf(node.name));
      return node;
    });
    return found;
  }

  private metric(query: MetricDataQuery, grid: Grid): QueryResult {
    const { Metric, Stat, Unit, Period } = query.MetricStat!;
    if (Period !== grid.period) {
      throw invalid(
        `'${query.Id}' has a period of ${Period}; metrics that are computed with need one period, ${grid.period}`,
      );
    }
    const id = metricIdOf(Metric ?? {});
    const statistic = statisticNamed(Stat!);
    const samples = this.sources.store.read(id, grid, Unit);
    return {
      label: query.Label ?? id.metricName,
      series: samples.map((period) => period && statistic(period)),
      sampleCounts: samples.map((period) => period?.sampleCount),
    };
  }

  private expression(
    query: MetricDataQuery,
    grid: Grid,
    results: (id: string) => QueryResult[],
  ): QueryResult[] {
    const value = evaluateExpression(query.Expression!, {
      grid,
      metricIds: this.queries.filter((other) => other.MetricStat).map((other) => other.Id!),
      series: (id) => results(id)[0]!.series,
      band: (id, deviations) => {
        const { start, period, length } = grid;
        const times = Array.from({ length }, (_, index) => start + index * period);
        const bands = this.sources.detectors.bands(this, id, { times, period, deviations });
        return new SeriesArray([bands.map((band) => band?.lower), bands.map((band) => band?.upper)]);
      },
    });
    const label = query.Label ?? query.Id!;
    if (value instanceof SeriesArray) return value.items.map((series) => ({ label, series }));
    if (typeof value === 'number') return [{ label, series: new Array(grid.length).fill(value) }];
    return [{ label, series: value }];
  }

  private query(id: string): MetricDataQuery {
    const found = this.byId.get(id);
    if (!found) throw invalid(`an expression refers to '${id}', which is not among the queries`);
    return found;
  }
}

/** Metrics and expressions begin with a small letter, keywords do not. */
function isReference(node: Expression | undefined): node is Extract<Expression, { kind: 'name' }> {
  return node?.kind === 'name' && /^[a-z]/.test(node.name);
}

function invalid(problem: string): AwsError {
  return new AwsError('ValidationError', `Invalid metrics list: ${problem}`);
}
