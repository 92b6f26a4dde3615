import type { Instance } from '@aws-sdk/client-ec2';
import { CpuUtilization } from '../../../region/ec2/cpu-utilization';
import type { Host } from '../../../region/hosts/host';
import { testScope } from '../../support/scope';

jest.mock('node:os', () => ({ ...jest.requireActual('node:os'), availableParallelism: () => 2 }));

const MINUTE = 60_000;
const samples: any[] = [];
const scope = testScope({ cloudwatch: { record: (sample: object) => samples.push(sample) } });
scope.clock.wall = () => scope.clock.now(); // as at a scale of 1
const values = () => samples.splice(0).map(({ value }) => value);

let cpu: number | undefined;
let end: () => void;

async function watched(instance: Instance): Promise<CpuUtilization> {
  cpu = 0;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const utilization = new CpuUtilization(scope);
  await utilization.watch({ InstanceId: 'i-1', ...instance }, { cpuTime: async () => cpu, ended } as Host);
  return utilization;
}

test('with detailed monitoring it is measured by the minute, of all processors', async () => {
  await watched({ Monitoring: { State: 'enabled' } });
  cpu = 30_000;
  await scope.clock.advance(MINUTE);
  cpu = 30_000 + 2 * MINUTE;
  await scope.clock.advance(MINUTE);
  await scope.clock.advance(MINUTE);
  expect(values()).toEqual([25, 100, 0]);

  end();
  await scope.clock.advance(5 * MINUTE);
  expect(values()).toEqual([]);
});

test('with basic monitoring it is the mean of five minutes, of the instance and of its group', async () => {
  const utilization = await watched({ Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'fleet' }] });
  await scope.clock.advance(4 * MINUTE - (scope.clock.now() % (5 * MINUTE)));
  expect(values()).toEqual([]);
  cpu = 5 * MINUTE;
  await scope.clock.advance(5 * MINUTE);
  expect(samples).toMatchObject([
    {
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensions: { InstanceId: 'i-1' },
      unit: 'Percent',
    },
    { dimensions: { AutoScalingGroupName: 'fleet' } },
  ]);
  utilization.stop();
});

test('a host that does not tell has no metric', async () => {
  cpu = undefined;
  samples.length = 0;
  await new CpuUtilization(scope).watch({ InstanceId: 'i-2' }, { cpuTime: async () => undefined } as Host);
  await scope.clock.advance(10 * MINUTE);
  expect(samples).toEqual([]);
});
