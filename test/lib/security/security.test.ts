import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { checkDescription } from '../../../lib/config/check';
import { Inspector } from '../../../lib/security/inspector';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

const ALL = {
  permissionsBoundary: 'developer-boundary',
  cloudTrail: true,
  guardDuty: true,
  inspector: true,
  protectBranch: { groups: ['developers'], roles: ['developer'] },
};
const { pipeline, environment } = synthesize({ ...DESCRIPTION, security: ALL });

test('nothing that costs is there unless asked for', () => {
  const plain = synthesize();
  for (const template of [plain.pipeline, plain.environment('prod')]) {
    template.resourceCountIs('AWS::CloudTrail::Trail', 0);
    template.resourceCountIs('AWS::GuardDuty::Detector', 0);
    template.resourceCountIs('Custom::Inspector', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.absent() });
  }
});

test('the permissions boundary bounds every role, in every stack', () => {
  for (const template of [pipeline, environment('beta'), environment('prod')]) {
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(0);
    for (const { Properties } of roles)
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain('policy/developer-boundary');
  }
});

test("the permissions boundary is that of the role's own account", () => {
  const across = synthesize({ ...ACROSS_ACCOUNTS, security: ALL });
  across.environment('prod').allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: 'arn:aws:iam::333333333333:policy/developer-boundary',
  });
});

test('the trail keeps all regions, encrypted and verifiable, and the artifacts besides', () => {
  pipeline.hasResourceProperties('AWS::CloudTrail::Trail', {
    TrailName: 'tidegate-harbor',
    IsMultiRegionTrail: true,
    EnableLogFileValidation: true,
    KMSKeyId: Match.anyValue(),
    EventSelectors: [
      Match.objectLike({
        IncludeManagementEvents: false,
        DataResources: [Match.objectLike({ Type: 'AWS::S3::Object' })],
      }),
    ],
  });
  pipeline.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['kms:DescribeKey', 'kms:GenerateDataKey*'],
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceArn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

test.each(['AWS::GuardDuty::Detector', 'Custom::Inspector'])(
  'there is one %s for an account and region',
  (type) => {
    pipeline.resourceCountIs(type, 1);
    environment('beta').resourceCountIs(type, 0);
    const across = synthesize({ ...ACROSS_ACCOUNTS, security: ALL });
    for (const name of ['beta', 'prod']) across.environment(name).resourceCountIs(type, 1);
  },
);

describe('Inspector', () => {
  const stack = new Stack(new App(), 'Stack');
  new Inspector(stack, 'Inspector');
  const template = Template.fromStack(stack);

  test('is turned on for instances and functions by a function that can turn on nothing else', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });

  test('is not turned off by anybody', () => {
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('Disable');
  });
});

test('the branch is changed by merged pull requests alone', () => {
  pipeline.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    Groups: ['developers'],
    Roles: ['developer'],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Action: Match.not(Match.arrayWith([Match.stringLikeRegexp('MergePullRequest')])),
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('Repository'), 'Arn'] },
          Condition: {
            StringEqualsIfExists: { 'codecommit:References': ['refs/heads/main'] },
            Null: { 'codecommit:References': 'false' },
          },
        },
      ],
    },
  });
});

test.each([
  [{ protectBranch: {} }, 'security.protectBranch: found {}, allowed is at least one group or role'],
  [
    { permissionsBoundary: 'a b' },
    'security.permissionsBoundary: found "a b", allowed is the name of a managed policy',
  ],
])('%j is refused', (security, message) => {
  expect(() => checkDescription({ ...DESCRIPTION, security }, 'delivery.ts')).toThrow(
    `delivery.ts: ${message}`,
  );
});

test('a branch outside AWS cannot be protected from here', () => {
  const source = {
    connectionArn: 'arn:aws:codeconnections:eu-central-1:111111111111:connection/7d2469ff',
    repository: 'acme/harbor',
  };
  const described = { ...DESCRIPTION, source, security: { protectBranch: { groups: ['developers'] } } };
  expect(() => checkDescription(described, 'delivery.ts')).toThrow('nothing, with source');
});
