import { App, BootstraplessSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { checkDescription } from '../../lib/config/check';
import { EnvironmentInsight, type EnvironmentInsightProps } from '../../lib/insight/environment-insight';
import { type TestScope, testScope } from '../support/scope';
import { DESCRIPTION } from '../support/synthesize';

jest.setTimeout(60_000);

const NAMES = ['errors', 'latency', 'hosts'];

test('two alarms that go off together are one notification, and so is a third that follows', async () => {
  const { scope, breach } = await environment();
  await breach('errors', 'latency');
  expect(told(scope)).toEqual(['ALARM: "harbor-prod-release" in us-east-1']);

  await breach('errors', 'latency', 'hosts');
  expect(told(scope)).toHaveLength(1);
});

test('after it has been quiet, the next alarm is told again', async () => {
  const { scope, breach } = await environment();
  await breach('errors');
  await breach();
  await breach('hosts');

  expect(told(scope)).toHaveLength(2);
});

test("with actions of the single alarms' own there would be one more for each (the negative control)", async () => {
  const { scope, breach } = await environment({ eachTells: true });
  await breach('errors', 'latency');

  expect(told(scope).toSorted()).toEqual([
    'ALARM: "errors" in us-east-1',
    'ALARM: "harbor-prod-release" in us-east-1',
    'ALARM: "latency" in us-east-1',
  ]);
});

/** The insight into an environment with three alarms, provisioned by the region's CloudFormation, on a stepped clock. */
async function environment({ eachTells = false } = {}) {
  const delivery = checkDescription({ ...DESCRIPTION, dashboards: false }, 'delivery.ts');
  const stack = new Stack(new App(), 'Environment', { synthesizer: new BootstraplessSynthesizer() });
  const alarms = NAMES.map(
    (alarmName) =>
      new Alarm(stack, alarmName, {
        alarmName,
        metric: new Metric({ namespace: 'Own', metricName: alarmName, period: Duration.minutes(1) }),
        threshold: 1,
        evaluationPeriods: 1,
      }),
  );
  // What only the dashboard and the alarm on the traffic would look at is left out, as they are.
  const prod = { ...delivery.environments[1]!, trafficDropDeviations: false as const };
  const props: Partial<EnvironmentInsightProps> = { delivery, environment: prod, alarms };
  const { topic } = new EnvironmentInsight(stack, 'Insight', props as EnvironmentInsightProps);
  if (eachTells) for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));

  const scope = testScope();
  const call = (service: 'cloudformation' | 'cloudwatch' | 'sns', operation: string, input: object): any =>
    scope.service(service).operations[operation]!(input, undefined as never);
  await call('cloudformation', 'CreateStack', {
    StackName: 'environment',
    TemplateBody: JSON.stringify(Template.fromStack(stack).toJSON()),
  });
  const finished = scope.service('cloudformation').finished('environment');
  await scope.clock.advance(0);
  expect(await finished).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  return {
    scope,
    /** Two minutes in which these alarms' metrics breach and the others' do not. */
    async breach(...names: string[]) {
      for (let minute = 0; minute < 2; minute++) {
        await call('cloudwatch', 'PutMetricData', {
          Namespace: 'Own',
          MetricData: NAMES.map((MetricName) => ({ MetricName, Value: names.includes(MetricName) ? 1 : 0 })),
        });
        await scope.clock.advance(60_000);
      }
    },
  };
}

/** Subjects of what was published to the environment's topic. */
function told({ journal }: TestScope): string[] {
  const published = journal.entries(({ type }) => type === 'Publish');
  return published.map(({ detail }) => String(detail['subject']));
}
