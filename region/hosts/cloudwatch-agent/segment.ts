import { randomHex } from '../../random';
import type { AnyValue, Attributes, Span } from './otlp';
import { httpOf, STATUS_CODE } from './segment-http';

/** Seconds since the epoch of AWS time between which a segment lies. */
export interface SegmentTimes {
  readonly start: number;
  readonly end: number;
}

/** What X-Ray's segment documents are made of. @see AWS X-Ray Developer Guide: X-Ray segment documents */
export type SegmentDocument = Readonly<Record<string, unknown>>;

const ORIGINS: Readonly<Record<string, string>> = {
  aws_ec2: 'AWS::EC2::Instance',
  aws_ecs: 'AWS::ECS::Container',
  aws_eks: 'AWS::EKS::Container',
  aws_elastic_beanstalk: 'AWS::ElasticBeanstalk::Environment',
  aws_app_runner: 'AWS::AppRunner::Service',
};

/** Attribute of a span that lists the keys to be indexed; those of the resource have `otel.resource.` in front. */
const ANNOTATIONS = 'aws.xray.annotations';
const LONGEST_NAME = 200;

/**
 * A span as X-Ray's segment document, by the rules of the OpenTelemetry Collector's X-Ray exporter, which the
 * CloudWatch agent uses. Left out: stack traces, span links, the `sql` block (its attributes are metadata) and what
 * Application Signals adds.
 *
 * @see opentelemetry-collector-contrib, exporter/awsxrayexporter
 */
export function segmentOf(span: Span, { start, end }: SegmentTimes): SegmentDocument {
  const { attributes, resource, kind, parentSpanId, traceId } = span;
  const isSubsegment = kind !== 'SERVER' && parentSpanId !== undefined;
  const { http, rest } = httpOf(span);
  return {
    name: nameOf(span),
    id: span.spanId,
    trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    parent_id: parentSpanId,
    type: isSubsegment ? 'subsegment' : undefined,
    start_time: start,
    end_time: end,
    ...outcomeOf(span),
    cause: causeOf(span),
    origin: ORIGINS[text(resource['cloud.platform']) ?? ''],
    namespace: namespaceOf(span),
    user: text(attributes['enduser.id']),
    http,
    aws: awsOf(resource),
    service: resource['service.version'] ? { version: text(resource['service.version']) } : undefined,
    ...indexed(rest, isSubsegment ? {} : resource),
  };
}

function nameOf({ attributes, resource, kind, name }: Span): string {
  const found = [
    attributes['peer.service'],
    attributes['aws.service'],
    databaseOf(attributes),
    kind === 'SERVER' ? resource['service.name'] : undefined,
    attributes['rpc.service'],
    attributes['http.host'],
    attributes['net.peer.name'],
    name.replace(/[^ 0-9\p{L}_.:/%&#=+\-@]/gu, ''),
    'span',
  ];
  return found
    .map(text)
    .find((one) => one)!
    .slice(0, LONGEST_NAME);
}

function databaseOf(attributes: Attributes): string | undefined {
  const name = text(attributes['db.name']);
  const url = text(attributes['db.connection_string'])?.replace(/^jdbc:/, '');
  const host = url && URL.canParse(url) ? new URL(url).hostname : '';
  return name && host ? `${name}@${host}` : name;
}

function namespaceOf({ attributes, kind }: Span): string | undefined {
  if (attributes['rpc.system'] === 'aws-api' || attributes['aws.service']) return 'aws';
  return kind === 'CLIENT' ? 'remote' : undefined;
}

/** The response's status decides; without one, the span's. */
function outcomeOf({ attributes, status }: Span) {
  const code = Number(STATUS_CODE.map((key) => attributes[key]).find((one) => one !== undefined) ?? 0);
  if (code >= 400 && code <= 499) return { error: true, throttle: code === 429 ? true : undefined };
  return { fault: (code >= 500 && code <= 599) || status.error ? true : undefined };
}

function causeOf({ events, status, kind }: Span) {
  const remote = kind === 'CLIENT' || kind === 'PRODUCER';
  const exceptions = events
    .filter(({ name }) => name === 'exception')
    .map(({ attributes }) => ({
      id: randomHex(16),
      type: text(attributes['exception.type']),
      message: text(attributes['exception.message']),
      remote,
    }));
  if (exceptions.length > 0) return { exceptions };
  if (status.error && status.message) return { exceptions: [{ id: randomHex(16), message: status.message }] };
  return undefined;
}

function awsOf(resource: Attributes) {
  const instance = text(resource['host.id']);
  const language = text(resource['telemetry.sdk.language']);
  return {
    account_id: text(resource['cloud.account.id']),
    ec2: instance && {
      instance_id: instance,
      instance_size: text(resource['host.type']),
      ami_id: text(resource['host.image.id']),
      availability_zone: text(resource['cloud.availability_zone']),
    },
    xray: {
      auto_instrumentation: false,
      sdk: language && `opentelemetry for ${language}`,
      sdk_version: text(resource['telemetry.sdk.version']),
    },
  };
}

/** Attributes that are to be indexed become annotations, the others metadata. */
function indexed(attributes: Attributes, resource: Attributes) {
  const { [ANNOTATIONS]: keys, 'enduser.id': _, ...own } = attributes;
  const wanted = new Set(Array.isArray(keys) ? keys : []);
  const all = [
    ...Object.entries(resource).map(([key, value]) => [`otel.resource.${key}`, value] as const),
    ...Object.entries(own),
  ];
  const annotates = ([key, value]: readonly [string, AnyValue]) =>
    wanted.has(key) && typeof value !== 'object';
  return {
    annotations: Object.fromEntries(
      all.filter(annotates).map(([key, value]) => [key.replace(/[^0-9A-Za-z.]/g, '_'), value]),
    ),
    metadata: { default: Object.fromEntries(all.filter((entry) => !annotates(entry))) },
  };
}

function text(value: AnyValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
