import { Match } from 'aws-cdk-lib/assertions';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';
import { allowed, stageOf, userParameters } from './stages';

const [beta, prod] = DESCRIPTION.environments;
const { pipeline } = synthesize();
const rulesOf = (name: string, template = pipeline) =>
  stageOf(template, name).BeforeEntry.Conditions[0].Rules;

test.each(['beta', 'prod'])('a release that may not enter %s fails there', (name) => {
  expect(stageOf(pipeline, name).BeforeEntry.Conditions).toEqual([
    { Result: 'FAIL', Rules: expect.anything() },
  ]);
});

test('the stages before the environments have no condition', () => {
  for (const name of ['Source', 'Build', 'UpdatePipeline'])
    expect(stageOf(pipeline, name)).not.toHaveProperty('BeforeEntry');
});

test('the gate looks at the alarms of the environment', () => {
  const [rule, ...more] = rulesOf('prod');
  expect(more).toEqual([]);
  expect(rule).toMatchObject({
    Name: 'Blockers',
    RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'LambdaInvoke', Version: '1' },
    Configuration: { FunctionName: { Ref: expect.stringMatching(/^CodePipelineGate/) } },
  });
  expect(userParameters(rule)).toEqual({
    environments: [
      {
        name: 'prod',
        alarms: ['harbor-prod-error-rate', 'harbor-prod-latency-p99', 'harbor-prod-unhealthy-hosts'],
      },
    ],
  });
});

test('where there is a one-box, its alarms block too', () => {
  const template = synthesize({ ...DESCRIPTION, environments: [beta, { ...prod, oneBox: {} }] }).pipeline;
  const [{ alarms }] = userParameters(rulesOf('prod', template)[0]).environments;
  expect(alarms).toEqual(
    expect.arrayContaining(['harbor-prod-error-rate', 'harbor-prod-one-box-error-rate']),
  );
});

test('the pipeline may call the gate, which the construct of a rule does not see to', () => {
  pipeline.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^CodePipelineRole') }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'lambda:InvokeFunction',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CodePipelineGate'), 'Arn'] },
        }),
      ]),
    },
  });
});

test('the gate may read alarms, answer the pipeline and write its log, no more', () => {
  expect(allowed(pipeline, 'CodePipelineGateRole')).toEqual([
    'cloudwatch:DescribeAlarmHistory',
    'cloudwatch:DescribeAlarms',
    'codepipeline:PutJobFailureResult',
    'codepipeline:PutJobSuccessResult',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});

describe('deployment windows', () => {
  const WINDOW = { cron: '* * 9-15 ? * MON-THU *', timeZone: 'Europe/Berlin' };

  test('are rules of CodePipeline', () => {
    const template = synthesize({
      ...DESCRIPTION,
      environments: [beta, { ...prod, deploymentWindow: WINDOW }],
    }).pipeline;
    expect(rulesOf('beta', template)).toHaveLength(1);
    expect(rulesOf('prod', template)[1]).toEqual({
      Name: 'Window1',
      RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'DeploymentWindow', Version: '1' },
      Configuration: { Cron: WINDOW.cron, TimeZone: WINDOW.timeZone },
    });
  });

  test('of a wave are open together, each asked once; one gate looks at all its environments', () => {
    const wave = [
      { ...prod, name: 'east', deploymentWindow: WINDOW },
      { ...prod, name: 'west', deploymentWindow: { cron: WINDOW.cron } },
      { ...prod, name: 'eu', deploymentWindow: WINDOW },
    ];
    const template = synthesize({ ...DESCRIPTION, environments: [beta, wave] }).pipeline;
    const [gate, ...windows] = rulesOf('east_west_eu', template);
    expect(userParameters(gate).environments.map(({ name }: any) => name)).toEqual(['east', 'west', 'eu']);
    expect(windows.map(({ Configuration }: any) => Configuration.TimeZone)).toEqual(['Europe/Berlin', 'UTC']);
  });
});

test('freezes are handed to the gate', () => {
  const freezes = [
    { from: '2026-12-19T00:00:00Z', to: '2027-01-04T00:00:00Z', reason: 'Nobody is there to mend it' },
  ];
  const template = synthesize({ ...DESCRIPTION, environments: [beta, { ...prod, freezes }] }).pipeline;
  expect(userParameters(rulesOf('prod', template)[0]).environments[0].freezes).toEqual(freezes);
});

test('in another account and region the gate looks with the role that the bake has there', () => {
  const across = synthesize(ACROSS_ACCOUNTS).pipeline;
  const roleArn = 'arn:aws:iam::333333333333:role/harbor-prod-bake-us-west-2';
  expect(userParameters(rulesOf('prod', across)[0]).environments[0]).toMatchObject({
    stack: 'Tidegate-harbor-prod',
    region: 'us-west-2',
    roleArn,
  });
  across.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^CodePipelineGateRole') }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'sts:AssumeRole', Resource: Match.arrayWith([roleArn]) }),
        Match.objectLike({
          Action: 'codepipeline:ListActionExecutions',
          Resource: 'arn:aws:codepipeline:eu-central-1:111111111111:tidegate-harbor',
        }),
      ]),
    },
  });
});
