import {
  type FunctionContext,
  type Series,
  SeriesArray,
  seriesOf,
  Text,
  type Value,
} from './metric-math-values';

type MathFunction = (args: readonly Value[], context: FunctionContext) => Value;

/**
 * The functions of metric math that are played.
 * @see CloudWatch User Guide: Metric math syntax and functions
 */
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: pointwise(Math.abs),
  CEIL: pointwise(Math.ceil),
  FLOOR: pointwise(Math.floor),
  LOG: pointwise((value) => (value > 0 ? Math.log(value) : undefined)),
  LOG10: pointwise((value) => (value > 0 ? Math.log10(value) : undefined)),

  SUM: aggregate((values) => values.reduce((sum, value) => sum + value, 0)),
  AVG: aggregate(mean),
  MIN: aggregate((values) => Math.min(...values)),
  MAX: aggregate((values) => Math.max(...values)),
  STDDEV: aggregate((values) => {
    const middle = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  }),
  DATAPOINT_COUNT: aggregate((values) => values.length),

  DIFF: wholeSeries((series) => differences(series, (change) => change)),
  DIFF_TIME: wholeSeries((series, { grid }) => differences(series, (_, periods) => periods * grid.period)),
  RATE: wholeSeries((series, { grid }) =>
    differences(series, (change, periods) => change / (periods * grid.period)),
  ),
  RUNNING_SUM: wholeSeries((series) => {
    let sum = 0;
    return series.map((value) => {
      if (value === undefined) return undefined;
      sum += value;
      return sum;
    });
  }),
  REMOVE_EMPTY: (args, context) =>
    new SeriesArray(
      arrayArgument(args, 0, context).filter((series) => series.some((value) => value !== undefined)),
    ),

  METRICS: (args, context) => {
    const part = args[0] instanceof Text ? args[0].text : '';
    return new SeriesArray(
      context.metricIds.filter((id) => id.includes(part)).map((id) => context.series(id)),
    );
  },
  METRIC_COUNT: (args, context) => arrayArgument(args, 0, context).length,
  FIRST: (args, context) => arrayArgument(args, 0, context).at(0) ?? [],
  LAST: (args, context) => arrayArgument(args, 0, context).at(-1) ?? [],
  TIME_SERIES: (args, context) =>
    seriesOf(args[0] ?? context.fail('a value is missing'), context.grid, context.fail)[0]!,
  PERIOD: (_, { grid }) => grid.period,

  MINUTE: calendar((date) => date.getUTCMinutes()),
  HOUR: calendar((date) => date.getUTCHours()),
  DAY: calendar((date) => date.getUTCDay() || 7),
  DATE: calendar((date) => date.getUTCDate()),
  MONTH: calendar((date) => date.getUTCMonth() + 1),
  YEAR: calendar((date) => date.getUTCFullYear()),
  EPOCH: calendar((date) => date.getTime() / 1000),

  IF: (args, context) => {
    const [condition, yes, no] = args;
    if (args.length !== 3) return context.fail(`IF takes 3 arguments, found ${args.length}`);
    if (typeof condition === 'number') return condition !== 0 ? yes! : no!;
    const [when, then, otherwise] = [condition!, yes!, no!].map(
      (value) => seriesOf(value, context.grid, context.fail)[0] ?? [],
    );
    // By the guide's examples: no datapoint where the condition has none; a missing datapoint of the value for true
    // counts as 0, one of the value for false stays missing.
    return when!.map((value, index) => {
      if (value === undefined) return undefined;
      return value !== 0 ? (then![index] ?? 0) : otherwise![index];
    });
  },

  FILL: (args, context) => {
    const [value, filler] = args;
    if (!value || filler === undefined) return context.fail('FILL takes a series and what to fill it with');
    const filled = seriesOf(value, context.grid, context.fail).map((series) => fill(series, filler, context));
    return value instanceof SeriesArray ? new SeriesArray(filled) : filled[0]!;
  },
};

/** For each datapoint of a number, a series or an array of series. */
function pointwise(compute: (value: number) => number | undefined): MathFunction {
  const each = wholeSeries((series) =>
    series.map((value) => (value === undefined ? undefined : compute(value))),
  );
  return (args, context) => (typeof args[0] === 'number' ? (compute(args[0]) ?? []) : each(args, context));
}

/** For a series as a whole, or each of an array. */
function wholeSeries(compute: (series: Series, context: FunctionContext) => Series): MathFunction {
  return (args, context) => {
    const value = args[0] ?? context.fail('an argument is missing');
    const results = seriesOf(value, context.grid, context.fail).map((series) => compute(series, context));
    return value instanceof SeriesArray ? new SeriesArray(results) : results[0]!;
  };
}

/** One number of a single series; of an array of series, one series with the result of each period. */
function aggregate(compute: (values: number[]) => number): MathFunction {
  return (args, context) => {
    const value = args[0] ?? context.fail('an argument is missing');
    if (typeof value === 'number') return value;
    const all = seriesOf(value, context.grid, context.fail);
    const present = (values: Series) => values.filter((number) => number !== undefined);
    if (value instanceof SeriesArray) {
      return Array.from({ length: context.grid.length }, (_, index) => {
        const values = present(all.map((series) => series[index]));
        return values.length > 0 ? compute(values) : undefined;
      });
    }
    const values = present(all[0]!);
    return values.length > 0 ? compute(values) : [];
  };
}

/** From the calendar of each datapoint's time, UTC. DAY is 1 on Monday and 7 on Sunday. */
function calendar(compute: (date: Date) => number): MathFunction {
  return wholeSeries((series, { grid }) =>
    series.map((value, index) =>
      value === undefined ? undefined : compute(new Date((grid.start + index * grid.period) * 1000)),
    ),
  );
}

function arrayArgument(args: readonly Value[], index: number, context: FunctionContext): readonly Series[] {
  return seriesOf(args[index] ?? context.fail('an array is missing'), context.grid, context.fail);
}

/** Each datapoint against the one before it, however many periods ago; the first has none. */
function differences(series: Series, compute: (change: number, periods: number) => number): Series {
  let before: { value: number; index: number } | undefined;
  return series.map((value, index) => {
    if (value === undefined) return undefined;
    const result = before && compute(value - before.value, index - before.index);
    before = { value, index };
    return result;
  });
}

function fill(series: Series, filler: Value, context: FunctionContext): Series {
  if (filler instanceof Text) {
    const keyword = filler.text.toUpperCase();
    if (keyword === 'REPEAT') {
      let last: number | undefined;
      return series.map((value) => (last = value ?? last));
    }
    if (keyword === 'LINEAR') return series.map((value, index) => value ?? interpolated(series, index));
    return context.fail(`FILL takes a number, a series, REPEAT or LINEAR, found ${filler.text}`);
  }
  const [other] = seriesOf(filler, context.grid, context.fail);
  return Array.from({ length: context.grid.length }, (_, index) => series[index] ?? other?.[index]);
}

function interpolated(series: Series, index: number): number | undefined {
  const before = series.findLastIndex((value, at) => at < index && value !== undefined);
  const after = series.findIndex((value, at) => at > index && value !== undefined);
  if (before < 0 || after < 0) return undefined;
  const [from, to] = [series[before]!, series[after]!];
  return from + ((to - from) * (index - before)) / (after - before);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
