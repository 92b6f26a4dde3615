import { BlockList, isIP } from 'node:net';

/**
 * EventBridge's event patterns: a field matches when any of its listed values does, an event when all fields do.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export type EventPattern = { readonly [field: string]: unknown };

type Matcher = (value: unknown) => boolean;

/** Content filters by name; each takes its argument and says what matches. A value that is absent is `undefined`. */
const FILTERS: Readonly<Record<string, (argument: any) => Matcher>> = {
  prefix: (argument) => affix(argument, (text, part) => text.startsWith(part)),
  suffix: (argument) => affix(argument, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument) => (value) =>
    typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase(),
  wildcard: (argument) => wildcard(argument),
  exists: (argument) => (value) => (value !== undefined) === argument,
  numeric: (argument) => numeric(argument),
  cidr: (argument) => cidr(argument),
  'anything-but': (argument) => {
    const unwanted = Array.isArray(argument)
      ? argument.map(exact)
      : typeof argument === 'object' && argument !== null
        ? anyOfFilter(argument)
        : [exact(argument)];
    return (value) => value !== undefined && !unwanted.some((matches) => matches(value));
  },
};

/** Says whether an event matches; an invalid pattern throws, naming the field. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as EventPattern[]).some((either) => matchesPattern(either, event));
    if (isObject(wanted)) {
      const inner = fields[field];
      // An array of objects matches when one of them does.
      return Array.isArray(inner)
        ? inner.some((item) => matchesPattern(wanted, item))
        : matchesPattern(wanted, inner);
    }
    return matchesAny(wanted as unknown[], fields[field]);
  });
}

/** Throws for what EventBridge would refuse in a pattern, and for filters that are not played. */
export function checkPattern(pattern: unknown, path = 'EventPattern'): void {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new PatternError(path, JSON.stringify(pattern), 'an object with at least one field');
  }
  for (const [field, wanted] of Object.entries(pattern)) {
    const here = `${path}.${field}`;
    if (field === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2) {
        throw new PatternError(here, JSON.stringify(wanted), 'a list of at least two patterns');
      }
      for (const [index, either] of wanted.entries()) checkPattern(either, `${here}[${index}]`);
    } else if (isObject(wanted)) {
      checkPattern(wanted, here);
    } else if (!Array.isArray(wanted) || wanted.length === 0) {
      throw new PatternError(here, JSON.stringify(wanted), 'a list of values or an object');
    } else {
      for (const value of wanted) checkValue(value, here);
    }
  }
}

class PatternError extends Error {
  constructor(path: string, found: string, allowed: string) {
    super(`${path}: found ${found}; allowed is ${allowed}`);
  }
}

function checkValue(value: unknown, path: string): void {
  if (Array.isArray(value)) throw new PatternError(path, 'a list in a list', 'values and filters');
  if (!isObject(value)) return;
  const [name, ...more] = Object.keys(value);
  if (!name || more.length > 0 || !FILTERS[name]) {
    throw new PatternError(path, JSON.stringify(value), `one filter of: ${Object.keys(FILTERS).join(', ')}`);
  }
  try {
    FILTERS[name](value[name]);
  } catch (error) {
    throw new PatternError(path, JSON.stringify(value), (error as Error).message);
  }
}

function matchesAny(wanted: unknown[], value: unknown): boolean {
  const matchers = wanted.flatMap((entry) => (isObject(entry) ? anyOfFilter(entry) : [exact(entry)]));
  // A field that holds a list matches when one of its values does; an empty list holds nothing.
  const values =
    Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? undefined : value];
  return values.some((one) => matchers.some((matches) => matches(one)));
}

function anyOfFilter(filter: Record<string, unknown>): Matcher[] {
  const [[name, argument]] = Object.entries(filter);
  const arguments_ =
    Array.isArray(argument) && name !== 'numeric' && name !== 'anything-but' ? argument : [argument];
  return arguments_.map((one) => FILTERS[name](one));
}

function exact(wanted: unknown): Matcher {
  return (value) => value === wanted;
}

function affix(argument: unknown, has: (text: string, part: string) => boolean): Matcher {
  if (isObject(argument)) {
    const part = String(argument['equals-ignore-case']).toLowerCase();
    return (value) => typeof value === 'string' && has(value.toLowerCase(), part);
  }
  return (value) => typeof value === 'string' && has(value, argument as string);
}

function wildcard(pattern: string): Matcher {
  if (typeof pattern !== 'string' || pattern.includes('**')) throw new Error('a text without ** in it');
  // A backslash makes a star or a backslash plain.
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (found, escaped) =>
    escaped ? `\\${escaped}` : found === '*' ? '.*' : `\\${found}`,
  );
  const expression = new RegExp(`^${source}$`, 's');
  return (value) => typeof value === 'string' && expression.test(value);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(argument: unknown): Matcher {
  const parts = Array.isArray(argument) ? argument : [];
  const checks: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const [comparison, bound] = [COMPARISONS[parts[index]], parts[index + 1]];
    if (!comparison || typeof bound !== 'number') {
      throw new Error(`a list of ${Object.keys(COMPARISONS).join(' ')}, each with a number`);
    }
    checks.push((value) => comparison(value, bound));
  }
  if (checks.length < 1 || checks.length > 2) throw new Error('one or two comparisons');
  return (value) => typeof value === 'number' && checks.every((holds) => holds(value));
}

function cidr(argument: string): Matcher {
  const [network, length] = argument.split('/');
  const version = isIP(network);
  if (!version || !length) throw new Error('an address and prefix length, 10.0.0.0/24');
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(network, Number(length), family);
  return (value) => typeof value === 'string' && isIP(value) === version && block.check(value, family);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
