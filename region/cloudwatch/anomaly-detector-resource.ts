import type { PutAnomalyDetectorCommandInput, Range } from '@aws-sdk/client-cloudwatch';
import type { ResourceContext, ResourceProvider } from '../service';

type Properties = Omit<PutAnomalyDetectorCommandInput, 'Configuration'> & {
  readonly Configuration?: {
    readonly MetricTimeZone?: string;
    readonly ExcludedTimeRanges?: readonly { readonly StartTime: string; readonly EndTime: string }[];
  };
};

export const anomalyDetectorProvider: ResourceProvider<Properties> = {
  type: 'AWS::CloudWatch::AnomalyDetector',
  disposition: 'modelled',
  properties: {
    Configuration: 'modelled',
    SingleMetricAnomalyDetector: 'modelled',
    MetricMathAnomalyDetector: 'modelled',
    Namespace: 'modelled',
    MetricName: 'modelled',
    Dimensions: 'modelled',
    Stat: 'modelled',
    MetricCharacteristics: 'recorded',
  },
  create: async (properties, context) => put(properties, context),
  update: async (_physicalId, properties, _previous, context) => put(properties, context),
  async delete(physicalId, _properties, { scope }) {
    const { operations } = scope.service('cloudwatch');
    const { AnomalyDetectors } = operations.DescribeAnomalyDetectors!({
      AnomalyDetectorIds: [physicalId],
    }) as { AnomalyDetectors: unknown[] };
    if (AnomalyDetectors.length > 0) operations.DeleteAnomalyDetector!({ AnomalyDetectorId: physicalId });
  },
};

function put({ Configuration, ...properties }: Properties, { scope }: ResourceContext) {
  const ranges = Configuration?.ExcludedTimeRanges?.map(
    ({ StartTime, EndTime }): Range => ({ StartTime: moment(StartTime), EndTime: moment(EndTime) }),
  );
  const { AnomalyDetectorId } = scope.service('cloudwatch').operations.PutAnomalyDetector!({
    ...properties,
    Configuration: { MetricTimezone: Configuration?.MetricTimeZone, ExcludedTimeRanges: ranges },
  }) as { AnomalyDetectorId: string };
  return { physicalId: AnomalyDetectorId, attributes: { Id: AnomalyDetectorId } };
}

/** Templates give times in UTC without saying so, `2026-07-01T23:59:59`. */
function moment(time: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);
}
