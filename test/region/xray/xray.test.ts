import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { SteppedClock } from '../../../region/clock/clock';
import type { Journal } from '../../../region/journal/journal';
import { Region } from '../../../region/region';
import type { SegmentDocument } from '../../../region/xray/segment-document';
import { atEnd, temporaryFolder } from '../../support/folder';
import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';
import { failed, NOW, newTraceId, segment } from './segments';

const DAY = 86_400;
let clock: SteppedClock;
let client: XRayClient;
let journal: Journal;

beforeEach(async () => {
  clock = new SteppedClock(NOW * 1000);
  const region = await Region.start({ folder: temporaryFolder('xray'), clock });
  atEnd(() => region.stop());
  journal = region.journal;
  client = new XRayClient({
    region: 'us-east-1',
    endpoint: region.endpoint,
    credentials: region.home.credentials(),
    // Its clock is the machine's, the region's stands in 2026.
    systemClockOffset: clock.now() - clock.wall(),
  });
});

async function put(...documents: (SegmentDocument | string)[]) {
  const texts = documents.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const command = new PutTraceSegmentsCommand({ TraceSegmentDocuments: texts });
  return (await client.send(command)).UnprocessedTraceSegments!;
}

const range = (from = NOW - 60, to = NOW + 60) => ({
  StartTime: new Date(from * 1000),
  EndTime: new Date(to * 1000),
});

async function summaries(FilterExpression?: string) {
  const command = new GetTraceSummariesCommand({ ...range(), FilterExpression });
  return (await client.send(command)).TraceSummaries!;
}

test('a trace is found by what is indexed of its segments', async () => {
  const trace_id = newTraceId();
  const annotations = { 'service.version': '3f2a', attempt: 2, member: true };
  const root = segment({ trace_id, ...failed, annotations, origin: 'AWS::EC2::Instance' });
  expect(await put(root)).toEqual([]);
  const [summary] = await summaries();
  const ServiceIds = [
    { Name: 'harbor', Names: ['harbor'], AccountId: '111111111111', Type: 'AWS::EC2::Instance' },
  ];
  expect(summary).toMatchObject({
    Id: trace_id,
    HasFault: true,
    HasError: false,
    IsPartial: false,
    Http: { HttpStatus: 500, HttpMethod: 'GET', HttpURL: 'http://harbor/quote' },
    ServiceIds,
    EntryPoint: ServiceIds[0],
    Annotations: {
      'service.version': [{ AnnotationValue: { StringValue: '3f2a' }, ServiceIds }],
      attempt: [{ AnnotationValue: { NumberValue: 2 } }],
      member: [{ AnnotationValue: { BooleanValue: true } }],
    },
  });
  expect(summary!.ResponseTime).toBeCloseTo(0.1);
});

test('only traces of the time range, of at most six hours, are found', async () => {
  await put(segment());
  const at = async (from: number, to: number) =>
    (await client.send(new GetTraceSummariesCommand(range(from, to)))).TraceSummaries!.length;
  expect(await at(NOW - 10, NOW)).toBe(1);
  expect(await at(NOW, NOW + 10)).toBe(0);
  const invalid = expect.objectContaining({ name: 'InvalidRequestException' });
  await expect(at(NOW - 7 * 3600, NOW)).rejects.toEqual(invalid);
  await expect(at(NOW, NOW - 1)).rejects.toEqual(invalid);
});

test('a trace is put together from its segments, and what was sent on its own goes where it belongs', async () => {
  const trace_id = newTraceId();
  const root = segment({ trace_id });
  const call = segment({ trace_id, name: 'berths', type: 'subsegment', parent_id: root.id });
  const callee = segment({ trace_id, name: 'berths', parent_id: call.id, end_time: NOW });
  await put(callee, call, root);
  const command = new BatchGetTracesCommand({ TraceIds: [trace_id, newTraceId()] });
  const { Traces, UnprocessedTraceIds } = await client.send(command);
  expect(UnprocessedTraceIds).toHaveLength(1);
  expect(Traces).toHaveLength(1);
  expect(Traces![0]!.Duration).toBeCloseTo(1);
  const documents = Traces![0]!.Segments!.map(({ Document }) => JSON.parse(Document!));
  expect(documents.map(({ name }) => name).sort()).toEqual(['berths', 'harbor']);
  expect(documents.find(({ name }) => name === 'harbor').subsegments).toEqual([call]);
  expect((await summaries())[0]).toMatchObject({ EntryPoint: { Name: 'harbor' } });
});

test('a segment in progress makes the trace partial until it is sent whole', async () => {
  const whole = segment();
  const { end_time: _, ...begun } = whole;
  await put({ ...begun, in_progress: true });
  expect((await summaries('partial'))[0]).toMatchObject({ IsPartial: true, Id: whole.trace_id });
  await put(whole);
  expect(await summaries('partial')).toEqual([]);
  expect(await summaries()).toHaveLength(1);
});

test('the service graph counts who has called whom', async () => {
  const trace_id = newTraceId();
  const root = segment({ trace_id });
  const called = { name: 'berths', parent_id: root.id };
  await put(root, segment({ trace_id, ...called }), segment({ trace_id, ...called, ...failed }));
  const { Services } = await client.send(new GetServiceGraphCommand(range()));
  const named = (Name: string, Type?: string) =>
    Services!.find((one) => one.Name === Name && one.Type === Type)!;
  const [client_, harbor, berths] = [named('harbor', 'client'), named('harbor'), named('berths')];
  expect(client_).toMatchObject({ Root: true, Edges: [{ ReferenceId: harbor.ReferenceId }] });
  expect(harbor.Edges).toMatchObject([
    {
      ReferenceId: berths.ReferenceId,
      SummaryStatistics: { OkCount: 1, TotalCount: 2, FaultStatistics: { TotalCount: 1 } },
    },
  ]);
  expect(berths.Edges).toEqual([]);
});

test('what is no segment is not taken, and the others are', async () => {
  const good = segment();
  const { trace_id: _, ...untraced } = segment();
  const bad: [SegmentDocument | string, string][] = [
    ['{', 'ParseError'],
    ['null', 'ParseError'],
    [untraced as SegmentDocument, 'InvalidTraceId'],
    [segment({ trace_id: '4efaaf4d1e8720b39541901950019ee5' }), 'InvalidTraceId'],
    [segment({ id: 'short' }), 'InvalidId'],
    [segment({ name: '' }), 'InvalidName'],
    [segment({ type: 'subsegment' }), 'InvalidParentId'],
    [segment({ end_time: undefined }), 'InvalidEndTime'],
    [segment({ start_time: NOW - 31 * DAY }), 'SegmentTooOld'],
    [segment({ start_time: NOW + 600, end_time: NOW + 601 }), 'InvalidStartTime'],
    [segment({ annotations: { long: 'x'.repeat(64 * 1024) } }), 'SegmentTooLarge'],
  ];
  const unprocessed = await put(...bad.map(([document]) => document), good);
  expect(unprocessed.map(({ ErrorCode }) => ErrorCode)).toEqual(bad.map(([, code]) => code));
  expect(await summaries()).toMatchObject([{ Id: good.trace_id }]);
  expect(journal.entries(({ source }) => source === 'xray')).toMatchObject([
    { subject: 'harbor', message: `1 segments received, 0 of them faults, ${bad.length} not taken` },
  ]);
});

test('an old trace is forgotten', async () => {
  const { trace_id } = segment();
  await put(segment({ trace_id }));
  await clock.advance(31 * DAY * 1000);
  client.config.systemClockOffset = clock.now() - clock.wall();
  await put(segment({ start_time: NOW + 31 * DAY, end_time: NOW + 31 * DAY }));
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [trace_id] }));
  expect(Traces).toEqual([]);
});

test('groups and the like are recorded under the names that they have in AWS', async () => {
  const scope = testScope();
  const xray = scope.service('xray');
  const ref = async (type: string, properties: object) =>
    (await resource(scope, xray, type).create(properties)).physicalId;
  const arn = 'arn:aws:xray:us-east-1:111111111111:';
  expect(await ref('AWS::XRay::Group', { GroupName: 'slow' })).toMatch(new RegExp(`^${arn}group/slow/.+`));
  expect(await ref('AWS::XRay::SamplingRule', { SamplingRule: { RuleName: 'all' } })).toBe(
    `${arn}sampling-rule/all`,
  );
  expect(await ref('AWS::XRay::ResourcePolicy', { PolicyName: 'sns' })).toBe('sns');
  expect(await ref('AWS::XRay::TransactionSearchConfig', {})).toBe('111111111111');
});

test("a sender's telemetry is accepted", async () => {
  const record = { Timestamp: new Date(NOW * 1000), SegmentsReceivedCount: 1 };
  await client.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [record] }));
});
