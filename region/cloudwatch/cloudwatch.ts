import type * as api from '@aws-sdk/client-cloudwatch';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { Alarms } from './alarms';
import { anomalyDetectorProvider } from './anomaly-detector-resource';
import { AnomalyDetectors } from './anomaly-detectors';
import { Dashboards } from './dashboards';
import { describeAlarms, describeAlarmsForMetric } from './describe-alarms';
import { MetricData } from './metric-data';
import { MetricStore, type Sample } from './metric-store';
import { alarmProvider, compositeAlarmProvider, dashboardProvider } from './resources';

/** Metrics, metric and composite alarms, anomaly detectors, and recorded dashboards. */
export class CloudWatch implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = [
    alarmProvider,
    compositeAlarmProvider,
    anomalyDetectorProvider,
    dashboardProvider,
  ];
  private readonly store = new MetricStore();
  private readonly alarms: Alarms;

  constructor(protected readonly scope: Scope) {
    const now = () => scope.clock.now();
    const detectors = new AnomalyDetectors(this.store, now);
    const sources = { store: this.store, detectors };
    const data = new MetricData(sources, now);
    const alarms = new Alarms(scope, sources);
    this.alarms = alarms;
    this.operations = {
      PutMetricData: (input: api.PutMetricDataCommandInput) => data.put(input),
      GetMetricData: (input: api.GetMetricDataCommandInput) => data.get(input),
      GetMetricStatistics: (input: api.GetMetricStatisticsCommandInput) => data.statistics(input),
      ListMetrics: (input: api.ListMetricsCommandInput) => data.list(input),
      PutMetricAlarm: (input: api.PutMetricAlarmCommandInput) => alarms.putMetricAlarm(input),
      PutCompositeAlarm: (input: api.PutCompositeAlarmCommandInput) => alarms.putCompositeAlarm(input),
      DeleteAlarms: (input: api.DeleteAlarmsCommandInput) => alarms.delete(input.AlarmNames ?? []),
      DescribeAlarms: (input: api.DescribeAlarmsCommandInput) => describeAlarms(alarms, input),
      DescribeAlarmsForMetric: (input: api.DescribeAlarmsForMetricCommandInput) =>
        describeAlarmsForMetric(alarms, input),
      DescribeAlarmHistory: (input: api.DescribeAlarmHistoryCommandInput) => alarms.history.describe(input),
      SetAlarmState: (input: api.SetAlarmStateCommandInput) => {
        if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(input.StateValue ?? '')) {
          throw new AwsError(
            'ValidationError',
            `StateValue is ${input.StateValue}; allowed are OK, ALARM, INSUFFICIENT_DATA`,
          );
        }
        alarms.setState(input.AlarmName!, {
          value: input.StateValue!,
          reason: input.StateReason ?? '',
          reasonData: input.StateReasonData,
        });
      },
      EnableAlarmActions: (input: api.EnableAlarmActionsCommandInput) =>
        alarms.enableActions(input.AlarmNames ?? [], true),
      DisableAlarmActions: (input: api.DisableAlarmActionsCommandInput) =>
        alarms.enableActions(input.AlarmNames ?? [], false),
      TagResource: (input: api.TagResourceCommandInput) => {
        const { tags } = alarms.get(input.ResourceARN!);
        for (const { Key, Value } of input.Tags ?? []) tags[Key!] = Value!;
      },
      UntagResource: (input: api.UntagResourceCommandInput) => {
        const { tags } = alarms.get(input.ResourceARN!);
        for (const key of input.TagKeys ?? []) delete tags[key];
      },
      ListTagsForResource: (input: api.ListTagsForResourceCommandInput) => ({
        Tags: Object.entries(alarms.get(input.ResourceARN!).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
      ...detectors.operations,
      ...new Dashboards(scope).operations,
    };
  }

  /** One sample of an `AWS/…` metric at the clock's time. Called for every request of a load balancer. */
  record(sample: Sample): void {
    this.store.add(
      sample,
      Math.floor(this.scope.clock.now() / 1000),
      (samples) => samples.add(sample.value, sample.count),
      sample,
    );
  }

  async stop(): Promise<void> {
    this.alarms.stop();
  }
}
