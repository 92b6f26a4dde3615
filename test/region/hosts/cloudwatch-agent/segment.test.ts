import { decodeSpans } from '../../../../region/hosts/cloudwatch-agent/otlp';
import { segmentOf } from '../../../../region/hosts/cloudwatch-agent/segment';
import { keyValues, otlpRequest, otlpSpan, SPAN, type SpanOptions } from './otlp-request';

/** The segment of a span with those options, which lay between the seconds 1 and 2. */
function segment(options: SpanOptions = {}): any {
  const body = Buffer.from(JSON.stringify(otlpRequest(otlpSpan(options))));
  const [span] = decodeSpans(body, 'application/json');
  return JSON.parse(JSON.stringify(segmentOf(span!, { start: 1, end: 2 })));
}

const STABLE = {
  'http.request.method': 'GET',
  'url.scheme': 'http',
  'server.address': 'harbor.example.com',
  'url.path': '/quote',
  'url.query': 'nights=3',
  'client.address': '203.0.113.7',
  'user_agent.original': 'curl',
  'http.response.status_code': 200,
};

const BEFORE = {
  'http.method': 'GET',
  'http.scheme': 'http',
  'http.host': 'harbor.example.com',
  'http.target': '/quote?nights=3',
  'http.client_ip': '203.0.113.7',
  'http.user_agent': 'curl',
  'http.status_code': 200,
};

test.each([
  ['stable', STABLE],
  ['earlier', BEFORE],
])("a request in the %s semantic conventions is the segment's http block", (_name, attributes) => {
  const { http, metadata } = segment({ attributes: { ...attributes, nights: 3 } });
  expect(http).toEqual({
    request: {
      method: 'GET',
      url: 'http://harbor.example.com/quote?nights=3',
      client_ip: '203.0.113.7',
      user_agent: 'curl',
      x_forwarded_for: true,
    },
    response: { status: 200 },
  });
  expect(metadata.default).toMatchObject({ nights: 3 });
  expect(Object.keys(metadata.default)).not.toContain(Object.keys(attributes)[0]);
});

test('a server span is a segment of its service', () => {
  const made = segment({ parentSpanId: '00000000000000aa' });
  expect(made).toMatchObject({
    name: 'harbor',
    id: SPAN,
    parent_id: '00000000000000aa',
    trace_id: '1-67891233-abcdef012345678912345678',
    start_time: 1,
    end_time: 2,
    origin: 'AWS::EC2::Instance',
    service: { version: '3f2a' },
  });
  expect(made).not.toHaveProperty('type');
  expect(made).not.toHaveProperty('fault');
});

test.each<[string, SpanOptions, object]>([
  ['INTERNAL', { kind: 1, name: 'reckon (price)' }, { name: 'reckon price' }],
  ['CLIENT', { kind: 3, attributes: { 'peer.service': 'berths' } }, { name: 'berths', namespace: 'remote' }],
  [
    'AWS SDK',
    { kind: 3, attributes: { 'rpc.system': 'aws-api', 'rpc.service': 'S3' } },
    { name: 'S3', namespace: 'aws' },
  ],
  [
    'database',
    {
      kind: 3,
      attributes: { 'db.name': 'berths', 'db.connection_string': 'jdbc:mysql://db.example.com:3306' },
    },
    { name: 'berths@db.example.com' },
  ],
])('a span within one is a subsegment: %s', (_name, options, expected) => {
  expect(segment({ ...options, parentSpanId: SPAN })).toMatchObject({ type: 'subsegment', ...expected });
});

test.each([
  [200, {}],
  [404, { error: true }],
  [429, { error: true, throttle: true }],
  [500, { fault: true }],
])('status %d', (status, expected) => {
  const { error, fault, throttle } = segment({ attributes: { 'http.response.status_code': status } });
  expect({ error, fault, throttle }).toEqual(expected);
});

test('without a response, the status of the span decides', () => {
  const made = segment({ status: { code: 2, message: 'no berth' } });
  expect(made).toMatchObject({ fault: true, cause: { exceptions: [{ message: 'no berth' }] } });
});

test('exceptions are the cause', () => {
  const attributes = keyValues({ 'exception.type': 'TypeError', 'exception.message': 'undefined is none' });
  const { cause } = segment({ events: [{ name: 'exception', attributes }, { name: 'other' }] });
  expect(cause.exceptions).toMatchObject([
    { type: 'TypeError', message: 'undefined is none', remote: false },
  ]);
});

test('what the span names is indexed, the rest is metadata; the resource stands in segments alone', () => {
  const attributes = {
    'aws.xray.annotations': ['otel.resource.service.version', 'http.route', 'a-b'],
    'http.route': '/quote',
    'a-b': 1,
    pass: 'MEMBER',
  };
  const made = segment({ attributes });
  expect(made.annotations).toEqual({
    'otel.resource.service.version': '3f2a',
    'http.route': '/quote',
    a_b: 1,
  });
  expect(made.metadata.default).toEqual({
    'otel.resource.service.name': 'harbor',
    'otel.resource.cloud.platform': 'aws_ec2',
    pass: 'MEMBER',
  });
  const within = segment({ attributes, kind: 1, parentSpanId: SPAN });
  expect(within.annotations).toEqual({ 'http.route': '/quote', a_b: 1 });
  expect(within.metadata.default).toEqual({ pass: 'MEMBER' });
});
