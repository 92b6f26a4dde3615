import { FUNCTIONS } from './metric-math-functions';
import { type Expression, mathError, parseExpression } from './metric-math-parser';
import { type MathContext, type Series, SeriesArray, seriesOf, Text, type Value } from './metric-math-values';

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // Division by zero leaves no datapoint.
  '/': (a, b) => (b === 0 ? undefined : a / b),
  '^': (a, b) => finite(a ** b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
};
const ALIASES: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

/** Evaluates a metric math expression. @throws AwsError ValidationError */
export function evaluateExpression(source: string, context: MathContext): number | Series | SeriesArray {
  const fail = (problem: string): never => {
    throw mathError(source, problem);
  };
  const evaluate = (node: Expression): Value => {
    switch (node.kind) {
      case 'number':
        return node.value;
      case 'text':
        return new Text(node.value);
      case 'name':
        return /^[A-Z]/.test(node.name) ? new Text(node.name) : context.series(node.name);
      case 'array':
        return new SeriesArray(node.items.flatMap((item) => seriesOf(evaluate(item), context.grid, fail)));
      case 'negative':
        return pairwise((_, value) => -value, 0, evaluate(node.operand), fail);
      case 'binary': {
        const operate = OPERATORS[ALIASES[node.operator] ?? node.operator]!;
        return pairwise(operate, evaluate(node.left), evaluate(node.right), fail);
      }
      case 'call': {
        if (node.name === 'ANOMALY_DETECTION_BAND') return band(node.args, context, fail);
        const play = FUNCTIONS[node.name];
        if (!play) {
          const known = ['ANOMALY_DETECTION_BAND', ...Object.keys(FUNCTIONS)].sort().join(', ');
          return fail(`the function ${node.name} is not played here; known are ${known}`);
        }
        return play(node.args.map(evaluate), { ...context, fail });
      }
    }
  };
  const value = evaluate(parseExpression(source));
  return value instanceof Text ? fail(`the result is the text '${value.text}'`) : value;
}

/** Its first argument stays a name: the band is learnt from more of the series than the request asks for. */
function band(
  [series, deviations = { kind: 'number', value: 2 }]: readonly Expression[],
  context: MathContext,
  fail: (problem: string) => never,
): SeriesArray {
  if (series?.kind !== 'name')
    return fail('ANOMALY_DETECTION_BAND takes the id of a metric or an expression');
  if (deviations.kind !== 'number' || deviations.value <= 0)
    return fail('ANOMALY_DETECTION_BAND takes a number of standard deviations above 0');
  context.series(series.name);
  return context.band(series.name, deviations.value);
}

/** Applies an operator to numbers, series and arrays of series. */
function pairwise(
  operate: (left: number, right: number) => number | undefined,
  left: Value,
  right: Value,
  fail: (problem: string) => never,
): Value {
  if (left instanceof Text || right instanceof Text) return fail('an operator cannot be applied to a text');
  if (left instanceof SeriesArray || right instanceof SeriesArray) {
    const length = (left instanceof SeriesArray ? left : (right as SeriesArray)).items.length;
    const item = (value: number | Series | SeriesArray, index: number) =>
      value instanceof SeriesArray ? (value.items[index] ?? fail('the two arrays differ in length')) : value;
    if (right instanceof SeriesArray && right.items.length !== length)
      fail('the two arrays differ in length');
    return new SeriesArray(
      Array.from(
        { length },
        (_, index) => pairwise(operate, item(left, index), item(right, index), fail) as Series,
      ),
    );
  }
  if (typeof left === 'number' && typeof right === 'number') return operate(left, right) ?? [];
  if (typeof left === 'number') return (right as Series).map((b) => (b === undefined ? b : operate(left, b)));
  if (typeof right === 'number') return left.map((a) => (a === undefined ? a : operate(a, right)));
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, index) => {
    const [a, b] = [left[index], right[index]];
    // Where one of two series has no datapoint it counts as 0; where both have none there is none.
    return a === undefined && b === undefined ? undefined : operate(a ?? 0, b ?? 0);
  });
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
