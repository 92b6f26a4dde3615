import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { CloudWatch } from '../../../region/cloudwatch/cloudwatch';
import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REQUESTS = { Namespace: 'Own', MetricName: 'Requests', Stat: 'Sum' };
const QUERIES: MetricDataQuery[] = [
  { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(filled, 2)' },
  { Id: 'filled', Expression: 'FILL(requests, 0)' },
  {
    Id: 'requests',
    MetricStat: { Metric: { Namespace: 'Own', MetricName: 'Requests' }, Period: 3600, Stat: 'Sum' },
    ReturnData: false,
  },
];

function played() {
  const scope = testScope({ events: { emit: () => {} } });
  const cloudwatch = new CloudWatch(scope);
  const call = (name: string, input: any): any => cloudwatch.operations[name]!(input);
  const { clock } = scope;
  const put = (time: number, Value: number) =>
    call('PutMetricData', {
      Namespace: 'Own',
      MetricData: [{ MetricName: 'Requests', Value, Timestamp: new Date(time) }],
    });
  return {
    clock,
    call,
    put,
    /** Requests of the days before now, hour by hour. */
    history(days: number, requests: (hour: number) => number) {
      for (let time = clock.now() - days * DAY; time < clock.now(); time += HOUR)
        put(time, requests((time / HOUR) % 24));
    },
    band(start: number, queries = QUERIES): Record<string, number[][]> {
      const { MetricDataResults } = call('GetMetricData', {
        StartTime: new Date(start),
        EndTime: new Date(start + HOUR),
        MetricDataQueries: queries,
      });
      const found: Record<string, number[][]> = {};
      for (const { Id, Values } of MetricDataResults) found[Id] = [...(found[Id] ?? []), Values];
      return found;
    },
    alarm: (config: Partial<PutMetricAlarmCommandInput> = {}) =>
      call('PutMetricAlarm', {
        AlarmName: 'traffic',
        Metrics: QUERIES,
        ThresholdMetricId: 'band',
        ComparisonOperator: 'LessThanLowerThreshold',
        EvaluationPeriods: 1,
        ...config,
      }),
    state: () => call('DescribeAlarms', { AlarmNames: ['traffic'] }).MetricAlarms[0],
  };
}

const byDay = (hour: number) => (hour < 6 ? 10 : 1000);

describe('a band', () => {
  it('comes with its metric from GetMetricData, by the hour', () => {
    const { clock, band, history } = played();
    history(14, byDay);
    expect(band(clock.now() + 3 * HOUR)).toEqual({ band: [[9], [11]], filled: [[0]] });
    expect(band(clock.now() + 12 * HOUR)).toEqual({ band: [[900], [1100]], filled: [[0]] });
  });

  it('is empty before the metric has a week of history', () => {
    const { clock, band, history } = played();
    history(6, byDay);
    expect(band(clock.now())).toEqual({ band: [[], []], filled: [[0]] });
  });

  it('learns on, day by day', async () => {
    const { clock, band, history, put } = played();
    history(14, () => 100);
    const tomorrow = clock.now() + DAY;
    for (let time = clock.now(); time < tomorrow; time += HOUR) put(time, 200);
    expect(band(tomorrow - HOUR)).toMatchObject({ band: [[90], [110]] });
    expect(band(tomorrow + 7 * DAY - DAY).band).toEqual([[50], [250]]);
  });
});

describe('an alarm on a band', () => {
  it('goes off below the band and by day alone, as CloudWatch words it', async () => {
    const { clock, alarm, state, history, put } = played();
    history(14, byDay);
    alarm();
    for (let hour = 0; hour < 24; hour++) put(clock.now() + hour * HOUR, 10);
    await clock.advance(6 * HOUR);
    expect(state()).toMatchObject({ StateValue: 'OK', ThresholdMetricId: 'band' });
    await clock.advance(HOUR);
    expect(state()).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringMatching(
        /^Thresholds Crossed: 1 out of the last 1 datapoints \[10\.0 \(01\/01\/26 \S+\)\] was less than the lower thresholds \[900\.0\] \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
      ),
    });
    const data = JSON.parse(state().StateReasonData);
    expect(data).toMatchObject({ recentLowerThresholds: [900], recentUpperThresholds: [1100] });
    expect(data).not.toHaveProperty('threshold');
  });

  it.each([
    ['LessThanLowerThreshold', 'ALARM', 'OK'],
    ['GreaterThanUpperThreshold', 'OK', 'ALARM'],
    ['LessThanLowerOrGreaterThanUpperThreshold', 'ALARM', 'ALARM'],
  ] as const)('%s: %s below, %s above', async (ComparisonOperator, below, above) => {
    for (const [requests, expected] of [
      [500, below],
      [1000, 'OK'],
      [1500, above],
    ] as const) {
      const { clock, alarm, state, history, put } = played();
      history(14, () => 1000);
      put(clock.now(), requests);
      await clock.advance(HOUR - MINUTE);
      alarm({ ComparisonOperator });
      await clock.advance(MINUTE);
      expect([requests, state().StateValue]).toEqual([requests, expected]);
    }
  });

  it('has insufficient data while nothing is usual yet', async () => {
    const { clock, alarm, state, history } = played();
    history(6, byDay);
    alarm();
    await clock.advance(13 * HOUR);
    expect(state().StateValue).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    [{ ThresholdMetricId: 'filled' }, 'allowed is the Id of an ANOMALY_DETECTION_BAND among Metrics'],
    [{ ThresholdMetricId: undefined }, 'ThresholdMetricId is undefined'],
    [{ Threshold: 5 }, 'Threshold is 5; LessThanLowerThreshold compares with ThresholdMetricId'],
    [
      { ComparisonOperator: 'LessThanThreshold' as const, Threshold: 5 },
      'ThresholdMetricId is band; LessThanThreshold compares with Threshold',
    ],
    [{ ComparisonOperator: 'Less' as any }, 'ComparisonOperator is Less; allowed are GreaterThanThreshold'],
  ])('is refused with %j', (config, message) => {
    expect(() => played().alarm(config)).toThrow(message);
  });
});

describe('detectors', () => {
  it('say what is learnt from: time zone and excluded ranges', () => {
    const { clock, call, band, history } = played();
    history(14, () => 100);
    const lastWeek = clock.now() - 7 * DAY;
    const SingleMetricAnomalyDetector = REQUESTS;
    const ExcludedTimeRanges = [{ StartTime: new Date(0), EndTime: new Date(lastWeek + HOUR) }];
    const { AnomalyDetectorId } = call('PutAnomalyDetector', {
      SingleMetricAnomalyDetector,
      Configuration: { ExcludedTimeRanges, MetricTimezone: 'Europe/Berlin' },
    });
    const single = [{ Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(requests, 2)' }, QUERIES[2]!];
    expect(band(clock.now(), single)).toEqual({ band: [[], []] });
    expect(band(clock.now() + HOUR, single)).toEqual({ band: [[90], [110]] });
    // The band of what is computed from the metric is another one.
    expect(band(clock.now())).toMatchObject({ band: [[90], [110]] });
    expect(call('DescribeAnomalyDetectors', { MetricName: 'Requests' }).AnomalyDetectors).toMatchObject([
      {
        AnomalyDetectorId,
        SingleMetricAnomalyDetector,
        MetricName: 'Requests',
        Configuration: { MetricTimezone: 'Europe/Berlin' },
        StateValue: 'TRAINED',
      },
    ]);
    expect(call('DescribeAnomalyDetectors', { MetricName: 'Errors' }).AnomalyDetectors).toEqual([]);
    // Once more is the same detector, changed.
    expect(call('PutAnomalyDetector', { ...REQUESTS })).toEqual({ AnomalyDetectorId });
    expect(band(clock.now(), single)).toEqual({ band: [[90], [110]] });
    call('DeleteAnomalyDetector', { SingleMetricAnomalyDetector });
    expect(call('DescribeAnomalyDetectors', {}).AnomalyDetectors).toEqual([]);
    expect(() => call('DeleteAnomalyDetector', { AnomalyDetectorId })).toThrow(
      expect.objectContaining({ code: 'ResourceNotFoundException' }),
    );
  });

  it('of metric math are told by what is computed, not by ids', () => {
    const { clock, call, band, history } = played();
    history(14, () => 100);
    call('PutAnomalyDetector', {
      MetricMathAnomalyDetector: {
        MetricDataQueries: [
          { Id: 'e1', Expression: 'FILL( m1 ,0)' },
          { ...QUERIES[2], Id: 'm1' },
        ],
      },
      Configuration: { ExcludedTimeRanges: [{ StartTime: new Date(0), EndTime: new Date(clock.now()) }] },
    });
    expect(band(clock.now())).toMatchObject({ band: [[], []] });
    expect(call('DescribeAnomalyDetectors', {}).AnomalyDetectors).toEqual([]);
    expect(
      call('DescribeAnomalyDetectors', { AnomalyDetectorTypes: ['METRIC_MATH'] }).AnomalyDetectors,
    ).toMatchObject([{ StateValue: 'TRAINED_INSUFFICIENT_DATA' }]);
  });

  it.each([
    [{}, 'Give one of MetricName, SingleMetricAnomalyDetector and MetricMathAnomalyDetector'],
    [{ ...REQUESTS, SingleMetricAnomalyDetector: REQUESTS }, 'Give one of'],
    [{ ...REQUESTS, Configuration: { AdaptationSpeed: 'FAST' } }, 'AdaptationSpeed is not played here'],
    [{ ...REQUESTS, Configuration: { MetricTimezone: 'Berlin' } }, 'found the TimeZone Berlin'],
    [
      {
        ...REQUESTS,
        Configuration: { ExcludedTimeRanges: [{ StartTime: new Date(1), EndTime: new Date(0) }] },
      },
      'ends before it starts',
    ],
    [{ MetricMathAnomalyDetector: { MetricDataQueries: QUERIES } }, 'Exactly one of MetricDataQueries'],
  ])('refuses %j', (input, message) => {
    expect(() => played().call('PutAnomalyDetector', input)).toThrow(message);
  });

  it('are made by templates', async () => {
    const scope = testScope();
    const cloudwatch = scope.service('cloudwatch');
    const call = (name: string, input: any): any => cloudwatch.operations[name]!(input);
    const detector = resource(scope, cloudwatch, 'AWS::CloudWatch::AnomalyDetector');
    const properties = {
      SingleMetricAnomalyDetector: REQUESTS,
      Configuration: {
        MetricTimeZone: 'UTC',
        ExcludedTimeRanges: [{ StartTime: '2026-07-01T00:00:00', EndTime: '2026-07-02T00:00:00' }],
      },
    };
    const made = await detector.create(properties);
    expect(made.attributes).toEqual({ Id: made.physicalId });
    expect(call('DescribeAnomalyDetectors', {}).AnomalyDetectors).toMatchObject([
      {
        AnomalyDetectorId: made.physicalId,
        Configuration: {
          MetricTimezone: 'UTC',
          ExcludedTimeRanges: [{ StartTime: new Date('2026-07-01T00:00:00Z') }],
        },
      },
    ]);
    await detector.delete(made.physicalId, properties);
    await detector.delete(made.physicalId, properties);
    expect(call('DescribeAnomalyDetectors', {}).AnomalyDetectors).toEqual([]);
  });
});
