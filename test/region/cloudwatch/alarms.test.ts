import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { CloudWatch } from '../../../region/cloudwatch/cloudwatch';
import { testScope } from '../../support/scope';

const MINUTE = 60_000;
const TOPIC = 'arn:aws:sns:us-east-1:111111111111:team';
const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:react';
const LB = { LoadBalancer: 'app/web/1' };

function played() {
  const events: any[] = [];
  const published: any[] = [];
  const invoked: any[] = [];
  const scope = testScope({
    events: { emit: (event: any) => events.push(event) },
    sns: { operations: { Publish: (input: any) => published.push(input) } },
    lambda: { operations: { Invoke: (input: any) => invoked.push(input) } },
  });
  const cloudwatch = new CloudWatch(scope);
  const call = (name: string, input: any): any => cloudwatch.operations[name]!(input);
  return {
    scope,
    clock: scope.clock,
    events,
    published,
    invoked,
    call,
    record: (metricName: string, value: number, count?: number) =>
      cloudwatch.record({ namespace: 'AWS/ApplicationELB', metricName, dimensions: LB, value, count }),
    alarm: (config: Partial<PutMetricAlarmCommandInput>) =>
      call('PutMetricAlarm', {
        AlarmName: 'errors',
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'HTTPCode_Target_5XX_Count',
        Dimensions: [{ Name: 'LoadBalancer', Value: 'app/web/1' }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        ...config,
      }),
    composite: (config: Partial<PutCompositeAlarmCommandInput>) =>
      call('PutCompositeAlarm', { AlarmName: 'any', ...config }),
    state: (name: string) => {
      const found = call('DescribeAlarms', {
        AlarmNames: [name],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      });
      return [...found.MetricAlarms, ...found.CompositeAlarms][0];
    },
  };
}

it('goes from recorded samples to ALARM, acts, tells EventBridge, and goes back to OK', async () => {
  const { scope, clock, record, alarm, state, events, published, invoked } = played();
  alarm({ AlarmActions: [TOPIC, FUNCTION, 'arn:aws:ssm:us-east-1:111111111111:opsitem:1'] });
  expect(state('errors')).toMatchObject({
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
  });

  for (let request = 0; request < 5; request++) record('HTTPCode_Target_5XX_Count', 1);
  await clock.advance(MINUTE);
  expect(state('errors')).toMatchObject({
    StateValue: 'ALARM',
    StateReason:
      'Threshold Crossed: 1 out of the last 1 datapoints [5.0 (01/01/26 00:00:00)] was greater than the threshold (1.0) ' +
      '(minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition).',
    StateUpdatedTimestamp: new Date('2026-01-01T00:01:00Z'),
  });
  expect(JSON.parse(state('errors').StateReasonData)).toEqual({
    version: '1.0',
    queryDate: '2026-01-01T00:01:00.000+0000',
    startDate: '2026-01-01T00:00:00.000+0000',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [5],
    threshold: 1,
    evaluatedDatapoints: [{ timestamp: '2026-01-01T00:00:00.000+0000', sampleCount: 5, value: 5 }],
  });

  const [created, changed, ...others] = events;
  expect(others).toEqual([]);
  expect(created).toMatchObject({
    detailType: 'CloudWatch Alarm Configuration Change',
    detail: {
      alarmName: 'errors',
      operation: 'create',
      configuration: { threshold: 1, alarmActions: [TOPIC, FUNCTION, expect.any(String)] },
    },
  });
  expect([changed]).toEqual([
    {
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:111111111111:alarm:errors'],
      detail: {
        alarmName: 'errors',
        configuration: {
          metrics: [
            {
              id: 'm1',
              metricStat: {
                metric: {
                  namespace: 'AWS/ApplicationELB',
                  name: 'HTTPCode_Target_5XX_Count',
                  dimensions: LB,
                },
                period: 60,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
        previousState: expect.objectContaining({ value: 'INSUFFICIENT_DATA' }),
        state: expect.objectContaining({ value: 'ALARM', timestamp: '2026-01-01T00:01:00.000+0000' }),
      },
    },
  ]);
  expect(published).toHaveLength(1);
  expect(published[0]).toMatchObject({ TopicArn: TOPIC, Subject: 'ALARM: "errors" in us-east-1' });
  expect(JSON.parse(published[0].Message)).toMatchObject({
    AlarmName: 'errors',
    NewStateValue: 'ALARM',
    OldStateValue: 'INSUFFICIENT_DATA',
    Trigger: { MetricName: 'HTTPCode_Target_5XX_Count', Statistic: 'SUM', Threshold: 1 },
  });
  expect(invoked[0]).toMatchObject({ FunctionName: FUNCTION, InvocationType: 'Event' });
  expect(JSON.parse(String(invoked[0].Payload))).toMatchObject({
    source: 'aws.cloudwatch',
    alarmData: { alarmName: 'errors', state: { value: 'ALARM' } },
  });
  expect(scope.journal.entries(({ type }) => type === 'AlarmActionRecorded')).toHaveLength(1);

  record('HTTPCode_Target_5XX_Count', 0);
  await clock.advance(MINUTE);
  expect(state('errors')).toMatchObject({
    StateValue: 'OK',
    StateReason:
      'Threshold Crossed: 1 out of the last 1 datapoints [0.0 (01/01/26 00:01:00)] was not greater than the threshold ' +
      '(1.0) (minimum 1 datapoint for ALARM -> OK transition).',
  });
  const changes = scope.journal.entries(({ type }) => type === 'AlarmStateChange');
  expect(changes.map(({ detail }) => detail['to'])).toEqual(['ALARM', 'OK']);
  expect(published).toHaveLength(1);
});

it('alarms on metric math: an error rate', async () => {
  const { clock, record, alarm, state } = played();
  const stat = (MetricName: string) => ({
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName,
      Dimensions: [{ Name: 'LoadBalancer', Value: 'app/web/1' }],
    },
    Period: 60,
    Stat: 'Sum',
  });
  alarm({
    ...{
      Namespace: undefined,
      MetricName: undefined,
      Dimensions: undefined,
      Statistic: undefined,
      Period: undefined,
    },
    Metrics: [
      { Id: 'rate', Expression: '100 * FILL(errors, 0) / requests', ReturnData: true },
      { Id: 'errors', MetricStat: stat('HTTPCode_Target_5XX_Count'), ReturnData: false },
      { Id: 'requests', MetricStat: stat('RequestCount'), ReturnData: false },
    ],
    Threshold: 5,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
  });
  await clock.advance(MINUTE);
  expect(state('errors')).toMatchObject({
    StateValue: 'OK',
    StateReason:
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
  });
  for (let minute = 0; minute < 2; minute++) {
    expect(state('errors').StateValue).toBe('OK');
    record('RequestCount', 1, 100);
    record('HTTPCode_Target_5XX_Count', 1, 6);
    await clock.advance(MINUTE);
  }
  expect(state('errors').StateValue).toBe('ALARM');
  expect(state('errors').StateReason).toContain(
    '2 out of the last 3 datapoints [6.0 (01/01/26 00:02:00), 6.0 (01/01/26 00:01:00)] were greater than',
  );
});

it('evaluates alarms of 10 s periods every 10 s, on high-resolution metrics alone', async () => {
  const { clock, alarm, call, state } = played();
  alarm({ Namespace: 'Own', MetricName: 'Queue', Dimensions: [], Period: 10, TreatMissingData: 'missing' });
  const put = (StorageResolution?: number) =>
    call('PutMetricData', {
      Namespace: 'Own',
      MetricData: [{ MetricName: 'Queue', Value: 9, StorageResolution }],
    });
  put();
  await clock.advance(10_000);
  expect(state('errors').StateValue).toBe('INSUFFICIENT_DATA');
  put(1);
  await clock.advance(10_000);
  expect(state('errors').StateValue).toBe('ALARM');
});

it('keeps its state on few samples of a percentile when told to ignore them', async () => {
  const { clock, record, alarm, state } = played();
  const latency = { MetricName: 'TargetResponseTime', Statistic: undefined, ExtendedStatistic: 'p90' };
  alarm({ ...latency, AlarmName: 'careful', EvaluateLowSampleCountPercentile: 'ignore' });
  alarm({ ...latency, AlarmName: 'plain' });
  record('TargetResponseTime', 3, 99);
  await clock.advance(MINUTE);
  expect(state('plain').StateValue).toBe('ALARM');
  expect(state('careful').StateValue).toBe('INSUFFICIENT_DATA');
  record('TargetResponseTime', 3, 100);
  await clock.advance(MINUTE);
  expect(state('careful').StateValue).toBe('ALARM');
});

it('keeps state over an update, and does not act while actions are disabled', async () => {
  const { clock, record, alarm, state, call, published } = played();
  alarm({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
  call('DisableAlarmActions', { AlarmNames: ['errors'] });
  record('HTTPCode_Target_5XX_Count', 2);
  await clock.advance(MINUTE);
  expect([state('errors').StateValue, state('errors').ActionsEnabled, published.length]).toEqual([
    'ALARM',
    false,
    0,
  ]);
  alarm({ AlarmActions: [TOPIC], OKActions: [TOPIC], Threshold: 10 });
  expect(state('errors').StateValue).toBe('ALARM');
  await clock.advance(MINUTE);
  expect([state('errors').StateValue, published.length]).toEqual(['OK', 1]);
});

it('SetAlarmState holds until the next evaluation; history tells both', async () => {
  const { clock, record, alarm, state, call } = played();
  alarm({});
  record('HTTPCode_Target_5XX_Count', 0);
  call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a drill' });
  expect(state('errors')).toMatchObject({ StateValue: 'ALARM', StateReason: 'a drill' });
  await clock.advance(MINUTE);
  expect(state('errors').StateValue).toBe('OK');
  const { AlarmHistoryItems } = call('DescribeAlarmHistory', {
    AlarmName: 'errors',
    HistoryItemType: 'StateUpdate',
  });
  expect(AlarmHistoryItems.map((item: any) => item.HistorySummary)).toEqual([
    'Alarm updated from ALARM to OK',
    'Alarm updated from INSUFFICIENT_DATA to ALARM',
  ]);
  expect(JSON.parse(AlarmHistoryItems[1].HistoryData)).toMatchObject({
    version: '1.0',
    oldState: { stateValue: 'INSUFFICIENT_DATA' },
    newState: { stateValue: 'ALARM', stateReason: 'a drill' },
  });
  expect(() => call('SetAlarmState', { AlarmName: 'none', StateValue: 'OK' })).toThrow(
    expect.objectContaining({ code: 'ResourceNotFound' }),
  );
});

it.each<[Partial<PutMetricAlarmCommandInput>, string]>([
  [{ Period: 15 }, 'Period is 15; allowed is 10, 20, 30 or a multiple of 60'],
  [{ DatapointsToAlarm: 2 }, 'DatapointsToAlarm is 2; allowed is 1 to EvaluationPeriods, 1'],
  [{ TreatMissingData: 'never' }, 'TreatMissingData is never; allowed are missing, ignore'],
  [{ Statistic: 'Median' as any }, 'The statistic Median is not known'],
  [
    { ComparisonOperator: 'GreaterThanUpperThreshold', ThresholdMetricId: 'ad1' },
    'Threshold is 1; GreaterThanUpperThreshold compares with ThresholdMetricId',
  ],
  [{ Metrics: [{ Id: 'm1', Expression: 'SUM(METRICS())' }] }, 'one of MetricName and Metrics'],
  [
    { MetricName: undefined, Metrics: [{ Id: 'e1', Expression: 'm1 * 2' }] },
    "an expression refers to 'm1', which is not among the queries",
  ],
])('refuses %j', (config, message) => {
  const { alarm, call } = played();
  expect(() => alarm(config)).toThrow(message);
  expect(call('DescribeAlarms', {}).MetricAlarms).toEqual([]);
});

describe('composite alarms', () => {
  it('start with INSUFFICIENT_DATA and follow their children', async () => {
    const { scope, clock, alarm, composite, call, state, published } = played();
    alarm({ AlarmName: 'a' });
    alarm({ AlarmName: 'b' });
    composite({ AlarmRule: 'ALARM(a) AND NOT ALARM(b)', AlarmActions: [TOPIC] });
    expect(state('any').StateValue).toBe('INSUFFICIENT_DATA');
    await clock.advance(0);
    expect(state('any').StateValue).toBe('OK');
    call('SetAlarmState', { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'test' });
    expect(state('any')).toMatchObject({
      StateValue: 'ALARM',
      StateReason:
        'arn:aws:cloudwatch:us-east-1:111111111111:alarm:a transitioned to ALARM at Thursday 01 January, 2026 00:00:00 UTC',
    });
    call('SetAlarmState', { AlarmName: 'b', StateValue: 'ALARM', StateReason: 'test' });
    expect(state('any').StateValue).toBe('OK');
    await clock.advance(0);
    expect(published).toHaveLength(1);
    expect(scope.journal.entries(({ subject }) => subject === 'any').length).toBeGreaterThanOrEqual(3);
    expect(call('DescribeAlarms', { ChildrenOfAlarmName: 'any' }).MetricAlarms).toHaveLength(2);
    expect(call('DescribeAlarms', {}).CompositeAlarms).toEqual([]);
  });

  it('protect their children from deletion, refuse children that are not there, and stop in a cycle', async () => {
    const { clock, scope, alarm, composite, call, state } = played();
    expect(() => composite({ AlarmRule: 'ALARM(a)' })).toThrow('alarms [a] in the alarm rule do not exist');
    alarm({ AlarmName: 'a' });
    composite({ AlarmName: 'x', AlarmRule: 'ALARM(a)' });
    composite({ AlarmName: 'y', AlarmRule: 'ALARM(x)' });
    await clock.advance(0);
    expect(() => call('DeleteAlarms', { AlarmNames: ['a'] })).toThrow(
      'composite alarm(s) depending on it: x',
    );
    composite({ AlarmName: 'x', AlarmRule: 'ALARM(y) OR ALARM(a)' });
    await clock.advance(0);
    call('SetAlarmState', { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'test' });
    expect(state('x').StateValue).toBe('OK');
    expect(scope.journal.entries(({ type }) => type === 'AlarmCycle').length).toBeGreaterThan(0);
    expect(() => call('DeleteAlarms', { AlarmNames: ['x'] })).toThrow('depending on it: y');
    composite({ AlarmName: 'x', AlarmRule: 'ALARM(a)' });
    await clock.advance(0);
    expect(state('y').StateValue).toBe('ALARM');
    call('DeleteAlarms', { AlarmNames: ['y'] });
    call('DeleteAlarms', { AlarmNames: ['x', 'a'] });
  });

  async function suppressed() {
    const all = played();
    const { clock, alarm, composite, call } = all;
    alarm({ AlarmName: 'child', TreatMissingData: 'ignore' });
    alarm({ AlarmName: 'maintenance', TreatMissingData: 'ignore' });
    composite({
      AlarmRule: 'ALARM(child)',
      AlarmActions: [TOPIC],
      ActionsSuppressor: 'maintenance',
      ActionsSuppressorWaitPeriod: 20,
      ActionsSuppressorExtensionPeriod: 40,
    });
    await clock.advance(0);
    await clock.advance(20_000);
    const set = (AlarmName: string, StateValue: string) =>
      call('SetAlarmState', { AlarmName, StateValue, StateReason: 'test' });
    return { ...all, set };
  }

  it('wait for their suppressor before they act', async () => {
    const { clock, set, state, published } = await suppressed();
    set('child', 'ALARM');
    expect(state('any')).toMatchObject({ StateValue: 'ALARM', ActionsSuppressedBy: 'WaitPeriod' });
    await clock.advance(19_000);
    expect(published).toHaveLength(0);
    await clock.advance(1_000);
    expect(published).toHaveLength(1);
    expect(state('any').ActionsSuppressedBy).toBeUndefined();
  });

  it('are held back while the suppressor is in ALARM and for the extension period after', async () => {
    const { clock, set, state, published } = await suppressed();
    set('child', 'ALARM');
    set('maintenance', 'ALARM');
    await clock.advance(30_000);
    expect([state('any').ActionsSuppressedBy, published.length]).toEqual(['Alarm', 0]);
    set('maintenance', 'OK');
    expect(state('any').ActionsSuppressedBy).toBe('ExtensionPeriod');
    await clock.advance(39_000);
    expect(published).toHaveLength(0);
    await clock.advance(1_000);
    expect(published).toHaveLength(1);
  });
});
