import { resource } from '../../../support/resource';
import { fleet } from './fleet';

const TRACKING = {
  PolicyName: 'cpu',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingConfiguration: {
    PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
    TargetValue: 50,
  },
};
const STEPS = {
  PolicyName: 'steps',
  PolicyType: 'StepScaling',
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 20, ScalingAdjustment: 3 },
  ],
};

describe('target tracking', () => {
  test('keeps two alarms, scales out to the target after three minutes, in after fifteen', async () => {
    const { call, load, group, alarms } = await fleet();
    call('PutScalingPolicy', TRACKING);
    expect(alarms().map(({ Threshold, EvaluationPeriods }) => [Threshold, EvaluationPeriods])).toEqual([
      [50, 3],
      [45, 15],
    ]);
    await load(90, 2);
    expect(group.capacity).toBe(2);
    await load(90, 1);
    expect(group.capacity).toBe(4); // 2 x 90 / 50, rounded up
    await load(20, 14);
    expect(group.capacity).toBe(4);
    await load(20, 2);
    expect(group.capacity).toBe(2);
  });

  test('adds once for instances that are still warming up', async () => {
    const { call, load, group } = await fleet();
    call('PutScalingPolicy', { ...TRACKING, EstimatedInstanceWarmup: 600 });
    await load(90, 8);
    expect(group.capacity).toBe(4);
  });

  test('never scales in when told not to, and takes its alarms along when it is deleted', async () => {
    const { call, load, group, alarms } = await fleet({ size: 3 });
    const configuration = { ...TRACKING.TargetTrackingConfiguration, DisableScaleIn: true };
    call('PutScalingPolicy', { ...TRACKING, TargetTrackingConfiguration: configuration });
    call('SetDesiredCapacity', { DesiredCapacity: 5 });
    await load(1, 30);
    expect(group.capacity).toBe(5);
    call('DeletePolicy', { PolicyName: 'cpu' });
    expect(alarms()).toEqual([]);
  });
});

describe('step scaling', () => {
  test.each([
    [60, 3],
    [79, 3],
    [80, 5],
  ])('at %d percent of CPU, with an alarm at 60, there are %d instances', async (percent, instances) => {
    const { call, load, group, alarm } = await fleet();
    alarm(60, call('PutScalingPolicy', STEPS).PolicyARN);
    await load(percent, 1);
    expect(group.capacity).toBe(instances);
  });

  test('a larger step adds what the smaller one, still warming up, left out; a lasting alarm acts every minute', async () => {
    const { call, load, group, alarm } = await fleet();
    alarm(60, call('PutScalingPolicy', STEPS).PolicyARN);
    await load(60, 1);
    expect(group.capacity).toBe(3);
    await load(90, 1);
    expect(group.capacity).toBe(5);
    await load(60, 3);
    expect(group.capacity).toBe(6); // warm by now, and the alarm has not gone: one more, the most there may be
  });

  test('does nothing while the process AlarmNotification is suspended', async () => {
    const { call, load, group, alarm } = await fleet();
    alarm(60, call('PutScalingPolicy', STEPS).PolicyARN);
    call('SuspendProcesses', { ScalingProcesses: ['AlarmNotification'] });
    await load(90, 2);
    expect(group.capacity).toBe(2);
    call('ResumeProcesses', {});
    await load(90, 1);
    expect(group.capacity).toBe(5);
  });
});

test('simple scaling waits for its cooldown', async () => {
  const { call, load, group, alarm } = await fleet();
  const { PolicyARN } = call('PutScalingPolicy', {
    PolicyName: 'simple',
    AdjustmentType: 'PercentChangeInCapacity',
    ScalingAdjustment: 10,
    Cooldown: 180,
  });
  alarm(60, PolicyARN);
  await load(90, 3);
  expect(group.capacity).toBe(3);
  await load(90, 1);
  expect(group.capacity).toBe(4);
});

test('a template makes a policy, and takes it away', async () => {
  const { scope, call } = await fleet();
  const { PolicyName: _, ...properties } = TRACKING;
  const policy = resource(scope, scope.service('autoscaling'), 'AWS::AutoScaling::ScalingPolicy');
  const created = { AutoScalingGroupName: 'fleet', ...properties };
  const { physicalId } = await policy.create(created);
  expect(call('DescribePolicies').ScalingPolicies).toMatchObject([
    { PolicyARN: physicalId, PolicyType: 'TargetTrackingScaling', Alarms: [{}, {}] },
  ]);
  await policy.delete(physicalId, created);
  expect(call('DescribePolicies').ScalingPolicies).toEqual([]);
});

test.each([
  [{ PolicyName: 'p', PolicyType: 'PredictiveScaling' }, 'does not play PredictiveScaling'],
  [{ ...STEPS, AdjustmentType: 'Double' }, 'AdjustmentType is Double; allowed are ChangeInCapacity'],
  [
    {
      ...STEPS,
      StepAdjustments: [STEPS.StepAdjustments[0], { MetricIntervalLowerBound: 30, ScalingAdjustment: 3 }],
    },
    'neither overlap nor leave a gap',
  ],
  [
    {
      ...TRACKING,
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: 'x',
        },
        TargetValue: 1,
      },
    },
    'ResourceLabel is x; allowed is app/',
  ],
])('a wrong policy is refused', async (input, message) => {
  const { call } = await fleet();
  expect(() => call('PutScalingPolicy', input)).toThrow(message);
});
