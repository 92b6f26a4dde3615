import { App, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { checkDescription } from '../../lib/config/check';
import { EnvironmentInsight, type EnvironmentInsightProps } from '../../lib/insight/environment-insight';
import { type TestScope, testScope } from '../support/scope';
import { DESCRIPTION } from '../support/synthesize';

jest.setTimeout(60_000);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Fewer than at noon by two thirds, and as many as on any night. */
const FEW = 200;
const LOAD_BALANCER = 'app/harbor/1';

test('a drop at noon is told once, the same number of requests at night is not', async () => {
  const service = await environment({ days: 14 });
  await service.serves(4 * HOUR, usual);
  expect(service.told()).toEqual([]);

  await service.serves(7 * HOUR + 30 * MINUTE, usual);
  expect(service.told()).toEqual([]);
  await service.serves(HOUR, () => FEW);
  expect(service.told()).toEqual(['ALARM: "harbor-prod-traffic-drop" in us-east-1']);
});

test('when no request comes any more, that is told too', async () => {
  const service = await environment({ days: 14 });
  await service.serves(12 * HOUR, usual);
  await service.serves(20 * MINUTE, () => 0);
  expect(service.told()).toHaveLength(1);
});

test('a drop of ten minutes is not told', async () => {
  const service = await environment({ days: 14 });
  await service.serves(12 * HOUR, usual);
  await service.serves(10 * MINUTE, () => 0);
  await service.serves(30 * MINUTE, usual);
  expect(service.told()).toEqual([]);
});

test('a young service is not told, whatever its traffic does', async () => {
  const service = await environment({ days: 6 });
  await service.serves(12 * HOUR, usual);
  await service.serves(HOUR, () => 0);
  expect(service.told()).toEqual([]);
});

test('a fixed threshold that is right at noon would tell every night (the negative control)', async () => {
  const service = await environment({ days: 14, fixed: true });
  await service.serves(2 * DAY, usual);
  expect(service.told()).toEqual(new Array(3).fill('ALARM: "fixed" in us-east-1'));
});

/** Requests in five minutes: 600 by day, 200 by night, give or take a tenth. */
function usual(time: number): number {
  const hour = (time / HOUR) % 24;
  const noise = 1 + 0.1 * Math.sin(time / (7 * MINUTE));
  return Math.round((hour >= 7 && hour < 22 ? 600 : FEW) * noise);
}

/** The insight into production, provisioned by the region's CloudFormation after days of traffic, on a stepped clock. */
async function environment({ days, fixed = false }: { days: number; fixed?: boolean }) {
  const delivery = checkDescription({ ...DESCRIPTION, dashboards: false }, 'delivery.ts');
  const stack = new Stack(new App(), 'Environment', { synthesizer: new BootstraplessSynthesizer() });
  const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
    loadBalancerArn: `arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/${LOAD_BALANCER}`,
    securityGroupId: 'sg-1',
  });
  const metric = loadBalancer.metrics.requestCount({ statistic: 'Sum' });
  const threshold = { threshold: FEW * 1.5, evaluationPeriods: 3 };
  const comparisonOperator = ComparisonOperator.LESS_THAN_THRESHOLD;
  const alarms = [
    new Alarm(stack, 'Fixed', { alarmName: 'fixed', metric, ...threshold, comparisonOperator }),
  ];
  const props = { delivery, environment: delivery.environments[1], loadBalancer, alarms };
  const { topic } = new EnvironmentInsight(stack, 'Insight', props as unknown as EnvironmentInsightProps);
  if (fixed) alarms[0]!.addAlarmAction(new SnsAction(topic));

  const scope = testScope();
  const serves = async (time: number, requests: (time: number) => number) => {
    for (const end = scope.clock.now() + time; scope.clock.now() < end; ) {
      record(scope, requests(scope.clock.now()));
      await scope.clock.advance(5 * MINUTE);
    }
  };
  await serves(days * DAY, usual);
  await scope.service('cloudformation').operations.CreateStack!({
    StackName: 'environment',
    TemplateBody: JSON.stringify(Template.fromStack(stack).toJSON()),
  });
  const finished = scope.service('cloudformation').finished('environment');
  await scope.clock.advance(0);
  expect(await finished).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  return {
    /** Lets time pass, with so many requests in every five minutes. */
    serves,
    /** Subjects of what was published, without what the release alarm says. */
    told: () =>
      scope.journal
        .entries(({ type }) => type === 'Publish')
        .map(({ detail }) => String(detail['subject']))
        .filter((subject) => !subject.includes('harbor-prod-release')),
  };
}

/** As a load balancer does: nothing where there was no request. */
function record(scope: TestScope, count: number): void {
  const metric = { namespace: 'AWS/ApplicationELB', metricName: 'RequestCount', unit: 'Count' };
  const dimensions = { LoadBalancer: LOAD_BALANCER };
  if (count > 0) scope.service('cloudwatch').record({ ...metric, dimensions, value: 1, count });
}
