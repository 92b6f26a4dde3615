import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import { once } from '../once';

/** The metrics and their units. */
const UNITS = {
  /** Changes that a deployment to the environment was begun for. */
  Changes: 'Count',
  /** Changes whose deployment, test or bake failed, or that were rolled back later. */
  ChangeFailures: 'Count',
  /** Changes that have reached the whole fleet. */
  Deployments: 'Count',
  /** From the commit to the end of its deployment. */
  LeadTime: 'Seconds',
  /** From a failure's alarm, or the beginning of the deployment that failed, to the end of the one that mended it. */
  TimeToRestore: 'Seconds',
} satisfies Record<string, StandardUnit>;

/** Something that has happened once, and must count once. */
export interface DeliveryRecord {
  /** Says what it is, the same whenever it is found again; neither colon nor asterisk, which log streams refuse. */
  readonly key: string;
  readonly environment: string;
  readonly time: Date;
  readonly metrics: { readonly [name in keyof typeof UNITS]?: number };
  /** What a person who reads the log wants to find. */
  readonly about: Readonly<Record<string, string | undefined>>;
}

/**
 * Writes a record in the embedded metric format, the first time it is found.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export async function writeOnce(service: string, record: DeliveryRecord): Promise<void> {
  await once(record.key, async () => ({
    timestamp: record.time.getTime(),
    message: embedded(service, record),
  }));
}

function embedded(service: string, { key, environment, time, metrics, about }: DeliveryRecord): string {
  const names = Object.keys(metrics) as (keyof typeof UNITS)[];
  return JSON.stringify({
    _aws: {
      Timestamp: time.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Tidegate',
          Dimensions: [['Service', 'Environment']],
          Metrics: names.map((name) => ({ Name: name, Unit: UNITS[name] })),
        },
      ],
    },
    Service: service,
    Environment: environment,
    ...metrics,
    ...about,
    Record: key,
  });
}
