import { Match } from 'aws-cdk-lib/assertions';
import { checkDescription } from '../../../lib/config/check';
import type { Capacity } from '../../../lib/config/description';
import type { Scaling } from '../../../lib/config/scaling';
import { synthesize } from '../../support/synthesize';

const describing = (scaling: Scaling, capacity: Capacity = { min: 2, max: 8 }) => ({
  service: 'harbor',
  environments: [{ name: 'prod', capacity, scaling }],
});
const prod = (scaling: Scaling) => synthesize(describing(scaling)).environment('prod');

test('the CPU utilization that is aimed at, and requests for every instance besides', () => {
  const template = prod({ cpuUtilizationPercent: 40, requestsPerInstance: 600 });
  const tracking = (type: string, TargetValue: number, more: object = {}) =>
    template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: type, ...more },
        TargetValue,
      },
    });
  tracking('ASGAverageCPUUtilization', 40);
  tracking('ALBRequestCountPerTarget', 600, { ResourceLabel: Match.anyValue() });
});

test('steps, on an alarm at the first of them', () => {
  const template = prod({
    steps: [
      { cpuUtilizationPercent: 80, addInstances: 1 },
      { cpuUtilizationPercent: 95, addInstances: 3 },
    ],
  });
  template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 15, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 15, ScalingAdjustment: 3 },
    ],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'CPUUtilization',
    Threshold: 80,
    AlarmActions: [{ Ref: Match.stringLikeRegexp('Steps') }],
  });
});

test('one step is enough', () => {
  prod({ steps: [{ cpuUtilizationPercent: 90, addInstances: 2 }] }).hasResourceProperties(
    'AWS::AutoScaling::ScalingPolicy',
    { StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }] },
  );
});

test('sizes at times, also for a fleet of one size', () => {
  const schedule = [{ cron: '0 7 * * MON-FRI', timeZone: 'Europe/Berlin', min: 4, max: 6 }];
  synthesize(describing({ schedule }, { min: 2, max: 2 }))
    .environment('prod')
    .hasResourceProperties('AWS::AutoScaling::ScheduledAction', {
      Recurrence: '0 7 * * MON-FRI',
      TimeZone: 'Europe/Berlin',
      MinSize: 4,
      MaxSize: 6,
    });
});

const at = 'delivery.ts: environments[0].scaling';
test.each<[object, Capacity, string]>([
  [
    { requestsPerInstance: 600 },
    { min: 2, max: 2 },
    `${at}.requestsPerInstance: found 600, allowed is nothing, unless capacity.max is larger`,
  ],
  [
    { schedule: [{ cron: '0 7 * * ? *', min: 2 }] },
    { min: 2, max: 3 },
    `${at}.schedule[0].cron: found "0 7 * * ? *", allowed is a cron expression of 5 fields`,
  ],
  [{ schedule: [{ cron: '0 7 * * *' }] }, { min: 2, max: 3 }, 'allowed is an entry with min, max or both'],
  [
    { schedule: [{ cron: '0 7 * * *', min: 4, max: 3 }] },
    { min: 2, max: 3 },
    `${at}.schedule[0].max: found 3, allowed is a whole number no smaller than min`,
  ],
  [
    {
      steps: [
        { cpuUtilizationPercent: 90, addInstances: 2 },
        { cpuUtilizationPercent: 80, addInstances: 1 },
      ],
    },
    { min: 2, max: 3 },
    'allowed is steps in order, each with a higher cpuUtilizationPercent than the one before',
  ],
])('%j is refused', (scaling, capacity, message) => {
  expect(() => checkDescription(describing(scaling, capacity), 'delivery.ts')).toThrow(message);
});
