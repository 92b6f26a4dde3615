import { evaluateExpression } from '../../../region/cloudwatch/metric-math';
import { SeriesArray } from '../../../region/cloudwatch/metric-math-values';

const NONE = undefined;
const series: Record<string, (number | undefined)[]> = {
  requests: [100, 50, NONE, 0],
  errors: [5, NONE, NONE, NONE],
  gaps: [NONE, 2, NONE, 6],
};

function evaluated(expression: string): unknown {
  const value = evaluateExpression(expression, {
    grid: { start: Date.UTC(2026, 0, 1, 13, 58) / 1000, period: 60, length: 4 },
    metricIds: Object.keys(series),
    series(id) {
      const found = series[id];
      if (!found) throw new Error(`no ${id}`);
      return found;
    },
    band: (id, deviations) =>
      new SeriesArray([[series[id]![0]! - deviations], [series[id]![0]! + deviations]]),
  });
  return value instanceof SeriesArray ? value.items : value;
}

it.each<[string, unknown]>([
  ['1 + 2 * 3 ^ 2', 19],
  ['-2 ^ 2', -4],
  ['(1 + 2) * -3', -9],
  ['1.5e2 - .5', 149.5],
  ['10 - 2 - 3', 5],
  // A missing datapoint counts as 0 against a present one, and is no datapoint against none.
  ['errors + requests', [105, 50, NONE, 0]],
  ['errors > requests', [0, 0, NONE, 0]],
  ['errors + 1', [6, NONE, NONE, NONE]],
  ['errors / requests', [0.05, 0, NONE, NONE]],
  ['100 * (errors / requests)', [5, 0, NONE, NONE]],
  ['requests / 0', [NONE, NONE, NONE, NONE]],
  ['requests == 50 OR requests == 100', [1, 1, NONE, 0]],
  ['requests > 10 && errors > 0', [1, 0, NONE, 0]],
  ['IF(requests > 50, 1, 0)', [1, 0, NONE, 0]],
  ['IF(requests > 50, errors, gaps)', [5, 2, NONE, 6]],
  ['IF(0, requests, 7)', 7],
  ['FILL(errors, 0)', [5, 0, 0, 0]],
  ['FILL(gaps, REPEAT)', [NONE, 2, 2, 6]],
  ['FILL(gaps, LINEAR)', [NONE, 2, 4, 6]],
  ['FILL(errors, requests)', [5, 50, NONE, 0]],
  ['SUM(requests)', 150],
  ['AVG(requests)', 50],
  ['MIN(gaps) + MAX(gaps)', 8],
  ['STDDEV(gaps)', 2],
  ['DATAPOINT_COUNT(requests)', 3],
  ['SUM([requests, gaps])', [100, 52, NONE, 6]],
  ['MAX(METRICS("e"))', [100, 50, NONE, 0]],
  ['METRIC_COUNT(METRICS())', 3],
  ['LAST(METRICS())', [NONE, 2, NONE, 6]],
  ['METRICS("gaps") * 2', [[NONE, 4, NONE, 12]]],
  [
    '[requests, gaps] + [gaps, requests]',
    [
      [100, 52, NONE, 6],
      [100, 52, NONE, 6],
    ],
  ],
  ['REMOVE_EMPTY([requests, requests / 0])', [[100, 50, NONE, 0]]],
  ['ABS(-3)', 3],
  ['CEIL(requests / 30)', [4, 2, NONE, 0]],
  ['FLOOR(requests / 30)', [3, 1, NONE, 0]],
  ['LOG10(requests)', [2, Math.log10(50), NONE, NONE]],
  ['DIFF(gaps)', [NONE, NONE, NONE, 4]],
  ['DIFF_TIME(gaps)', [NONE, NONE, NONE, 120]],
  ['RATE(gaps) * 60', [NONE, NONE, NONE, 2]],
  ['RUNNING_SUM(requests)', [100, 150, NONE, 150]],
  ['requests * 0 + PERIOD(requests)', [60, 60, NONE, 60]],
  ['HOUR(requests)', [13, 13, NONE, 14]],
  ['DAY(requests)', [4, 4, NONE, 4]],
  ['TIME_SERIES(3)', [3, 3, 3, 3]],
  ['ANOMALY_DETECTION_BAND(requests, 3)', [[97], [103]]],
  ['ANOMALY_DETECTION_BAND(requests)', [[98], [102]]],
])('%s', (expression, expected) => {
  expect(evaluated(expression)).toEqual(expected);
});

it.each([
  ['NOSUCH(requests)', 'the function NOSUCH is not played here'],
  [
    'ANOMALY_DETECTION_BAND(requests + 1, 2)',
    'ANOMALY_DETECTION_BAND takes the id of a metric or an expression',
  ],
  ['ANOMALY_DETECTION_BAND(requests, 0)', 'a number of standard deviations above 0'],
  ["SEARCH('{AWS/EC2}', 'Average')", 'the function SEARCH is not played here'],
  ['errors /', "Error in expression 'errors /': found its end"],
  ['errors requests', "found 'requests' where an operator is expected"],
  ['errors % 2', "cannot read '% 2'"],
  ['FILL(errors, SOMEHOW)', 'FILL takes a number, a series, REPEAT or LINEAR, found SOMEHOW'],
  ['IF(errors, 1)', 'IF takes 3 arguments, found 2'],
  ['[errors] + [errors, errors]', 'the two arrays differ in length'],
  ['"text"', "the result is the text 'text'"],
])('refuses %s', (expression, message) => {
  expect(() => evaluated(expression)).toThrow(expect.objectContaining({ code: 'ValidationError' }));
  expect(() => evaluated(expression)).toThrow(message);
});
