import net from 'node:net';
import { gzipSync } from 'node:zlib';
import type { AgentHost } from '../../../../region/hosts/cloudwatch-agent/collector';
import { Traces } from '../../../../region/hosts/cloudwatch-agent/traces';
import { atEnd } from '../../../support/folder';
import { binaryRequest, otlpRequest, otlpSpan, SPAN } from './otlp-request';

const JSON_TYPE = { 'Content-Type': 'application/json' };
/** AWS time at the wall time 0, in milliseconds, and how much faster it runs. */
const [BEGIN, SCALE] = [1_800_000_000_000, 60];

let notes: string[];
let failures: string[];
let put: string[][];

beforeEach(() => {
  notes = [];
  failures = [];
  put = [];
});

async function agent(otlp: object = {}, unprocessed: object[] = []): Promise<Traces> {
  const host: AgentHost = {
    instanceId: 'i-1',
    root: '',
    awsTime: (wall) => BEGIN + wall * SCALE,
    note: (message) => notes.push(message),
    failed: (message) => failures.push(message),
  };
  const traces = new Traces(host);
  const endpoints = { http_endpoint: '127.0.0.1:0', grpc_endpoint: '127.0.0.1:0', ...otlp };
  await traces.start(
    { traces: { traces_collected: { otlp: endpoints } } },
    async (service, operation, input) => {
      expect([service, operation]).toEqual(['xray', 'PutTraceSegments']);
      put.push((input as any).TraceSegmentDocuments);
      return { UnprocessedTraceSegments: unprocessed };
    },
  );
  atEnd(() => traces.stop());
  return traces;
}

function post(traces: Traces, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) {
  return fetch(`http://127.0.0.1:${traces.ports[0]}/v1/traces`, { method: 'POST', body, headers });
}

const documents = () => put.flat().map((document) => JSON.parse(document));

test('spans in JSON become segments', async () => {
  const traces = await agent();
  const response = await post(traces, JSON.stringify(otlpRequest(otlpSpan())));
  expect([response.status, await response.json()]).toEqual([200, {}]);
  await traces.stop();
  expect(documents()).toMatchObject([
    { id: SPAN, name: 'harbor', trace_id: '1-67891233-abcdef012345678912345678' },
  ]);
  expect(notes).toEqual([]);
});

test('so do spans in the binary encoding, compressed', async () => {
  const traces = await agent();
  const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'gzip' };
  const response = await post(traces, gzipSync(binaryRequest(['http.request.method', 'GET'])), headers);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-protobuf');
  expect((await response.arrayBuffer()).byteLength).toBe(0);
  await traces.stop();
  expect(documents()).toMatchObject([
    {
      id: SPAN,
      name: 'harbor',
      http: { request: { method: 'GET' } },
      trace_id: '1-67891233-abcdef012345678912345678',
    },
  ]);
});

test('a trace ends where it lies in AWS time, and lasts as long as was measured', async () => {
  const traces = await agent();
  const child = {
    ...otlpSpan({ kind: 3, parentSpanId: SPAN, start: 1100, end: 1200 }),
    spanId: '0000000000000001',
  };
  await post(traces, JSON.stringify(otlpRequest(child, otlpSpan({ start: 1000, end: 1250 }))));
  await traces.stop();
  const end = BEGIN / 1000 + 1.25 * SCALE;
  const times = documents().map(({ start_time, end_time }) => [start_time - end, end_time - end]);
  expect(times[0]![0]).toBeCloseTo(-0.15);
  expect(times[0]![1]).toBeCloseTo(-0.05);
  expect(times[1]![0]).toBeCloseTo(-0.25);
  expect(times[1]![1]).toBeCloseTo(0);
});

test('X-Ray gets at most 50 documents at a time', async () => {
  const traces = await agent();
  await post(traces, JSON.stringify(otlpRequest(...Array.from({ length: 120 }, () => otlpSpan()))));
  await traces.stop();
  expect(put.map(({ length }) => length)).toEqual([50, 50, 20]);
});

test('what X-Ray does not take is told once', async () => {
  const traces = await agent({}, [{ Message: 'Invalid segment.' }, { Message: 'Invalid segment.' }]);
  await post(traces, JSON.stringify(otlpRequest(otlpSpan(), otlpSpan())));
  await traces.stop();
  expect(failures).toEqual(['X-Ray did not take 2 segments: Invalid segment.']);
});

test.each([
  ['{', JSON_TYPE, 400],
  ['{"resourceSpans": 1}', JSON_TYPE, 400],
  ['no gzip', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 400],
  ['{}', { ...JSON_TYPE, 'Content-Encoding': 'br' }, 400],
  ['{}', { 'Content-Type': 'text/plain' }, 415],
])('%s with %j is refused', async (body, headers, status) => {
  const traces = await agent();
  expect((await post(traces, body, headers)).status).toBe(status);
  await traces.stop();
  expect(put).toEqual([]);
});

test('other paths and methods are refused', async () => {
  const traces = await agent();
  const url = `http://127.0.0.1:${traces.ports[0]}`;
  const response = await fetch(`${url}/v1/metrics`, { method: 'POST', body: '{}', headers: JSON_TYPE });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ message: 'there is no /v1/metrics; /v1/traces is' });
  expect((await fetch(`${url}/v1/traces`)).status).toBe(405);
});

test('gRPC is refused, with a word on what is played', async () => {
  const free = net.createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as net.AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  await agent({ grpc_endpoint: `127.0.0.1:${port}` });
  const socket = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  expect(notes).toEqual([expect.stringContaining('gRPC is not played; set OTEL_EXPORTER_OTLP_PROTOCOL')]);
});

test('an endpoint that is none is named', async () => {
  await expect(agent({ http_endpoint: 'here' })).rejects.toThrow('the endpoint is here; allowed is ip:port');
});

test('without the section nothing is listened to', async () => {
  const traces = new Traces({} as AgentHost);
  await traces.start({ logs: {} }, async () => ({}));
  expect(traces.ports).toEqual([]);
});
