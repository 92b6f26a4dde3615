import { AwsError } from '../service';

/** A metric math expression as a tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Loosest first. The order among them is not documented; it is the usual one. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|'([^']*)'|(\|\||&&|[=!<>]=|[-+*/^<>()[\],]))/y;

interface Token {
  readonly kind: 'number' | 'word' | 'text' | 'symbol';
  readonly text: string;
}

/**
 * Parses a metric math expression.
 * @throws AwsError ValidationError with the expression and what was found in it
 * @see CloudWatch User Guide: Using math expressions with CloudWatch metrics
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let position = 0;

  const fail = (expected: string): never => {
    const found = tokens[position] ? `'${tokens[position]!.text}'` : 'its end';
    throw mathError(source, `found ${found} where ${expected} is expected`);
  };
  const take = (...texts: string[]): string | undefined => {
    const token = tokens[position];
    if (!token || token.kind === 'text' || token.kind === 'number') return undefined;
    const text = token.kind === 'word' ? token.text.toUpperCase() : token.text;
    if (!texts.includes(text)) return undefined;
    position++;
    return text;
  };
  const list = (end: string): Expression[] => {
    const items: Expression[] = [];
    if (take(end)) return items;
    do items.push(binary(0));
    while (take(','));
    if (!take(end)) fail(`',' or '${end}'`);
    return items;
  };
  const binary = (level: number): Expression => {
    const operators = PRECEDENCE[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (let operator = take(...operators); operator; operator = take(...operators)) {
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
    return left;
  };
  const unary = (): Expression => {
    if (take('-')) return { kind: 'negative', operand: unary() };
    const base = primary();
    return take('^') ? { kind: 'binary', operator: '^', left: base, right: unary() } : base;
  };
  const primary = (): Expression => {
    if (take('(')) {
      const inner = binary(0);
      if (!take(')')) fail("')'");
      return inner;
    }
    if (take('[')) return { kind: 'array', items: list(']') };
    const token = tokens[position];
    if (!token || token.kind === 'symbol') return fail('a number, a metric or a function');
    position++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    if (take('(')) return { kind: 'call', name: token.text.toUpperCase(), args: list(')') };
    return { kind: 'name', name: token.text };
  };

  const expression = binary(0);
  if (position < tokens.length) fail('an operator');
  return expression;
}

export function mathError(source: string, problem: string): AwsError {
  return new AwsError('ValidationError', `Error in expression '${source}': ${problem}`);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (source.slice(pattern.lastIndex).trim()) {
    const start = pattern.lastIndex;
    const found = pattern.exec(source);
    if (!found) throw mathError(source, `cannot read '${source.slice(start).trim()}'`);
    const [, number, word, double, single, symbol] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else tokens.push({ kind: 'text', text: (double ?? single)! });
  }
  return tokens;
}
