import { Match, type Template } from 'aws-cdk-lib/assertions';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

/** The pipeline in 111111111111, eu-central-1; beta in another account, prod in a third and in another region. */
const across = synthesize(ACROSS_ACCOUNTS);
const prod = across.environment('prod');
const BUS = 'arn:aws:events:eu-central-1:111111111111:event-bus/default';
const ROLE_NAME = 'harbor-prod-insight-us-west-2';

test("the ends of deployments are handed on to the bus of the pipeline's account and region", () => {
  prod.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.codedeploy'],
      detail: { application: ['harbor-prod'], state: ['SUCCESS', 'FAILURE', 'STOP'] },
    },
    Targets: [
      { Arn: BUS, RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ForwardedDeployments'), 'Arn'] } },
    ],
  });
  prod.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'events:PutEvents', Effect: 'Allow', Resource: BUS }] },
  });
});

test('the bus lets in the events of CodeDeploy from exactly these accounts', () => {
  const policies = Object.values(across.pipeline.findResources('AWS::Events::EventBusPolicy'));
  expect(policies.map(({ Properties: { StatementId } }) => StatementId)).toEqual([
    'harbor-deployments-222222222222',
    'harbor-deployments-333333333333',
  ]);
  across.pipeline.hasResourceProperties('AWS::Events::EventBusPolicy', {
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::333333333333:root' },
      Action: 'events:PutEvents',
      Resource: BUS,
      Condition: { StringEquals: { 'events:source': 'aws.codedeploy' } },
    },
  });
});

test('the functions read and tell there with a role, which may do no more', () => {
  const [[id]] = Object.entries(
    prod.findResources('AWS::IAM::Role', { Properties: { RoleName: ROLE_NAME } }),
  ) as any;
  const policies = prod.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: id }] } });
  const statements = Object.values(policies).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const allowed = JSON.stringify(statements);
  expect(allowed).not.toMatch(/\*"/);
  expect(allowed).toContain(':codedeploy:us-west-2:333333333333:deploymentgroup:harbor-prod/harbor-prod"');
  expect(allowed).toContain(':cloudwatch:us-west-2:333333333333:alarm:harbor-prod-release"');
  expect(allowed).toContain(':sns:us-west-2:333333333333:harbor-prod-notifications"');
  prod.hasResourceProperties('AWS::IAM::Role', {
    RoleName: ROLE_NAME,
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } })],
    },
  });

  const insight = JSON.stringify(insightOf(across.pipeline));
  const roleArn = `arn:aws:iam::333333333333:role/${ROLE_NAME}`;
  expect(insight.match(new RegExp(`"${roleArn}"`, 'g'))).toHaveLength(2);
  expect(insight).toContain(JSON.stringify(`"region":"us-west-2","roleArn":"${roleArn}"`).slice(1, -1));
});

test('an environment of the same account in another region needs the rule, and neither role nor leave', () => {
  const [beta, prod] = DESCRIPTION.environments;
  const { pipeline, environment } = synthesize({
    ...{ ...DESCRIPTION, account: '111111111111', region: 'eu-central-1' },
    environments: [beta, { ...prod, region: 'us-west-2' }],
  });
  environment('prod').hasResourceProperties('AWS::Events::Rule', {
    Targets: [Match.objectLike({ Arn: BUS })],
  });
  expect(
    environment('prod').findResources('AWS::IAM::Role', { Properties: { RoleName: ROLE_NAME } }),
  ).toEqual({});
  pipeline.resourceCountIs('AWS::Events::EventBusPolicy', 0);
  const insight = JSON.stringify(insightOf(pipeline));
  expect(insight).toContain(':codedeploy:us-west-2:111111111111:deploymentgroup:harbor-prod/harbor-prod"');
  expect(insight).not.toContain('sts:AssumeRole');
  expect(JSON.stringify(environment('beta'))).not.toContain('event-bus');
});

/** Functions and policies of the pipeline's insight. */
function insightOf(template: Template): object[] {
  return ['AWS::Lambda::Function', 'AWS::IAM::Policy'].flatMap((type) =>
    Object.entries(template.findResources(type))
      .filter(([id]) => id.startsWith('Insight'))
      .map(([, resource]) => resource.Properties),
  );
}
