import path from 'node:path';
import type { GetMetricStatisticsCommandOutput } from '@aws-sdk/client-cloudwatch';
import { ScaledClock } from '../../../region/clock/clock';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

/** Two instances, one of them busy: what CloudWatch knows of their processors. */
let region: Region;

beforeAll(async () => {
  const folder = path.join(temporaryFolder('cpu'), 'region');
  region = await Region.start({ folder, clock: new ScaledClock(60) });
});
afterAll(() => region?.stop());

async function launch(name: string, ...lines: string[]): Promise<string> {
  const ec2 = region.home.service('ec2');
  const UserData = Buffer.from(['#!/bin/bash', ...lines, ''].join('\n')).toString('base64');
  ec2.operations.CreateLaunchTemplate!({
    LaunchTemplateName: name,
    LaunchTemplateData: { UserData, Monitoring: { Enabled: true } },
  });
  return (await ec2.launch({ launchTemplate: { LaunchTemplateName: name } })).instanceId;
}

async function utilization(instanceId: string): Promise<number[]> {
  const now = region.clock.now();
  const { Datapoints } = (await region.home.service('cloudwatch').operations.GetMetricStatistics!({
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
    StartTime: new Date(now - 3600_000),
    EndTime: new Date(now + 60_000),
    Period: 60,
    Statistics: ['Average'],
  })) as GetMetricStatisticsCommandOutput;
  return Datapoints!.map(({ Average }) => Average!);
}

test('a busy instance shows, an idle one does not', async () => {
  const idle = await launch('idle', 'true');
  const busy = await launch('busy', 'setsid bash -c "while :; do :; done" &');
  let seen: [number[], number[]] = [[], []];
  while (seen.some((points) => points.length < 3)) {
    await region.clock.sleep(60_000);
    seen = [await utilization(idle), await utilization(busy)];
  }
  const [least, most] = [Math.min(...seen[0]), Math.max(...seen[1])];
  expect(least).toBeLessThan(5);
  // One processor of however many, shared with whatever else runs here.
  expect(most).toBeGreaterThan(least + 5);
});
