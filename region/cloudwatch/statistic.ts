import { AwsError } from '../service';
import type { Distribution } from './distribution';

/** Reads one number off a period's samples; undefined when it cannot be computed from what was published. */
export type Statistic = (samples: Distribution) => number | undefined;

const SIMPLE: Readonly<Record<string, Statistic>> = {
  SampleCount: (samples) => samples.sampleCount,
  Sum: (samples) => samples.sum,
  Average: (samples) => samples.sum / samples.sampleCount,
  Minimum: (samples) => samples.minimum,
  Maximum: (samples) => samples.maximum,
  IQM: (samples) => average(samples.between(25, 75)),
};

const TRIMMED: Readonly<
  Record<string, (samples: Distribution, low: number, high: number) => number | undefined>
> = {
  tm: (samples, low, high) => average(samples.between(low, high)),
  wm: (samples, low, high) => average(samples.winsorized(low, high)),
  tc: (samples, low, high) => samples.between(low, high)?.sampleCount,
  ts: (samples, low, high) => samples.between(low, high)?.sum,
};

/**
 * The statistic of that name: `Sum`, `p99.9`, `tm90`, `TM(10%:90%)`, `IQM`.
 * @throws AwsError ValidationError for any other
 * @see CloudWatch User Guide: Statistics definitions
 */
export function statisticNamed(name: string): Statistic {
  const simple = SIMPLE[name];
  if (simple) return simple;
  const short = /^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name);
  if (short) {
    const percent = Number(short[2]);
    if (short[1] === 'p') return (samples) => samples.percentile(percent);
    return (samples) => TRIMMED[short[1]!]!(samples, 0, percent);
  }
  const range = /^(TM|WM|TC|TS)\((\d+(?:\.\d+)?)?%?:(?:(\d+(?:\.\d+)?)%)?\)$/.exec(name);
  if (range) {
    const [low, high] = [Number(range[2] ?? 0), Number(range[3] ?? 100)];
    return (samples) => TRIMMED[range[1]!.toLowerCase()]!(samples, low, high);
  }
  throw new AwsError(
    'ValidationError',
    `The statistic ${name} is not known; allowed are ${Object.keys(SIMPLE).join(', ')}, pNN.NN, tmNN, wmNN, tcNN, tsNN ` +
      'and TM, WM, TC, TS with a range of percentages, TM(10%:90%)',
  );
}

/** The percentile that the name asks for, when it is one. */
export function percentileOf(name: string): number | undefined {
  const found = /^p(\d+(?:\.\d+)?)$/.exec(name);
  return found ? Number(found[1]) : undefined;
}

function average(samples: Distribution | undefined): number | undefined {
  return samples?.sampleCount ? samples.sum / samples.sampleCount : undefined;
}
