import { calendarMinute, type Zone } from '../clock/calendar';
import type { Series } from './metric-math-values';
import type { Grid } from './metric-store';

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Time zones differ by multiples of a quarter of an hour. */
const QUARTER = HOUR / 4;

/** What CloudWatch learns from at most, seconds. @see CloudWatch User Guide: Using CloudWatch anomaly detection */
const LONGEST_TRAINING = 2 * WEEK;
/** The least that this model calls enough: one of every hour of the week. */
const SHORTEST_TRAINING = WEEK;
/** Of the expected value: a metric that has never varied would have a band without any width. */
const LEAST_DEVIATION = 0.05;

export interface Band {
  readonly lower: number;
  readonly upper: number;
}

export interface Training {
  readonly grid: Grid;
  readonly series: Series;
  /** Time of the metric's first datapoint, seconds; undefined when it has none. */
  readonly begins?: number;
  readonly zone: Zone;
  /** Whether a time, in seconds, is left out. */
  readonly excluded: (time: number) => boolean;
}

interface Hour {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * What is usual for a metric, *modelled*: AWS does not publish CloudWatch's own model. It says that the model learns
 * hourly, daily and weekly patterns from up to two weeks of the metric's history, also from less, goes on learning,
 * and gives a count no negative band. The simplest model that does so is the mean and the standard deviation of each
 * hour of the week, in the metric's time zone, learnt anew every day at 0:00 UTC.
 *
 * How little history is enough AWS does not say. Here it is a week: before that, some hours of the week have not been.
 * Unlike CloudWatch's, this model knows no trend, and an hour in which the metric rises or falls gets a wide band.
 *
 * @see CloudWatch User Guide: Using CloudWatch anomaly detection
 */
export class AnomalyModel {
  private readonly hours = new Map<string, Hour>();
  private readonly hourAt: (time: number) => string;
  private readonly neverNegative: boolean;

  /** The datapoints from which the model of that time, in seconds, learns. */
  static trainingGrid(time: number, period: number): Grid {
    const length = Math.floor(LONGEST_TRAINING / period);
    return { start: AnomalyModel.day(time) * DAY - length * period, period, length };
  }

  /** Every day has a model of its own. */
  static day(time: number): number {
    return Math.floor(time / DAY);
  }

  constructor({ grid, series, begins = Number.POSITIVE_INFINITY, zone, excluded }: Training) {
    this.hourAt = hourOfTheWeek(zone);
    const learnt = new Map<string, number[]>();
    const enough = begins <= grid.start + grid.length * grid.period - SHORTEST_TRAINING;
    for (const [index, value] of enough ? series.entries() : []) {
      const time = grid.start + index * grid.period;
      if (value === undefined || time < begins || excluded(time)) continue;
      const hour = this.hourAt(time);
      const values = learnt.get(hour) ?? [];
      values.push(value);
      learnt.set(hour, values);
    }
    for (const [hour, values] of learnt) this.hours.set(hour, hourFrom(values));
    this.neverNegative = [...learnt.values()].flat().every((value) => value >= 0);
  }

  /** Whether it has learnt enough for a band. */
  get trained(): boolean {
    return this.hours.size > 0;
  }

  /** The values that are usual at that time, in seconds; undefined when the model has not learnt that hour. */
  band(time: number, deviations: number): Band | undefined {
    const hour = this.hours.get(this.hourAt(time));
    if (!hour) return undefined;
    const lower = hour.mean - deviations * hour.deviation;
    const upper = hour.mean + deviations * hour.deviation;
    return { lower: this.neverNegative ? Math.max(0, lower) : lower, upper };
  }
}

/** Names the hour of the week of a time, in seconds. A calendar is slow: it is asked once for a quarter of an hour. */
function hourOfTheWeek(zone: Zone): (time: number) => string {
  const known = new Map<number, string>();
  return (time) => {
    const quarter = Math.floor(time / QUARTER);
    let name = known.get(quarter);
    if (!name) {
      const { weekday, hour } = calendarMinute(quarter * QUARTER * 1000, zone);
      name = `${weekday} ${hour}`;
      known.set(quarter, name);
    }
    return name;
  };
}

function hourFrom(values: readonly number[]): Hour {
  const mean = average(values);
  const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
  return { mean, deviation: Math.max(deviation, LEAST_DEVIATION * Math.abs(mean)) };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
