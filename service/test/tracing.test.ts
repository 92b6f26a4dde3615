import assert from 'node:assert/strict';
import http from 'node:http';
import { json } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { createService, type Service } from '../src/server';
import { startTracing, type Tracing } from '../src/tracing';

interface Received {
  readonly resource: Record<string, unknown>;
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { code?: number };
  readonly attributes: Record<string, unknown>;
  readonly events: { name: string; attributes: Record<string, unknown> }[];
}

const ROOT = '1-67891233-abcdef012345678912345678';
const TRACE = ROOT.slice(2).replace('-', '');
let collector: http.Server;
let received: Received[] = [];
let tracing: Tracing;
let service: Service;

before(async () => {
  collector = http.createServer(async (request, response) => {
    received.push(...spans(await json(request)));
    response.end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as { port: number };
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
  process.env.OTEL_SERVICE_NAME = 'harbor';
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=prod';
});

after(() => collector.close());

beforeEach(() => {
  received = [];
});

async function start(share?: string): Promise<string> {
  if (share) process.env.OTEL_TRACES_SAMPLER_ARG = share;
  else delete process.env.OTEL_TRACES_SAMPLER_ARG;
  tracing = startTracing('3f2a');
  service = createService('3f2a', tracing.traced);
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${service.port()}`;
}

/** Stops the service; what it has traced is sent then. */
async function stop(): Promise<Received[]> {
  await service.stop();
  await tracing.stop();
  return received;
}

test('a request is a span of the revision, under the id of the load balancer', async () => {
  const url = await start();
  await fetch(`${url}/quote?nights=3`, { headers: { 'X-Amzn-Trace-Id': `Root=${ROOT}` } });
  const [span, ...others] = await stop();
  assert.deepEqual(others, []);
  assert.equal(span!.traceId, TRACE);
  assert.ok(!span!.parentSpanId);
  assert.equal(span!.kind, 2);
  assert.equal(span!.name, 'GET /quote');
  assert.equal(span!.resource['service.name'], 'harbor');
  assert.equal(span!.resource['service.version'], '3f2a');
  assert.equal(span!.resource['deployment.environment.name'], 'prod');
  assert.equal(span!.attributes['http.route'], '/quote');
  assert.equal(span!.attributes['url.query'], 'nights=3');
  assert.equal(span!.attributes['http.response.status_code'], 200);
});

test("a caller's span is the parent", async () => {
  const url = await start('0');
  const header = `Self=1-67891234-12456789abcdef012345678a;Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`;
  await fetch(`${url}/`, { headers: { 'X-Amzn-Trace-Id': header } });
  const [span] = await stop();
  assert.equal(span!.traceId, TRACE);
  assert.equal(span!.parentSpanId, '53995c3f42cd8ad8');
});

test('a request without an id gets one of its own', async () => {
  const url = await start();
  await Promise.all([fetch(url), fetch(url)]);
  const ids = (await stop()).map(({ traceId }) => traceId);
  assert.equal(new Set(ids).size, 2);
});

test('health checks are not traced', async () => {
  const url = await start();
  await fetch(`${url}/health`);
  assert.deepEqual(await stop(), []);
});

test('of the requests that are not sampled, those that fail are traced all the same', async () => {
  const url = await start('0');
  await fetch(`${url}/quote?nights=3`);
  await fetch(`${url}/quote?nights=none`);
  await fetch(`${url}/bookings`, { method: 'POST', body: 'no JSON' });
  const [span, ...others] = await stop();
  assert.deepEqual(others, []);
  assert.equal(span!.name, 'POST /bookings');
  assert.equal(span!.status.code, 2);
  assert.equal(span!.attributes['http.response.status_code'], 500);
  assert.equal(span!.events[0]!.name, 'exception');
  assert.equal(span!.events[0]!.attributes['exception.type'], 'SyntaxError');
});

test('a path that is not there is no route', async () => {
  const url = await start();
  await fetch(`${url}/berths/17`);
  const [span] = await stop();
  assert.equal(span!.name, 'GET');
  assert.equal(span!.attributes['http.route'], undefined);
});

test('a collector that is not there keeps no request and no stop waiting', async () => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9';
  const url = await start();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = OTEL_EXPORTER_OTLP_ENDPOINT;
  assert.equal((await fetch(url)).status, 200);
  const began = Date.now();
  assert.deepEqual(await stop(), []);
  assert.ok(Date.now() - began < 5000);
});

/** The spans of an OTLP request, with their attributes as objects. */
function spans(body: any): Received[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap((scope: any) =>
      scope.spans.map((span: any) => ({
        ...span,
        resource: values(resource.attributes),
        attributes: values(span.attributes),
        events: (span.events ?? []).map((event: any) => ({ ...event, attributes: values(event.attributes) })),
      })),
    ),
  );
}

function values(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
