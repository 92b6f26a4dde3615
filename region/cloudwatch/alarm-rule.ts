import { AwsError } from '../service';
import type { AlarmState } from './alarm-evaluation';

/** A composite alarm's rule: what it depends on, and whether it holds. */
export interface AlarmRule {
  /** Names or ARNs as written, each once. */
  readonly children: readonly string[];
  holds(stateOf: (alarm: string) => AlarmState | undefined): boolean;
}

type Test = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];
/** Words and punctuation; a name in double quotes is one token. */
const TOKEN = /\s*("([^"]*)"|[(),]|[^\s(),"]+)/y;

/**
 * Parses a rule: AND, OR, NOT, parentheses, ALARM(), OK(), INSUFFICIENT_DATA(), TRUE, FALSE and
 * AT_LEAST(count or percentage, [NOT] state, (alarms)). NOT binds tightest, then AND, then OR.
 * @throws AwsError ValidationError
 * @see CloudWatch User Guide: Composite alarms, Rule expressions
 */
export function parseAlarmRule(source: string): AlarmRule {
  const tokens = tokenize(source);
  const children = new Set<string>();
  let position = 0;

  const fail = (expected: string): never => {
    throw new AwsError(
      'ValidationError',
      `AlarmRule '${source}': found ${tokens[position] ? `'${tokens[position]}'` : 'its end'} where ${expected} is expected`,
    );
  };
  const take = (text: string): boolean => {
    if (tokens[position] !== text) return false;
    position++;
    return true;
  };
  const expect = (text: string): void => {
    if (!take(text)) fail(`'${text}'`);
  };
  const state = (): string => {
    const found = tokens[position];
    if (!STATES.includes(found ?? '')) return fail(STATES.join(', '));
    position++;
    return found!;
  };
  /** A name without quotes may hold spaces; it runs to the next comma or parenthesis. */
  const alarm = (): string => {
    const words: string[] = [];
    while (tokens[position] !== undefined && !['(', ')', ','].includes(tokens[position]!)) {
      words.push(tokens[position++]!);
    }
    if (words.length === 0) return fail("an alarm's name or ARN");
    const name = words.join(' ').replace(/^"(.*)"$/, '$1');
    children.add(name);
    return name;
  };
  const either = (): Test => {
    let left = both();
    while (take('OR')) {
      const [one, other] = [left, both()];
      left = (stateOf) => one(stateOf) || other(stateOf);
    }
    return left;
  };
  const both = (): Test => {
    let left = not();
    while (take('AND')) {
      const [one, other] = [left, not()];
      left = (stateOf) => one(stateOf) && other(stateOf);
    }
    return left;
  };
  const not = (): Test => {
    if (!take('NOT')) return primary();
    const operand = not();
    return (stateOf) => !operand(stateOf);
  };
  const primary = (): Test => {
    if (take('TRUE')) return () => true;
    if (take('FALSE')) return () => false;
    if (take('AT_LEAST')) return atLeast();
    if (take('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    const wanted = state();
    expect('(');
    const name = alarm();
    expect(')');
    return (stateOf) => stateOf(name) === wanted;
  };
  const atLeast = (): Test => {
    expect('(');
    const threshold = /^(\d+)(%?)$/.exec(tokens[position] ?? '') ?? fail('a count or a percentage');
    position++;
    expect(',');
    const negated = take('NOT');
    const wanted = state();
    expect(',');
    expect('(');
    const names = [alarm()];
    while (take(',')) names.push(alarm());
    expect(')');
    expect(')');
    const amount = Number(threshold[1]);
    const least = threshold[2] ? Math.ceil((amount / 100) * names.length) : amount;
    return (stateOf) => names.filter((name) => (stateOf(name) === wanted) !== negated).length >= least;
  };

  const holds = either();
  if (position < tokens.length) fail('AND, OR or the end');
  if (children.size > 100) {
    throw new AwsError(
      'ValidationError',
      `AlarmRule refers to ${children.size} alarms; allowed are at most 100`,
    );
  }
  return { children: [...children], holds };
}

function tokenize(source: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (source.slice(pattern.lastIndex).trim()) {
    const start = pattern.lastIndex;
    const found = pattern.exec(source);
    if (!found) {
      throw new AwsError(
        'ValidationError',
        `AlarmRule '${source}': cannot read '${source.slice(start).trim()}'`,
      );
    }
    tokens.push(found[1]!);
  }
  return tokens;
}
