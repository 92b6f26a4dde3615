import path from 'node:path';
import { ScaledClock } from '../../../../region/clock/clock';
import type { JournalEntry } from '../../../../region/journal/journal';
import { Region } from '../../../../region/region';
import { temporaryFolder } from '../../../support/folder';

/** Target tracking on CPU that nobody reports but the hosts: a busy fleet grows, an idle one shrinks. */
let region: Region;

beforeAll(async () => {
  const folder = path.join(temporaryFolder('measured'), 'region');
  region = await Region.start({ folder, clock: new ScaledClock(240) });
});
afterAll(() => region?.stop());

const call = async (service: 'ec2' | 'autoscaling', operation: string, input: object) =>
  region.home.service(service).operations[operation]!(input) as any;

/** A group of 1 to 2 whose instances run the script; resolves with the first thing its policy does. */
async function tracked(
  AutoScalingGroupName: string,
  capacity: number,
  script: string,
): Promise<JournalEntry> {
  const UserData = Buffer.from(`#!/bin/bash\n${script}\n`).toString('base64');
  const { LaunchTemplate } = await call('ec2', 'CreateLaunchTemplate', {
    LaunchTemplateName: AutoScalingGroupName,
    LaunchTemplateData: { UserData, Monitoring: { Enabled: true } },
  });
  await call('autoscaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName,
    MinSize: 1,
    MaxSize: 2,
    DesiredCapacity: capacity,
    LaunchTemplate: { LaunchTemplateId: LaunchTemplate.LaunchTemplateId, Version: '$Latest' },
    VPCZoneIdentifier: 'subnet-1',
  });
  await call('autoscaling', 'PutScalingPolicy', {
    AutoScalingGroupName,
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
      TargetValue: 8,
    },
  });
  return region.journal.waitFor(
    ({ type, subject }) => type === 'PolicyExecuted' && subject === AutoScalingGroupName,
  );
}

test('a busy fleet grows', async () => {
  const { detail } = await tracked('busy', 1, 'setsid bash -c "while :; do :; done" &');
  expect(detail).toMatchObject({ from: 1, to: 2 });
}, 30_000);

test('an idle fleet shrinks', async () => {
  const { detail } = await tracked('idle', 2, 'true');
  expect(detail).toMatchObject({ from: 2, to: 1 });
}, 30_000);
