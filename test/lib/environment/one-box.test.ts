import { Match } from 'aws-cdk-lib/assertions';
import { DESCRIPTION, synthesize } from '../../support/synthesize';

const [beta, prod] = DESCRIPTION.environments;
const synthesized = synthesize({
  ...DESCRIPTION,
  environments: [beta, { ...prod, oneBox: { trafficPercent: 5, alarms: { minimumRequestsPerMinute: 30 } } }],
});
const template = synthesized.environment('prod');

test('gets its share of the requests: a target group with a weight', () => {
  const [fleet, oneBox] = ['LoadBalancerTargetGroup', 'LoadBalancerOneBoxTargetGroup'].map((id) => ({
    Ref: Match.stringLikeRegexp(`^${id}`),
  }));
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    DefaultActions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: fleet, Weight: 95 },
            { TargetGroupArn: oneBox, Weight: 5 },
          ],
        },
      },
    ],
  });
});

test('is two instances of the launch template of the fleet, which stays as it is', () => {
  const [launchTemplate] = Object.keys(template.findResources('AWS::EC2::LaunchTemplate'));
  template.resourceCountIs('AWS::EC2::LaunchTemplate', 1);
  for (const [MinSize, MaxSize, group] of [
    ['2', '2', 'LoadBalancerOneBoxTargetGroup'],
    ['4', '8', 'LoadBalancerTargetGroup'],
  ])
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize,
      MaxSize,
      LaunchTemplate: { LaunchTemplateId: { Ref: launchTemplate } },
      TargetGroupARNs: [{ Ref: Match.stringLikeRegexp(`^${group}`) }],
    });
});

test('gets a first revision before the fleet does, whose instances are left alone for so much longer', () => {
  const grace = (settings: object) => {
    const { environment } = synthesize({ ...DESCRIPTION, environments: [beta, { ...prod, ...settings }] });
    return Object.values(environment('prod').findResources('AWS::AutoScaling::AutoScalingGroup'))
      .map(({ Properties }) => Properties.HealthCheckGracePeriod / 60)
      .sort((a, b) => a - b);
  };
  expect(grace({})).toEqual([15]);
  expect(grace({ oneBox: { bakeMinutes: 45 } })).toEqual([15, 15 + 15 + 45]);
  expect(grace({ oneBox: { bakeMinutes: 45 }, minimumRequests: 1, bakeLimitMinutes: 90 })).toEqual([
    15,
    15 + 15 + 90,
  ]);
});

test('has a deployment group of its own in the same application, with all of its alarms', () => {
  const names = [
    'harbor-prod-one-box-error-rate',
    'harbor-prod-one-box-latency-p99',
    'harbor-prod-one-box-unhealthy-hosts',
    'harbor-prod-one-box-error-rate-above-fleet',
    'harbor-prod-one-box-latency-p99-above-fleet',
  ];
  const alarms = template.findResources('AWS::CloudWatch::Alarm');
  const ids = names.map(
    (name) => Object.keys(alarms).find((id) => alarms[id].Properties.AlarmName === name)!,
  );
  const [application] = Object.keys(template.findResources('AWS::CodeDeploy::Application'));
  template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    ApplicationName: { Ref: application },
    DeploymentGroupName: 'harbor-prod-one-box',
    DeploymentConfigName: 'CodeDeployDefault.OneAtATime',
    AlarmConfiguration: { Enabled: true, Alarms: ids.map((Ref) => ({ Name: { Ref } })) },
  });
});

test.each([
  ['error-rate', 1, '100 * (FILL(boxErrors, 0) / boxRequests - FILL(fleetErrors, 0) / fleetRequests)'],
  ['latency-p99', 200, '1000 * (FILL(boxSeconds, 0) - FILL(fleetSeconds, 0))'],
])('its %s is compared with that of the fleet, minute by minute', (name, Threshold, difference) => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: `harbor-prod-one-box-${name}-above-fleet`,
    Threshold,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Metrics: Match.arrayWith([
      Match.objectLike({
        Expression: `IF(FILL(boxRequests, 0) >= 30 AND FILL(fleetRequests, 0) >= 30, ${difference}, 0)`,
      }),
    ]),
  });
});

test('without one there is none', () => {
  const plain = synthesized.environment('beta');
  const declared = (key: string, value: unknown) => (key === 'ZipFile' ? '<code>' : value);
  expect(JSON.stringify(plain.toJSON(), declared)).not.toMatch(/one-?box/i);
});

describe('in the pipeline', () => {
  const [resource] = Object.values(synthesized.pipeline.findResources('AWS::CodePipeline::Pipeline'));
  const { Actions } = resource.Properties.Stages.find(({ Name }: any) => Name === 'prod');
  const action = (name: string) => Actions.find(({ Name }: any) => Name === name);

  test('is deployed to and baked before the fleet is', () => {
    expect(Actions.map(({ RunOrder, Name }: any) => `${RunOrder} ${Name}`)).toEqual([
      '1 Tidegate-harbor-prod.Prepare',
      '2 Tidegate-harbor-prod.Deploy',
      '3 OneBoxDeploy',
      '4 OneBoxBake',
      '5 Deploy',
      '6 SyntheticTest',
      '7 Bake',
    ]);
    expect(action('OneBoxDeploy').Configuration.DeploymentGroupName).toBe('harbor-prod-one-box');
    expect(action('OneBoxDeploy').InputArtifacts).toEqual(action('Deploy').InputArtifacts);
  });

  test('its bake watches its own alarms, and counts its own requests', () => {
    const [own, fleet] = ['OneBoxBake', 'Bake'].map((name) =>
      JSON.parse(action(name).Configuration.UserParameters),
    );
    expect(own.alarms).toHaveLength(5);
    for (const name of own.alarms) expect(name).toMatch(/^harbor-prod-one-box-/);
    expect(own.minutes).toBe(30);
    expect(own.traffic.loadBalancer).toBe(fleet.traffic.loadBalancer);
    expect(own.traffic.targetGroup).toMatch(/OneBoxTargetGroupName}$/);
  });
});
