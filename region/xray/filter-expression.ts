import { AwsError } from '../service';
import type { SegmentDocument } from './segment-document';
import { flatten, type Trace } from './trace';
import { responseTime } from './trace-summary';

/** What a condition is asked of: a whole trace, or within `service() { }` the part of one service. */
interface Subject {
  readonly root: SegmentDocument;
  readonly segments: readonly SegmentDocument[];
  /** Seconds. */
  readonly duration: number;
}

type Condition = (subject: Subject) => boolean;

type Value = string | number | boolean;

const BOOLEANS: Readonly<Record<string, (subject: Subject) => boolean>> = {
  ok: ({ root }) => Math.floor((root.http?.response?.status ?? 0) / 100) === 2,
  error: ({ root }) => root.error === true,
  throttle: ({ root }) => root.throttle === true,
  fault: ({ root }) => root.fault === true,
  partial: ({ segments }) => segments.flatMap(flatten).some((segment) => segment.in_progress === true),
};

const VALUES: Readonly<Record<string, (subject: Subject) => Value | undefined>> = {
  responsetime: ({ root }) => responseTime(root),
  duration: ({ duration }) => duration,
  'http.status': ({ root }) => root.http?.response?.status,
  'http.url': ({ root }) => root.http?.request?.url,
  'http.method': ({ root }) => root.http?.request?.method,
  'http.useragent': ({ root }) => root.http?.request?.user_agent,
  'http.clientip': ({ root }) => root.http?.request?.client_ip,
  user: ({ segments }) => segments.find(({ user }) => user !== undefined)?.user,
};

const COMPARISONS: Readonly<Record<string, (found: Value, wanted: Value) => boolean>> = {
  '=': (found, wanted) => found === wanted,
  '!=': (found, wanted) => found !== wanted,
  '<': (found, wanted) => found < wanted,
  '<=': (found, wanted) => found <= wanted,
  '>': (found, wanted) => found > wanted,
  '>=': (found, wanted) => found >= wanted,
  CONTAINS: (found, wanted) => String(found).includes(String(wanted)),
  BEGINSWITH: (found, wanted) => String(found).startsWith(String(wanted)),
  ENDSWITH: (found, wanted) => String(found).endsWith(String(wanted)),
};

const PLAYED = `played are ${[...Object.keys(BOOLEANS), ...Object.keys(VALUES)].join(', ')}, annotation[key] and service()`;

/**
 * A filter expression as a function of a trace.
 *
 * @throws AwsError InvalidRequestException for one that cannot be read, or with a keyword that is not played
 * @see AWS X-Ray Developer Guide: Using filter expressions
 */
export function filterExpression(expression = ''): (trace: Trace) => boolean {
  if (expression.trim() === '') return () => true;
  const condition = new Parser(expression).whole();
  return (trace) => condition({ root: trace.root(), segments: trace.segments(), duration: trace.duration });
}

const TOKEN =
  /\s*(?:"((?:[^"\\]|\\.)*)"|(annotation\[[^\]]+\]|annotation\.[\w.]+|[A-Za-z][\w.]*)|(-?\d+(?:\.\d+)?)|(!=|<=|>=|[!=<>(){},:]))/y;

interface Token {
  readonly kind: 'text' | 'word' | 'number' | 'sign';
  readonly text: string;
}

/** Reads OR of ANDs; two conditions without a word between them are both to hold. */
class Parser {
  private readonly tokens: Token[];

  constructor(private readonly expression: string) {
    this.tokens = this.tokenize();
  }

  whole(): Condition {
    const condition = this.either();
    if (this.tokens.length > 0) throw this.refuse(`'${this.tokens[0]!.text}' is not expected there`);
    return condition;
  }

  private either(): Condition {
    const choices = [this.all()];
    while (this.takes('OR')) choices.push(this.all());
    return (subject) => choices.some((choice) => choice(subject));
  }

  private all(): Condition {
    const conditions = [this.one()];
    while (this.takes('AND') || !(this.tokens.length === 0 || /^(OR|[)}])$/.test(this.tokens[0]!.text)))
      conditions.push(this.one());
    return (subject) => conditions.every((condition) => condition(subject));
  }

  private one(): Condition {
    if (this.takes('!')) {
      const condition = this.one();
      return (subject) => !condition(subject);
    }
    if (this.takes('(')) {
      const condition = this.either();
      this.expects(')');
      return condition;
    }
    const { kind, text } = this.next();
    if (kind !== 'word') throw this.refuse(`'${text}' is not a keyword`);
    if (text === 'service') return this.service();
    const boolean = own(BOOLEANS, text);
    if (boolean) {
      const compare = this.comparison() ?? ((found: Value) => found === true);
      return (subject) => compare(boolean(subject));
    }
    if (text.startsWith('annotation')) return this.annotation(text);
    const value = own(VALUES, text);
    if (!value) throw this.refuse(`the keyword '${text}' is not played; ${PLAYED}`);
    const compare = this.comparison();
    return (subject) => {
      const found = value(subject);
      return found !== undefined && (compare?.(found) ?? true);
    };
  }

  /** Holds if a segment, or something within it, has that annotation with that value, or with any. */
  private annotation(keyword: string): Condition {
    const [, inBrackets, afterDot] = /^annotation(?:\[(.+)\]|\.(.+))$/.exec(keyword) ?? [];
    const key = inBrackets ?? afterDot;
    if (key === undefined) throw this.refuse(`'${keyword}' names no annotation; write annotation[key]`);
    const compare = this.comparison() ?? (() => true);
    return ({ segments }) =>
      segments
        .flatMap(flatten)
        .some(({ annotations = {} }) => key in annotations && compare(annotations[key]!));
  }

  private service(): Condition {
    this.expects('(');
    const token = this.next();
    const name = token.kind === 'text' ? token.text : undefined;
    if (name === undefined && token.text !== ')')
      throw this.refuse(`service(${token.text}) is not played; a name in quotes, or none, is`);
    if (name !== undefined) this.expects(')');
    let condition: Condition = () => true;
    if (this.takes('{')) {
      condition = this.either();
      this.expects('}');
    }
    return ({ segments }) =>
      segments
        .filter((segment) => name === undefined || segment.name === name)
        .some((root) => condition({ root, segments: [root], duration: responseTime(root) }));
  }

  private comparison(): ((found: Value) => boolean) | undefined {
    const operator = this.tokens[0]?.text ?? '';
    const compare = own(COMPARISONS, operator);
    if (!compare) return undefined;
    this.next();
    const { kind, text } = this.next();
    if (kind === 'sign') throw this.refuse(`'${text}' is not a value`);
    const wanted =
      kind === 'number'
        ? Number(text)
        : kind === 'word' && /^(true|false)$/.test(text)
          ? text === 'true'
          : text;
    return (found) => compare(found, wanted);
  }

  private takes(text: string): boolean {
    const taken = this.tokens[0]?.text === text && this.tokens[0].kind !== 'text';
    if (taken) this.tokens.shift();
    return taken;
  }

  private expects(text: string): void {
    if (!this.takes(text)) throw this.refuse(`'${text}' is missing`);
  }

  private next(): Token {
    const token = this.tokens.shift();
    if (!token) throw this.refuse('it ends too early');
    return token;
  }

  private tokenize(): Token[] {
    const tokens: Token[] = [];
    const pattern = new RegExp(TOKEN);
    const text = this.expression.trimEnd();
    while (pattern.lastIndex < text.length) {
      const from = pattern.lastIndex;
      const [, quoted, word, number, sign] = pattern.exec(text) ?? [];
      if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') });
      else if (word) tokens.push({ kind: 'word', text: word });
      else if (number) tokens.push({ kind: 'number', text: number });
      else if (sign) tokens.push({ kind: 'sign', text: sign });
      else throw this.refuse(`'${text.slice(from).trim()}' cannot be read`);
    }
    return tokens;
  }

  private refuse(why: string): AwsError {
    return new AwsError('InvalidRequestException', `Invalid filter expression '${this.expression}': ${why}.`);
  }
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
