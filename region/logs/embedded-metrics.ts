import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { Name: string; Unit?: StandardUnit; StorageResolution?: number }[];
}

/**
 * The metrics in a log event of the embedded metric format, by namespace; none when it is another kind of event.
 * @see CloudWatch User Guide: Embedded metric format specification
 */
export function embeddedMetrics(message: string): { namespace: string; data: MetricDatum[] }[] {
  if (!message.includes('"CloudWatchMetrics"')) return [];
  let event: any;
  try {
    event = JSON.parse(message);
  } catch {
    return [];
  }
  const directives: unknown = event?._aws?.CloudWatchMetrics;
  if (!Array.isArray(directives)) return [];
  return (directives as Directive[]).map(({ Namespace, Dimensions = [[]], Metrics = [] }) => ({
    namespace: Namespace,
    data: Dimensions.flatMap((names) =>
      Metrics.filter(({ Name }) => event[Name] !== undefined).map(
        ({ Name, Unit, StorageResolution }): MetricDatum => ({
          MetricName: Name,
          Dimensions: names.map((name) => ({ Name: name, Value: String(event[name]) })),
          Values: [event[Name]].flat().map(Number),
          Unit,
          StorageResolution,
          Timestamp: new Date(event._aws.Timestamp),
        }),
      ),
    ),
  }));
}
