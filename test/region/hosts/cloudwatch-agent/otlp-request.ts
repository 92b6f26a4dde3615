import { Writer } from 'protobufjs/light';

export interface SpanOptions {
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT. @default 2 */
  readonly kind?: number;
  readonly parentSpanId?: string;
  readonly name?: string;
  /** Milliseconds since the epoch. */
  readonly start?: number;
  readonly end?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly events?: readonly object[];
  readonly status?: object;
  readonly traceId?: string;
}

export const TRACE = '67891233abcdef012345678912345678';
export const SPAN = '53995c3f42cd8ad8';
export const RESOURCE = { 'service.name': 'harbor', 'service.version': '3f2a', 'cloud.platform': 'aws_ec2' };

/** A span as OTLP has it in JSON. */
export function otlpSpan({ start = 1000, end = 1250, attributes = {}, kind = 2, ...more }: SpanOptions = {}) {
  return {
    traceId: TRACE,
    spanId: SPAN,
    name: 'GET /quote',
    kind,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: keyValues(attributes),
    ...more,
  };
}

/** An OTLP request with those spans. */
export function otlpRequest(...spans: object[]) {
  return { resourceSpans: [{ resource: { attributes: keyValues(RESOURCE) }, scopeSpans: [{ spans }] }] };
}

export function keyValues(attributes: Readonly<Record<string, unknown>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: `${value}` } : { doubleValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { stringValue: value };
}

/** A request with one span in the binary encoding, written field by field. */
export function binaryRequest(attribute: readonly [string, string]): Uint8Array {
  const text = (writer: Writer, field: number, value: string) =>
    writer.uint32((field << 3) | 2).string(value);
  const nested = (writer: Writer, field: number, write: (inner: Writer) => unknown) => {
    writer.uint32((field << 3) | 2).fork();
    write(writer);
    return writer.ldelim();
  };
  const id = (writer: Writer, field: number, value: string) =>
    writer.uint32((field << 3) | 2).bytes(Buffer.from(value, 'hex'));
  const keyValue = (writer: Writer, field: number, [key, value]: readonly [string, string]) =>
    nested(writer, field, (pair) => {
      text(pair, 1, key);
      nested(pair, 2, (any) => text(any, 1, value));
    });
  const span = (writer: Writer) => {
    id(writer, 1, TRACE);
    id(writer, 2, SPAN);
    text(writer, 3, 'vendor=state');
    text(writer, 5, 'GET /quote');
    writer.uint32((6 << 3) | 0).int32(2);
    writer.uint32((7 << 3) | 1).fixed64(1_000_000_000);
    writer.uint32((8 << 3) | 1).fixed64(1_250_000_000);
    keyValue(writer, 9, attribute);
  };
  const writer = Writer.create();
  nested(writer, 1, (resourceSpans) => {
    nested(resourceSpans, 1, (resource) => keyValue(resource, 1, ['service.name', 'harbor']));
    nested(resourceSpans, 2, (scopeSpans) => nested(scopeSpans, 2, span));
  });
  return writer.finish();
}
