import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const PROPERTIES = {
  Namespace: 'Own',
  MetricName: 'Errors',
  Statistic: 'Sum',
  // Templates may write numbers as texts.
  Period: '60',
  EvaluationPeriods: 1,
  Threshold: '5',
  ComparisonOperator: 'GreaterThanThreshold',
  Tags: [{ Key: 'own', Value: '1' }],
};

it('plays an alarm: Ref is its name, Arn its attribute', async () => {
  const scope = testScope();
  const call = (name: string, input: any): any => scope.service('cloudwatch').operations[name]!(input);
  const alarm = resource(scope, scope.service('cloudwatch'), 'AWS::CloudWatch::Alarm');
  const { physicalId, attributes } = await alarm.create(PROPERTIES);
  expect(physicalId).toMatch(/^stack-Thing-\w{12}$/);
  const arn = `arn:aws:cloudwatch:us-east-1:111111111111:alarm:${physicalId}`;
  expect(attributes).toEqual({ Arn: arn });
  expect(call('ListTagsForResource', { ResourceARN: arn }).Tags).toEqual([{ Key: 'own', Value: '1' }]);
  await alarm.update(physicalId, { ...PROPERTIES, Threshold: 7 }, PROPERTIES);
  expect(call('DescribeAlarms', {}).MetricAlarms).toMatchObject([
    { AlarmName: physicalId, Threshold: 7, Period: 60 },
  ]);

  const composite = resource(scope, scope.service('cloudwatch'), 'AWS::CloudWatch::CompositeAlarm');
  const rule = { AlarmName: 'any', AlarmRule: `ALARM("${arn}")` };
  expect(await composite.create(rule)).toMatchObject({ physicalId: 'any' });
  await composite.delete('any', rule);
  await alarm.delete(physicalId, PROPERTIES);
  await alarm.delete(physicalId, PROPERTIES);
  expect(call('DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toMatchObject({
    MetricAlarms: [],
    CompositeAlarms: [],
  });
});

it('fails to create an alarm that cannot be played', async () => {
  const scope = testScope();
  const alarm = resource(scope, scope.service('cloudwatch'), 'AWS::CloudWatch::Alarm');
  await expect(alarm.create({ ...PROPERTIES, Period: 45 })).rejects.toThrow('Period is 45');
});

it('keeps dashboards', async () => {
  const scope = testScope();
  const dashboard = resource(scope, scope.service('cloudwatch'), 'AWS::CloudWatch::Dashboard');
  const { physicalId } = await dashboard.create({ DashboardBody: '{"widgets":[]}' });
  const { GetDashboard } = scope.service('cloudwatch').operations;
  expect(GetDashboard!({ DashboardName: physicalId })).toMatchObject({ DashboardBody: '{"widgets":[]}' });
  await expect(dashboard.create({ DashboardBody: 'widgets' })).rejects.toThrow('is not JSON');
});
