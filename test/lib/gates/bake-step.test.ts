import { Match } from 'aws-cdk-lib/assertions';
import { DESCRIPTION, synthesize } from '../../support/synthesize';
import { allowed, stageOf, userParameters } from './stages';

const [beta, prod] = DESCRIPTION.environments;

function bakeOf(name: string, description = DESCRIPTION) {
  const { pipeline, environment } = synthesize(description);
  const { Actions } = stageOf(pipeline, name);
  return {
    pipeline,
    environment,
    actions: Actions,
    parameters: userParameters(Actions.find(({ Name }: { Name: string }) => Name === 'Bake')),
  };
}

const bake = bakeOf('prod');

test('the bake watches the alarms of its environment for its minutes, and asks for no traffic by default', () => {
  expect(bake.parameters).toMatchObject({
    alarms: ['harbor-prod-error-rate', 'harbor-prod-latency-p99', 'harbor-prod-unhealthy-hosts'],
    minutes: 30,
    minimumRequests: 0,
    limitMinutes: 240,
  });
});

test('it counts the requests to the target group of the fleet, whose name the stack gives out', () => {
  const { loadBalancer, targetGroup } = bake.parameters.traffic;
  const { Namespace } = bake.actions.find(({ Name }: { Name: string }) => Name.endsWith('prod.Deploy'));
  expect([loadBalancer, targetGroup]).toEqual([
    `#{${Namespace}.LoadBalancerName}`,
    `#{${Namespace}.TargetGroupName}`,
  ]);
  bake.environment('prod').hasOutput('LoadBalancerName', {
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LoadBalancer'), 'LoadBalancerFullName'] },
  });
  bake.environment('prod').hasOutput('TargetGroupName', {
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LoadBalancer.*TargetGroup'), 'TargetGroupFullName'] },
  });
});

test('a minimum of requests and the limit of the extension are handed on', () => {
  const busy = { ...prod, minimumRequests: 5000, bakeLimitMinutes: 720 };
  const { parameters } = bakeOf('prod', { ...DESCRIPTION, environments: [beta, busy] });
  expect(parameters).toMatchObject({ minutes: 30, minimumRequests: 5000, limitMinutes: 720 });
});

test('a bake longer than the default limit is its own limit', () => {
  const long = { ...prod, bakeMinutes: 600 };
  const { parameters } = bakeOf('prod', { ...DESCRIPTION, environments: [beta, long] });
  expect(parameters).toMatchObject({ minutes: 600, limitMinutes: 600 });
});

test('the function may read alarms and metrics, answer the pipeline and write its log, no more', () => {
  expect(allowed(bake.pipeline, 'BakeRole')).toEqual([
    'cloudwatch:DescribeAlarmHistory',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'codepipeline:PutJobFailureResult',
    'codepipeline:PutJobSuccessResult',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});
