import { CloudWatch } from '../../../region/cloudwatch/cloudwatch';
import { testScope } from '../../support/scope';

function played() {
  const scope = testScope();
  const cloudwatch = new CloudWatch(scope);
  return { scope, cloudwatch, call: (name: string, input: any): any => cloudwatch.operations[name]!(input) };
}
const start = new Date('2026-01-01T00:00:00Z');
const end = new Date('2026-01-01T00:03:00Z');

it('aggregates samples by the minute and serves statistics and percentiles', async () => {
  const { scope, cloudwatch, call } = played();
  const latency = {
    namespace: 'AWS/ApplicationELB',
    metricName: 'TargetResponseTime',
    dimensions: { A: '1', B: '2' },
  };
  for (let sample = 1; sample <= 100; sample++)
    cloudwatch.record({ ...latency, value: sample, unit: 'Seconds' });
  await scope.clock.advance(120_000);
  // The order of dimensions makes no difference.
  cloudwatch.record({ ...latency, dimensions: { B: '2', A: '1' }, value: 7, count: 3 });
  const { Datapoints } = call('GetMetricStatistics', {
    Namespace: latency.namespace,
    MetricName: latency.metricName,
    Dimensions: [
      { Name: 'B', Value: '2' },
      { Name: 'A', Value: '1' },
    ],
    StartTime: start,
    EndTime: end,
    Period: 60,
    Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
    ExtendedStatistics: ['p99', 'p50', 'tm90', 'tc10', 'TM(25%:75%)', 'wm90'],
  });
  expect(Datapoints).toEqual([
    {
      ...{
        Timestamp: start,
        Unit: 'Seconds',
        Sum: 5050,
        Average: 50.5,
        Minimum: 1,
        Maximum: 100,
        SampleCount: 100,
      },
      ExtendedStatistics: { p99: 99, p50: 50, tm90: 45.5, tc10: 10, 'TM(25%:75%)': 50, wm90: 49.95 },
    },
    expect.objectContaining({ Timestamp: new Date('2026-01-01T00:02:00Z'), Sum: 21, SampleCount: 3 }),
  ]);
});

it('answers metric data with math, newest first unless asked otherwise', () => {
  const { call } = played();
  const put = (minute: number, MetricName: string, Value: number) =>
    call('PutMetricData', {
      Namespace: 'Own',
      MetricData: [{ MetricName, Value, Timestamp: new Date(+start + minute * 60_000) }],
    });
  put(0, 'Requests', 10);
  put(1, 'Requests', 20);
  put(2, 'Requests', 0);
  put(1, 'Errors', 5);
  const stat = (MetricName: string) => ({
    Metric: { Namespace: 'Own', MetricName },
    Period: 60,
    Stat: 'Sum',
  });
  const query = {
    StartTime: start,
    EndTime: end,
    MetricDataQueries: [
      { Id: 'rate', Expression: 'errors / requests', Label: 'Error rate' },
      { Id: 'errors', MetricStat: stat('Errors'), ReturnData: false },
      { Id: 'requests', MetricStat: stat('Requests') },
    ],
  };
  const { MetricDataResults } = call('GetMetricData', query);
  expect(MetricDataResults).toMatchObject([
    { Id: 'rate', Label: 'Error rate', Values: [0.25, 0], StatusCode: 'Complete' },
    { Id: 'requests', Label: 'Requests', Values: [0, 20, 10] },
  ]);
  expect(
    call('GetMetricData', { ...query, ScanBy: 'TimestampAscending' }).MetricDataResults[1].Values,
  ).toEqual([10, 20, 0]);
  expect(() =>
    call('GetMetricData', { ...query, MetricDataQueries: [{ Id: 'x', Expression: 'x + 1' }] }),
  ).toThrow("'x' refers to itself");
});

it('takes statistic sets and counts of values, and lists metrics', () => {
  const { call } = played();
  call('PutMetricData', {
    Namespace: 'Own',
    MetricData: [
      { MetricName: 'Sizes', Values: [1, 2], Counts: [3, 1], Timestamp: start },
      {
        MetricName: 'Sizes',
        StatisticValues: { SampleCount: 2, Sum: 9, Minimum: 4, Maximum: 5 },
        Timestamp: start,
      },
    ],
  });
  const input = { Namespace: 'Own', MetricName: 'Sizes', StartTime: start, EndTime: end, Period: 60 };
  const { Datapoints } = call('GetMetricStatistics', {
    ...input,
    Statistics: ['Sum', 'SampleCount', 'Maximum'],
  });
  expect(Datapoints).toMatchObject([{ Sum: 14, SampleCount: 6, Maximum: 5 }]);
  expect(call('ListMetrics', { Namespace: 'Own' }).Metrics).toEqual([
    { Namespace: 'Own', MetricName: 'Sizes', Dimensions: [] },
  ]);
  expect(() => call('PutMetricData', { Namespace: 'AWS/EC2', MetricData: [] })).toThrow(
    expect.objectContaining({ code: 'InvalidParameterValue' }),
  );
});

it('keeps a bounded number of periods', async () => {
  const { scope, cloudwatch, call } = played();
  const sample = { namespace: 'N', metricName: 'M', dimensions: {}, value: 1 };
  cloudwatch.record(sample);
  await scope.clock.advance(16 * 24 * 3600_000);
  cloudwatch.record(sample);
  const { Datapoints } = call('GetMetricStatistics', {
    ...{ Namespace: 'N', MetricName: 'M', Period: 86_400, Statistics: ['Sum'] },
    ...{ StartTime: start, EndTime: new Date('2026-02-01T00:00:00Z') },
  });
  expect(Datapoints).toMatchObject([{ Timestamp: new Date('2026-01-17T00:00:00Z'), Sum: 1 }]);
});
