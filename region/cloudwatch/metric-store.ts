import type { Metric as ApiMetric } from '@aws-sdk/client-cloudwatch';
import { Distribution } from './distribution';

export interface MetricId {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A metric as the API names it. */
export function metricIdOf({ Namespace, MetricName, Dimensions }: ApiMetric): MetricId {
  return {
    namespace: Namespace ?? '',
    metricName: MetricName ?? '',
    dimensions: Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name!, Value!])),
  };
}

export interface Sample extends MetricId {
  readonly value: number;
  /** `Count`, `Seconds`. @default 'None' */
  readonly unit?: string;
  /** How many samples have this value. @default 1 */
  readonly count?: number;
}

/** Equally spaced periods; times in seconds since the epoch. */
export interface Grid {
  readonly start: number;
  /** Seconds. */
  readonly period: number;
  readonly length: number;
}

/** @see CloudWatch User Guide: Metrics concepts, Metrics retention */
const RETENTION = { minutes: 15 * 24 * 3600, seconds: 3 * 3600 };

interface Metric {
  readonly id: MetricId;
  unit: string;
  firstSeen: number;
  lastSeen: number;
  /** Every metric is kept by the minute, by the minute's first second. */
  readonly minutes: Map<number, Distribution>;
  /** High-resolution samples are kept by the second besides. */
  readonly seconds: Map<number, Distribution>;
}

/** The metrics of one account and region. Its size is bounded by retention, not by traffic. */
export class MetricStore {
  private readonly metrics = new Map<string, Metric>();

  /**
   * Adds to a metric.
   * @param time seconds since the epoch
   * @param fill puts the samples into the period's distribution
   */
  add(
    id: MetricId,
    time: number,
    fill: (samples: Distribution) => void,
    options: { unit?: string; highResolution?: boolean } = {},
  ): void {
    const key = keyOf(id);
    let metric = this.metrics.get(key);
    if (!metric) {
      metric = {
        id,
        unit: options.unit ?? 'None',
        firstSeen: time,
        lastSeen: time,
        minutes: new Map(),
        seconds: new Map(),
      };
      this.metrics.set(key, metric);
    }
    metric.firstSeen = Math.min(metric.firstSeen, time);
    metric.lastSeen = Math.max(metric.lastSeen, time);
    fill(period(metric.minutes, time - (time % 60), RETENTION.minutes));
    if (options.highResolution) fill(period(metric.seconds, Math.floor(time), RETENTION.seconds));
  }

  /** The samples of each period of the grid; a period without any is undefined. */
  read(id: MetricId, grid: Grid, unit?: string): (Distribution | undefined)[] {
    const metric = this.metrics.get(keyOf(id));
    const result: (Distribution | undefined)[] = new Array(grid.length).fill(undefined);
    if (!metric || (unit && unit !== metric.unit)) return result;
    const [kept, step] = grid.period < 60 ? [metric.seconds, 1] : [metric.minutes, 60];
    for (let index = 0; index < grid.length; index++) {
      const start = grid.start + index * grid.period;
      let merged: Distribution | undefined;
      for (let time = start - (start % step); time < start + grid.period; time += step) {
        const samples = time >= start ? kept.get(time) : undefined;
        if (!samples) continue;
        merged ??= new Distribution();
        merged.merge(samples);
      }
      result[index] = merged;
    }
    return result;
  }

  unitOf(id: MetricId): string | undefined {
    return this.metrics.get(keyOf(id))?.unit;
  }

  /** Time of a metric's first datapoint, seconds, however long that is past its retention. */
  firstSeen(id: MetricId): number | undefined {
    return this.metrics.get(keyOf(id))?.firstSeen;
  }

  list(): { id: MetricId; lastSeen: number }[] {
    return [...this.metrics.values()];
  }
}

/** The distribution of a period, made when missing; a new one pushes out those past their retention. */
function period(kept: Map<number, Distribution>, start: number, retention: number): Distribution {
  let samples = kept.get(start);
  if (!samples) {
    samples = new Distribution();
    kept.set(start, samples);
    for (const oldest of kept.keys()) {
      if (oldest >= start - retention) break;
      kept.delete(oldest);
    }
  }
  return samples;
}

function keyOf({ namespace, metricName, dimensions }: MetricId): string {
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  let key = `${namespace}\n${metricName}`;
  for (const name of names) key += `\n${name}=${dimensions[name]}`;
  return key;
}
