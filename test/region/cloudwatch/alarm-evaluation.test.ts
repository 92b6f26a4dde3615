import {
  breaches,
  breachesBand,
  evaluate,
  evaluationInterval,
  evaluationRange,
  hasLowSampleCount,
  type Mark,
  periodProblem,
  wallClockProblem,
} from '../../../region/cloudwatch/alarm-evaluation';
import { parseAlarmRule } from '../../../region/cloudwatch/alarm-rule';
import { evaluateExpression } from '../../../region/cloudwatch/metric-math';
import { SeriesArray } from '../../../region/cloudwatch/metric-math-values';
import { vectors as all } from '../../vectors/alarm-evaluation.json';

const REPORTED_ONLY = ['derived-ambiguous', 'documented-conflict', 'community'];
const vectors: any[] = all.filter(({ provenance }) => !REPORTED_ONLY.includes(provenance));
const ofKind = (kind: string) => {
  const found = vectors
    .filter((vector) => vector.kind === kind)
    .map((vector) => [vector.id, vector] as const);
  expect(found.length).toBeGreaterThan(0);
  return found;
};

const MARKS: Record<string, Mark> = { '0': 'ok', X: 'breaching', '-': 'missing' };
const stateOf = (vector: any, treatment: any) =>
  evaluate(
    vector.datapoints.map((point: string) => MARKS[point]!),
    vector.evaluationPeriods,
    vector.datapointsToAlarm,
    treatment,
  ) ?? 'RETAIN';

describe('vectors', () => {
  it('are of kinds that are played here, or in alarms.test.ts', () => {
    const here = [
      'missing-data',
      'missing-data-all-treatments',
      'breach-test',
      'band-breach-test',
      'metric-math',
    ];
    const configurations = ['evaluation-frequency', 'alarm-config', 'wall-clock-config', 'composite-rule'];
    const inAlarms = ['initial-state', 'composite-cycle'];
    const known = [...here, ...configurations, ...inAlarms];
    expect(vectors.filter(({ kind }) => !known.includes(kind))).toEqual([]);
  });

  it.each(vectors.filter(({ kind }) => kind === 'missing-data').map((vector) => [vector.id, vector]))(
    '%s',
    (_, vector) => {
      const state = stateOf(vector, vector.treatMissingData);
      if (vector.expected === 'NOT_ALARM') expect(state).not.toBe('ALARM');
      else expect(state).toBe(vector.expected);
    },
  );

  it.each(
    vectors.filter(({ kind }) => kind === 'missing-data-all-treatments').map((vector) => [vector.id, vector]),
  )('%s', (_, vector) => {
    const treatments = Object.keys(vector.expected);
    expect(Object.fromEntries(treatments.map((name) => [name, stateOf(vector, name)]))).toEqual(
      vector.expected,
    );
  });

  it('breach tests', () => {
    for (const [, vector] of ofKind('breach-test')) {
      expect(breaches(vector.comparisonOperator, vector.value, vector.threshold)).toBe(vector.expected);
    }
    for (const [, vector] of ofKind('band-breach-test')) {
      expect(breachesBand(vector.comparisonOperator, vector.value, vector)).toBe(vector.expected);
    }
  });

  it('evaluation frequency', () => {
    const seconds: Record<string, number> = {
      'every 10 seconds': 10,
      'every 1 minute': 60,
      'every 1 hour': 3600,
    };
    for (const [, { period, evaluationPeriods, expected }] of ofKind('evaluation-frequency')) {
      expect(evaluationInterval(period, evaluationPeriods)).toBe(seconds[expected]);
    }
  });

  it('configurations', () => {
    for (const [, { period, evaluationPeriods, expected }] of ofKind('alarm-config')) {
      expect([period, periodProblem(period, evaluationPeriods) === undefined]).toEqual([
        period,
        expected.valid,
      ]);
    }
    for (const [, { period = 300, timezone, expected }] of ofKind('wall-clock-config')) {
      expect(wallClockProblem(period, timezone) === undefined).toBe(expected.valid);
    }
  });

  it.each(vectors.filter(({ kind }) => kind === 'metric-math').map((vector) => [vector.id, vector]))(
    '%s',
    (_, { expression, inputs, expected }) => {
      const result = evaluateExpression(expression, {
        grid: { start: 0, period: 60, length: expected.length },
        metricIds: Object.keys(inputs),
        series: (id) => inputs[id].map((value: number | null) => value ?? undefined),
        band: () => new SeriesArray([]),
      });
      expect((result as (number | undefined)[]).map((value) => value ?? null)).toEqual(expected);
    },
  );

  it.each(vectors.filter(({ kind }) => kind === 'composite-rule').map((vector) => [vector.id, vector]))(
    '%s',
    (_, { rule, states, expected }) => {
      expect(parseAlarmRule(rule).holds((name) => states[name])).toBe(expected === 'ALARM');
      expect(parseAlarmRule(rule).children).toEqual(Object.keys(states));
    },
  );
});

it('looks at two periods beyond the evaluation periods', () => {
  expect(evaluationRange(3)).toBe(5);
});

it.each([
  [99, 999, true],
  [99, 1000, false],
  [90, 99, true],
  [90, 100, false],
  [50, 19, true],
  [50, 20, false],
  [10, 99, true],
  [10, 100, false],
])('p%d of %d samples is unsure: %s', (percentile, samples, expected) => {
  expect(hasLowSampleCount(percentile, samples)).toBe(expected);
});

it('refuses a wall clock window with a period or time zone it cannot align', () => {
  expect(wallClockProblem(120)).toContain('Period is 120');
  expect(wallClockProblem(3600, 'Asia/Tokyo')).toContain('Timezone is Asia/Tokyo');
});
