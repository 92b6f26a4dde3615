import type { IncomingMessage } from 'node:http';
import os from 'node:os';
import {
  type Attributes,
  DiagConsoleLogger,
  DiagLogLevel,
  defaultTextMapGetter,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  RandomIdGenerator,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Traced } from './server';

export interface Tracing {
  readonly traced: Traced;
  /** Sends what has not been sent yet. */
  stop(): Promise<void>;
}

/** What X-Ray indexes of a segment, so that the requests of one release, environment, instance or route can be searched for. */
const INDEXED = [
  'otel.resource.service.version',
  'otel.resource.deployment.environment.name',
  'otel.resource.host.name',
  'http.route',
];

/** The collector is on the same host, and a stop must not wait for one that does not answer. */
const COLLECTOR_TIMEOUT = 1000;

/**
 * Traces requests and sends the spans to OTEL_EXPORTER_OTLP_ENDPOINT: the share OTEL_TRACES_SAMPLER_ARG of them (1 when
 * not given), and every one that fails.
 */
export function startTracing(revision: string): Tracing {
  diag.setLogger(new DiagConsoleLogger(), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = new RequestIds();
  const propagator = new AWSXRayPropagator();
  const provider = new BasicTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say the rest.
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.version': revision, 'host.name': os.hostname() }))
      .merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    sampler: recordingAll(Number(process.env.OTEL_TRACES_SAMPLER_ARG ?? 1)),
    spanProcessors: [new FailuresToo(new OTLPTraceExporter({ timeoutMillis: COLLECTOR_TIMEOUT }))],
  });
  const tracer = provider.getTracer('harbor');

  return {
    async traced(request, answer) {
      const { pathname, search } = new URL(request.url!, 'http://harbor');
      if (pathname === '/health') return answer();
      ids.next = traceIdOf(request);
      const span = tracer.startSpan(
        request.method!,
        { kind: SpanKind.SERVER, attributes: describe(request, pathname, search) },
        propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter),
      );
      const ended = (status: number) => {
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        if (status !== 404)
          span.updateName(`${request.method} ${pathname}`).setAttribute('http.route', pathname);
        span.end();
      };
      try {
        const answered = await answer();
        ended(answered.status);
        return answered;
      } catch (error) {
        span.recordException(error as Error);
        ended(500);
        throw error;
      }
    },
    stop: () => provider.shutdown().catch((error) => diag.warn('the last spans could not be sent', error)),
  };
}

/** @see OpenTelemetry semantic conventions: HTTP server span */
function describe({ method, headers, socket }: IncomingMessage, path: string, search: string): Attributes {
  const forwardedFor = headers['x-forwarded-for'] as string | undefined;
  return {
    'http.request.method': method,
    'url.scheme': (headers['x-forwarded-proto'] as string | undefined) ?? 'http',
    'url.path': path,
    'url.query': search.slice(1) || undefined,
    'server.address': headers.host,
    'client.address': forwardedFor?.split(',')[0] ?? socket.remoteAddress,
    'user_agent.original': headers['user-agent'],
    'aws.xray.annotations': INDEXED,
  };
}

/**
 * The id under which the load balancer knows a request, which is then that of its trace. The propagator takes it only
 * with the id of a caller's span, which the load balancer does not give.
 */
function traceIdOf({ headers }: IncomingMessage): string | undefined {
  const [, time, id] = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(String(headers['x-amzn-trace-id'])) ?? [];
  return id && `${time}${id}`;
}

class RequestIds implements IdGenerator {
  /** Id of the trace that begins next. */
  next?: string;
  private readonly random = new RandomIdGenerator();

  generateTraceId = () => this.next ?? this.random.generateTraceId();
  generateSpanId = () => this.random.generateSpanId();
}

/** Samples that share, and records the rest so that {@link FailuresToo} can send those that fail. */
function recordingAll(share: number): Sampler {
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) });
  return {
    shouldSample(...request) {
      const result = sampler.shouldSample(...request);
      const { NOT_RECORD, RECORD } = SamplingDecision;
      return result.decision === NOT_RECORD ? { ...result, decision: RECORD } : result;
    },
    toString: () => `recording all, ${sampler}`,
  };
}

class FailuresToo extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    const failed = span.status.code === SpanStatusCode.ERROR;
    const sampled = { ...span.spanContext(), traceFlags: TraceFlags.SAMPLED };
    super.onEnd(failed ? Object.create(span, { spanContext: { value: () => sampled } }) : span);
  }
}
