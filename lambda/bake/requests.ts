import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Traffic } from './parameters';

const MINUTE = 60_000;

/**
 * Counts the requests that the load balancer has sent to the target group. Only whole minutes after `since` count, so
 * none from before does.
 *
 * @param since milliseconds since the epoch, as is `now`
 */
export async function countRequests(
  client: CloudWatchClient,
  { loadBalancer, targetGroup }: Traffic,
  since: number,
  now: number,
): Promise<number> {
  const start = Math.ceil(since / MINUTE) * MINUTE;
  if (start >= now) return 0;
  const Metric = {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Dimensions: [
      { Name: 'LoadBalancer', Value: loadBalancer },
      { Name: 'TargetGroup', Value: targetGroup },
    ],
  };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(start),
      EndTime: new Date(now),
      MetricDataQueries: [{ Id: 'requests', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
}
