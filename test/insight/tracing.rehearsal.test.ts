import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { buildService } from '../support/service';
import { REVISION, TracedService } from './traced-service';

jest.setTimeout(120_000);

const RUNBOOK = fs.readFileSync(path.join(__dirname, '../../docs/runbook.md'), 'utf8');
const [, COMMANDS] = /## Which requests fail\n.*?```sh\n(.*?)```/s.exec(RUNBOOK)!;
const hasCli = spawnSync('aws', ['--version']).status === 0;

/** The id under which a request came to the load balancer. */
const ROOT = '1-67891233-abcdef012345678912345678';
const RELEASE = `annotation[otel.resource.service.version] = "${REVISION}"`;
let revision: Buffer;
let service: TracedService;

beforeAll(async () => {
  [revision] = (await buildService(REVISION)) as [Buffer];
});

function client(): XRayClient {
  return new XRayClient({
    region: 'us-east-1',
    endpoint: service.region.endpoint,
    credentials: service.region.home.credentials(),
  });
}

/** One request that is answered, one that fails, and a deployment, after which all of them have been sent. */
async function use(): Promise<void> {
  const { url } = service;
  await fetch(`${url}/quote?nights=3`, { headers: { 'X-Amzn-Trace-Id': `Root=${ROOT}` } });
  expect((await fetch(`${url}/bookings`, { method: 'POST', body: 'no JSON' })).status).toBe(500);
  await service.deploy();
}

async function traces(FilterExpression?: string) {
  const now = service.region.clock.now();
  const [StartTime, EndTime] = [new Date(now - 6 * 3_600_000), new Date(now)];
  const command = new GetTraceSummariesCommand({ StartTime, EndTime, FilterExpression });
  return (await client().send(command)).TraceSummaries!;
}

test('requests through the load balancer are traces of their revision, those that fail are faults', async () => {
  service = await TracedService.start(revision, { samplePercent: 100 });
  await use();

  const [failed, ...others] = await traces(`service("harbor") AND fault AND ${RELEASE}`);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ HasFault: true, Http: { HttpMethod: 'POST', HttpStatus: 500 } });
  expect(failed!.Annotations).toMatchObject({
    'otel.resource.deployment.environment.name': [{ AnnotationValue: { StringValue: 'prod' } }],
    'http.route': [{ AnnotationValue: { StringValue: '/bookings' } }],
  });

  const { Traces } = await client().send(new BatchGetTracesCommand({ TraceIds: [ROOT] }));
  const [segment] = Traces![0]!.Segments!.map(({ Document }) => JSON.parse(Document!));
  expect(segment).toMatchObject({
    name: 'harbor',
    trace_id: ROOT,
    origin: 'AWS::EC2::Instance',
    service: { version: REVISION },
    http: { request: { method: 'GET' }, response: { status: 200 } },
  });
  expect(segment.http.request.url).toMatch(/\/quote\?nights=3$/);
});

(hasCli ? test : test.skip)("the runbook's commands of the AWS CLI find the failed request", async () => {
  const [search, read] = COMMANDS!.trim().split('\n');
  const now = Math.ceil(service.region.clock.now() / 1000);
  // The CLI asks this machine for the time, and AWS time runs ahead of it.
  const set = `date() { echo ${now}; }; SERVICE=harbor ENVIRONMENT=prod`;
  const env = { PATH: process.env.PATH, ...service.region.home.environment() };
  const bash = async (script: string) =>
    (await promisify(execFile)('bash', ['-euc', script], { env })).stdout;
  const [[id, ...failed], ...others] = JSON.parse(await bash(`${set}; ${search} --output json`));
  expect(others).toEqual([]);
  expect(failed).toEqual([500, 'POST', expect.stringMatching(/\/bookings$/), REVISION, expect.any(String)]);
  expect(JSON.parse(await bash(`TRACE=${id}; ${read}`))).toMatchObject({
    trace_id: id,
    fault: true,
    cause: { exceptions: [{ type: 'SyntaxError' }] },
  });
});

test('without tracing nothing arrives', async () => {
  service = await TracedService.start(revision, false);
  await use();
  expect(await traces()).toEqual([]);
});
