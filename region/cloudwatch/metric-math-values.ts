import type { Grid } from './metric-store';

/** One value for each period of the grid; undefined where there is no datapoint. */
export type Series = readonly (number | undefined)[];
export type Value = number | Series | Text | SeriesArray;

/** Several time series, as METRICS() and `[m1, m2]` give them. */
export class SeriesArray {
  constructor(readonly items: readonly Series[]) {}
}

/** A string literal or one of FILL's keywords. */
export class Text {
  constructor(readonly text: string) {}
}

export interface MathContext {
  readonly grid: Grid;
  /** The series with that id; throws when the request has none. */
  series(id: string): Series;
  /** The band of what is usual for the series with that id: its lower bound, then its upper. */
  band(id: string, deviations: number): SeriesArray;
  /** Ids of the request's metrics (not of its expressions), in order. */
  readonly metricIds: readonly string[];
}

/** What a function is given besides its arguments. */
export interface FunctionContext extends MathContext {
  fail(problem: string): never;
}

/** The value as time series: a number is the same in every period. */
export function seriesOf(value: Value, grid: Grid, fail: (problem: string) => never): readonly Series[] {
  if (value instanceof Text) return fail(`'${value.text}' is no time series`);
  if (value instanceof SeriesArray) return value.items;
  return [typeof value === 'number' ? new Array<number>(grid.length).fill(value) : value];
}
