import { Ec2 } from '../../../../region/ec2/ec2';
import type { Host, LifecycleCommand } from '../../../../region/hosts/host';
import { testScope } from '../../../support/scope';

const MINUTE = 60_000;

/** An Auto Scaling group of 2 to 6 hosts that only pretend, with every other service played, on a stepped clock. */
export async function fleet({ size = 2 } = {}) {
  const hosts = { run: async (_command: LifecycleCommand, _instanceId: string): Promise<void> => {} };
  const launch = async ({ instanceId }: { instanceId: string }): Promise<Host> => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    return {
      instanceId,
      mode: 'process',
      address: '127.0.0.1',
      ended,
      terminate: async () => end(),
      cpuTime: async () => undefined,
      run: async (command) => {
        await hosts.run(command, instanceId);
        return { status: 'Succeeded' };
      },
    };
  };
  const scope = testScope({
    ec2: (of: any) => new Ec2(of, () => ({ mode: 'process', launch, stop: async () => {} })),
  });
  const autoscaling = scope.service('autoscaling');
  const cloudwatch = scope.service('cloudwatch');
  const { id } = scope.service('ec2').templates.create('template', {});
  const call = (operation: string, input: object = {}): any =>
    autoscaling.operations[operation]!({ AutoScalingGroupName: 'fleet', ...input });
  call('CreateAutoScalingGroup', {
    MinSize: size,
    MaxSize: 6,
    DefaultInstanceWarmup: 120,
    LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' },
    VPCZoneIdentifier: 'subnet-1,subnet-2',
  });
  const group = autoscaling.group('fleet');
  await group.stable();
  // Past their warm-up.
  await scope.clock.advance(3 * MINUTE);
  return {
    scope,
    clock: scope.clock,
    group,
    hosts,
    call,
    /** Minute after minute, the same CPU utilization on the group. */
    async load(percent: number, minutes: number): Promise<void> {
      for (let minute = 0; minute < minutes; minute++) {
        cloudwatch.record({
          namespace: 'AWS/EC2',
          metricName: 'CPUUtilization',
          dimensions: { AutoScalingGroupName: 'fleet' },
          value: percent,
          unit: 'Percent',
        });
        await scope.clock.advance(MINUTE);
      }
    },
    /** An alarm on the group's CPU utilization that calls the policy of that ARN. */
    alarm: (threshold: number, policyArn: string, more: object = {}) =>
      cloudwatch.operations.PutMetricAlarm!({
        AlarmName: 'busy',
        Namespace: 'AWS/EC2',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'fleet' }],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmActions: [policyArn],
        ...more,
      }),
    alarms: (): any[] => (cloudwatch.operations.DescribeAlarms!({}) as any).MetricAlarms,
  };
}
