import { adjust, stepFor } from '../../../../region/autoscaling/scaling/adjustment';

test.each([
  // capacity, percent, result: the user guide's rounding
  [10, 12.7, 11], // 1.27 is 1
  [10, 6.7, 11], // 0.67 is 1
  [10, -5.8, 9], // -0.58 is -1
  [10, -66.7, 4], // -6.67 is -6
  [4, 25, 5],
  [4, 0, 4],
])('%d instances changed by %d percent are %d', (capacity, percent, result) => {
  expect(adjust(capacity, 'PercentChangeInCapacity', percent)).toBe(result);
});

test('a change in percent comes to the least magnitude, others to what they say', () => {
  expect(adjust(4, 'PercentChangeInCapacity', 25, 2)).toBe(6);
  expect(adjust(4, 'ChangeInCapacity', -1)).toBe(3);
  expect(adjust(4, 'ExactCapacity', 9)).toBe(9);
});

test('the bound next to the threshold belongs to the step', () => {
  const steps = [
    { MetricIntervalUpperBound: -10, ScalingAdjustment: -2 },
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
  ];
  const found = [-11, -10, -1, 0, 9, 10].map((breach) => stepFor(steps, breach)?.ScalingAdjustment);
  expect(found).toEqual([-2, -2, -1, 1, 1, 2]);
});
