import protobuf from 'protobufjs/light';

/** A value of an attribute. */
export type AnyValue = string | number | boolean | null | AnyValue[] | { [key: string]: AnyValue };

export type Attributes = Readonly<Record<string, AnyValue>>;

/** A span as the conversion reads it. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Seconds since the epoch, as the sender's clock has it. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly status: { readonly error: boolean; readonly message: string };
}

export type SpanKind = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';

/** By their numbers; an unspecified kind is taken for INTERNAL. */
const KINDS: readonly SpanKind[] = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS_ERROR = 2;
const NANOSECONDS = 1e9;

const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: 'repeated' });

/**
 * The part of OTLP that is read and answered; fields that are left out are skipped.
 * @see OpenTelemetry Protocol specification, and opentelemetry-proto of version 1
 */
const MESSAGES = protobuf.Root.fromJSON({
  nested: {
    ExportTraceServiceRequest: { fields: { resourceSpans: many(1, 'ResourceSpans') } },
    ResourceSpans: { fields: { resource: one(1, 'Resource'), scopeSpans: many(2, 'ScopeSpans') } },
    Resource: { fields: { attributes: many(1, 'KeyValue') } },
    ScopeSpans: { fields: { spans: many(2, 'Span') } },
    Span: {
      fields: {
        traceId: one(1, 'bytes'),
        spanId: one(2, 'bytes'),
        parentSpanId: one(4, 'bytes'),
        name: one(5, 'string'),
        kind: one(6, 'int32'),
        startTimeUnixNano: one(7, 'fixed64'),
        endTimeUnixNano: one(8, 'fixed64'),
        attributes: many(9, 'KeyValue'),
        events: many(11, 'Event'),
        status: one(15, 'Status'),
      },
    },
    Event: { fields: { name: one(2, 'string'), attributes: many(3, 'KeyValue') } },
    Status: { fields: { message: one(2, 'string'), code: one(3, 'int32') } },
    KeyValue: { fields: { key: one(1, 'string'), value: one(2, 'AnyValue') } },
    AnyValue: {
      fields: {
        stringValue: one(1, 'string'),
        boolValue: one(2, 'bool'),
        intValue: one(3, 'int64'),
        doubleValue: one(4, 'double'),
        arrayValue: one(5, 'ArrayValue'),
        kvlistValue: one(6, 'KeyValueList'),
        bytesValue: one(7, 'bytes'),
      },
    },
    ArrayValue: { fields: { values: many(1, 'AnyValue') } },
    KeyValueList: { fields: { values: many(1, 'KeyValue') } },
    ExportTraceServiceResponse: { fields: { partialSuccess: one(1, 'ExportTracePartialSuccess') } },
    ExportTracePartialSuccess: {
      fields: { rejectedSpans: one(1, 'int64'), errorMessage: one(2, 'string') },
    },
    /** google.rpc.Status, the answer to a request that is refused. */
    RpcStatus: { fields: { code: one(1, 'int32'), message: one(2, 'string') } },
  },
});

export type Encoding = 'application/json' | 'application/x-protobuf';

/** @throws Error when the body is no ExportTraceServiceRequest */
export function decodeSpans(body: Buffer, encoding: Encoding): Span[] {
  const request = encoding === 'application/json' ? JSON.parse(body.toString()) : decode(body);
  return list(request.resourceSpans).flatMap(({ resource, scopeSpans }) => {
    const described = attributesOf(resource?.attributes);
    return list(scopeSpans).flatMap(({ spans }) => list(spans).map((span) => spanOf(span, described)));
  });
}

export type Answer = 'ExportTraceServiceResponse' | 'RpcStatus';

export function encode(type: Answer, message: object, encoding: Encoding): Buffer {
  if (encoding === 'application/json') return Buffer.from(JSON.stringify(message));
  const found = MESSAGES.lookupType(type);
  return Buffer.from(found.encode(found.fromObject(message)).finish());
}

function decode(body: Buffer): any {
  const type = MESSAGES.lookupType('ExportTraceServiceRequest');
  return type.toObject(type.decode(body), { longs: String });
}

function spanOf(span: any, resource: Attributes): Span {
  const parent = hexadecimal(span.parentSpanId);
  return {
    traceId: hexadecimal(span.traceId),
    spanId: hexadecimal(span.spanId),
    parentSpanId: parent || undefined,
    name: span.name ?? '',
    kind: KINDS[span.kind ?? 0] ?? 'INTERNAL',
    start: Number(span.startTimeUnixNano ?? 0) / NANOSECONDS,
    end: Number(span.endTimeUnixNano ?? 0) / NANOSECONDS,
    attributes: attributesOf(span.attributes),
    resource,
    events: list(span.events).map(({ name = '', attributes }) => ({
      name,
      attributes: attributesOf(attributes),
    })),
    status: { error: span.status?.code === STATUS_ERROR, message: span.status?.message ?? '' },
  };
}

/** Ids are hexadecimal in JSON already, bytes in the binary encoding. */
function hexadecimal(id: string | Uint8Array | undefined): string {
  return typeof id === 'string' ? id.toLowerCase() : Buffer.from(id ?? []).toString('hex');
}

function attributesOf(keyValues: unknown): Attributes {
  return Object.fromEntries(list(keyValues).map(({ key, value }) => [key, anyValue(value)]));
}

function anyValue(value: any = {}): AnyValue {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue) return list(value.arrayValue.values).map(anyValue);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  if (value.bytesValue !== undefined)
    return typeof value.bytesValue === 'string'
      ? value.bytesValue
      : Buffer.from(value.bytesValue).toString('base64');
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}

function list(value: unknown): any[] {
  if (value === undefined || Array.isArray(value)) return value ?? [];
  throw new Error(`${JSON.stringify(value)} is not a list`);
}
