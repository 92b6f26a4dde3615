import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider, ResourceResult } from '../service';

export const alarmProvider: ResourceProvider<PutMetricAlarmCommandInput> = {
  type: 'AWS::CloudWatch::Alarm',
  disposition: 'modelled',
  properties: {
    AlarmName: 'modelled',
    AlarmDescription: 'recorded',
    ActionsEnabled: 'modelled',
    AlarmActions: 'executed',
    OKActions: 'executed',
    InsufficientDataActions: 'executed',
    ComparisonOperator: 'modelled',
    DatapointsToAlarm: 'modelled',
    Dimensions: 'modelled',
    EvaluateLowSampleCountPercentile: 'modelled',
    EvaluationPeriods: 'modelled',
    EvaluationWindow: 'modelled',
    ExtendedStatistic: 'modelled',
    MetricName: 'modelled',
    Metrics: 'modelled',
    Namespace: 'modelled',
    Period: 'modelled',
    Statistic: 'modelled',
    Threshold: 'modelled',
    ThresholdMetricId: 'modelled',
    TreatMissingData: 'modelled',
    Unit: 'modelled',
    Tags: 'recorded',
  },
  ...alarmLifecycle<PutMetricAlarmCommandInput>('PutMetricAlarm', numbersOfMetricAlarm),
};

export const compositeAlarmProvider: ResourceProvider<PutCompositeAlarmCommandInput> = {
  type: 'AWS::CloudWatch::CompositeAlarm',
  disposition: 'modelled',
  properties: {
    AlarmName: 'modelled',
    AlarmDescription: 'recorded',
    AlarmRule: 'modelled',
    ActionsEnabled: 'modelled',
    AlarmActions: 'executed',
    OKActions: 'executed',
    InsufficientDataActions: 'executed',
    ActionsSuppressor: 'modelled',
    ActionsSuppressorWaitPeriod: 'modelled',
    ActionsSuppressorExtensionPeriod: 'modelled',
    Tags: 'recorded',
  },
  ...alarmLifecycle<PutCompositeAlarmCommandInput>('PutCompositeAlarm', (properties) => properties),
};

export const dashboardProvider: ResourceProvider<{ DashboardName?: string; DashboardBody: string }> = {
  type: 'AWS::CloudWatch::Dashboard',
  disposition: 'recorded',
  properties: { DashboardName: 'recorded', DashboardBody: 'recorded', Tags: 'recorded' },
  async create(properties, context) {
    const DashboardName = properties.DashboardName ?? physicalName(context, { maxLength: 255 });
    context.scope.service('cloudwatch').operations.PutDashboard!({ ...properties, DashboardName });
    return { physicalId: DashboardName };
  },
  async update(physicalId, properties, _previous, { scope }) {
    scope.service('cloudwatch').operations.PutDashboard!({ ...properties, DashboardName: physicalId });
    return { physicalId };
  },
  async delete(physicalId, _properties, { scope }) {
    scope.service('cloudwatch').operations.DeleteDashboards!({ DashboardNames: [physicalId] });
  },
};

function alarmLifecycle<Properties extends PutMetricAlarmCommandInput | PutCompositeAlarmCommandInput>(
  operation: 'PutMetricAlarm' | 'PutCompositeAlarm',
  typed: (properties: Properties) => Properties,
): Pick<ResourceProvider<Properties>, 'create' | 'update' | 'delete'> {
  const put = (name: string, properties: Properties, { scope, tags }: ResourceContext): ResourceResult => {
    const stackTags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { operations } = scope.service('cloudwatch');
    operations[operation]!({
      ...typed(properties),
      AlarmName: name,
      Tags: [...stackTags, ...(properties.Tags ?? [])],
    });
    return {
      physicalId: name,
      attributes: { Arn: `arn:aws:cloudwatch:${scope.region}:${scope.accountId}:alarm:${name}` },
    };
  };
  return {
    create: async (properties, context) =>
      put(properties.AlarmName ?? physicalName(context, { maxLength: 255 }), properties, context),
    update: async (physicalId, properties, _previous, context) => put(physicalId, properties, context),
    delete: async (physicalId, _properties, { scope }) => {
      scope.service('cloudwatch').operations.DeleteAlarms!({ AlarmNames: [physicalId] });
    },
  };
}

/** Templates may write numbers as strings, as CloudFormation lets them. */
function numbersOfMetricAlarm(properties: PutMetricAlarmCommandInput): PutMetricAlarmCommandInput {
  const number = (value: number | undefined) => (value === undefined ? undefined : Number(value));
  return {
    ...properties,
    Period: number(properties.Period),
    EvaluationPeriods: number(properties.EvaluationPeriods),
    DatapointsToAlarm: number(properties.DatapointsToAlarm),
    Threshold: number(properties.Threshold),
  };
}
