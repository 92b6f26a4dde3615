import path from 'node:path';
import type { DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import { ScaledClock } from '../../../../region/clock/clock';
import { Region } from '../../../../region/region';
import { temporaryFolder } from '../../../support/folder';
import { synthesize } from '../../../support/synthesize';

/** An environment's own template, deployed: its alarms see a busy fleet, and real hosts join it. */
const folder = temporaryFolder('scaling');
let region: Region;

beforeAll(async () => {
  region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(240) });
});

afterAll(() => region?.stop());

const call = async (service: 'cloudformation' | 'autoscaling' | 's3', operation: string, input: object) =>
  region.home.service(service).operations[operation]!(input) as any;

test('a fleet whose CPU is busy grows by the step, and no further than its capacity', async () => {
  const template = synthesize({
    service: 'harbor',
    environments: [
      {
        name: 'prod',
        capacity: { min: 2, max: 4 },
        scaling: {
          requestsPerInstance: 600,
          steps: [{ cpuUtilizationPercent: 80, addInstances: 3 }],
          schedule: [{ cron: '0 7 * * MON-FRI', min: 3 }],
        },
      },
    ],
  }).environment('prod');
  const { Rules: _, Parameters, ...body } = template.toJSON();
  const { BootstrapVersion: __, ...parameters } = Parameters;
  await call('s3', 'CreateBucket', { Bucket: 'templates' });
  const s3 = region.home.service('s3');
  await s3.write('templates', 'prod.json', Buffer.from(JSON.stringify({ ...body, Parameters: parameters })));
  await call('cloudformation', 'CreateStack', {
    StackName: 'prod',
    TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/prod.json',
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  expect(await region.home.service('cloudformation').finished('prod')).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
  });

  const { AutoScalingGroups } = (await call(
    'autoscaling',
    'DescribeAutoScalingGroups',
    {},
  )) as DescribeAutoScalingGroupsCommandOutput;
  const name = AutoScalingGroups![0]!.AutoScalingGroupName!;
  const group = region.home.service('autoscaling').group(name);
  expect(group.policies.all()).toHaveLength(3);
  expect(group.schedule.describe()).toMatchObject([{ Recurrence: '0 7 * * MON-FRI', MinSize: 3 }]);
  expect(group.capacity).toBe(2);

  const since = region.journal.position;
  const busy = region.clock.every(10_000, () =>
    region.home.service('cloudwatch').record({
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensions: { AutoScalingGroupName: name },
      value: 95,
      unit: 'Percent',
      // Against the few that are measured on the hosts, which are idle.
      count: 1000,
    }),
  );
  const executed = await region.journal.waitFor(({ type }) => type === 'PolicyExecuted', { since });
  busy.cancel();
  expect(executed.detail).toMatchObject({ from: 2, to: 4 });
  for (let joined = 0, seen = since; joined < 2; joined++) {
    const entry = await region.journal.waitFor(
      ({ type, detail }) => type === 'LifecycleStateChange' && detail.state === 'InService',
      { since: seen },
    );
    seen = entry.seq;
  }
  expect(group.describe().Instances).toHaveLength(4);
}, 60_000);
