import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { DeliveryDescription } from '../../../lib/config/description';
import { Artifacts } from '../../../lib/pipeline/artifacts';
import { buildLogs } from '../../../lib/pipeline/build-environment';
import { PullRequestReview } from '../../../lib/review/pull-request-review';
import { DESCRIPTION, synthesize, testApp } from '../../support/synthesize';

function review(): Stack {
  const stack = new Stack(testApp(), 'Stack');
  const { bucket, key } = new Artifacts(stack, 'Artifacts', { bucketName: 'artifacts', readers: [] });
  new PullRequestReview(stack, 'Review', {
    repository: Repository.fromRepositoryName(stack, 'Repository', 'harbor'),
    bucket,
    logGroup: buildLogs(stack, key),
    roleName: 'harbor-review',
  });
  return stack;
}

const template = Template.fromStack(review());

const only = (type: string, properties: object = {}): any => {
  const found = Object.values(template.findResources(type, { Properties: properties }));
  expect(found).toHaveLength(1);
  return found[0].Properties;
};
const rule = (source: string) => only('AWS::Events::Rule', { EventPattern: { source: [source] } });

test('the review', () => {
  const own = Object.entries(template.toJSON().Resources).filter(([logicalId]) => /^Review/.test(logicalId));
  expect(Object.fromEntries(own)).toMatchSnapshot();
});

test('a pull request, and each update of it, starts a build and goes to the function', () => {
  const { EventPattern, Targets } = rule('aws.codecommit');
  expect(EventPattern).toMatchObject({
    'detail-type': ['CodeCommit Pull Request State Change'],
    resources: [expect.anything()],
    detail: { event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'], pullRequestStatus: ['Open'] },
  });
  expect(Targets).toHaveLength(2);
  const { InputTransformer } = Targets.find((target: any) => target.InputTransformer);
  const paths = Object.entries<string>(InputTransformer.InputPathsMap);
  const input = paths.reduce(
    (text, [name, path]) => text.replaceAll(`<${name}>`, JSON.stringify(path.replace('$.detail.', ''))),
    InputTransformer.InputTemplate,
  );
  const variable = (name: string, value: string) => ({ name, type: 'PLAINTEXT', value });
  expect(JSON.parse(input)).toEqual({
    sourceVersion: 'sourceCommit',
    environmentVariablesOverride: [
      variable('PULL_REQUEST_ID', 'pullRequestId'),
      variable('REVISION_ID', 'revisionId'),
      variable('SOURCE_COMMIT', 'sourceCommit'),
      variable('DESTINATION_COMMIT', 'destinationCommit'),
    ],
  });
});

test('the end of a build, however it ends, goes to the function', () => {
  expect(rule('aws.codebuild').EventPattern).toMatchObject({
    'detail-type': ['CodeBuild Build State Change'],
    detail: {
      'project-name': [{ Ref: expect.any(String) }],
      'build-status': [{ 'anything-but': ['IN_PROGRESS'] }],
    },
  });
});

test('the build compares before it tests, with the commit that the pull request was branched from', () => {
  const { phases, artifacts } = JSON.parse(only('AWS::CodeBuild::Project').Source.BuildSpec);
  const { commands } = phases.build;
  const at = (text: string) => commands.findIndex((command: string) => command.includes(text));
  expect(commands).toContainEqual(expect.stringContaining('git merge-base HEAD "$DESTINATION_COMMIT"'));
  expect(at('compare/main.ts')).toBeGreaterThan(at('before.out'));
  expect(at('npm run test:app')).toBeGreaterThan(at('compare/main.ts'));
  expect(at('npm test --prefix service')).toBeGreaterThan(0);
  expect(artifacts.files).toEqual(['comparison.json']);
});

test('a build of what nobody has reviewed reads the repository and writes its comparison, and no more', () => {
  const [policy] = policiesOf('codebuild.amazonaws.com');
  const actions = policy.PolicyDocument.Statement.flatMap(({ Action }: any) => Action).filter(
    (action: string) => !/^(logs|kms):/.test(action),
  );
  expect(actions.sort()).toEqual([
    'codecommit:GitPull',
    's3:GetBucketAcl',
    's3:GetBucketLocation',
    's3:PutObject',
  ]);
  const put = policy.PolicyDocument.Statement.find(({ Action }: any) => Action === 's3:PutObject');
  expect(JSON.stringify(put.Resource)).toContain('/reviews/*');
});

test('the function may answer on pull requests of this repository, but not merge', () => {
  const [policy] = policiesOf('lambda.amazonaws.com');
  const statement = policy.PolicyDocument.Statement.find(({ Action }: any) =>
    /codecommit/.test(String(Action)),
  );
  expect(statement.Action).toEqual([
    'codecommit:CreatePullRequestApprovalRule',
    'codecommit:GetCommentsForPullRequest',
    'codecommit:PostCommentForPullRequest',
    'codecommit:UpdateComment',
    'codecommit:UpdatePullRequestApprovalState',
  ]);
  expect(statement.Resource).toMatchObject({
    'Fn::Join': ['', expect.arrayContaining([expect.stringMatching(/:harbor$/)])],
  });
  template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'harbor-review' });
});

test('has no finding of the AwsSolutions pack that is not acknowledged', () => {
  const app = review().node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});

test('a delivery has a review, unless its description says no or its repository is elsewhere', () => {
  const reviews = (description: DeliveryDescription) =>
    Object.keys(
      synthesize(description).pipeline.findResources('AWS::CodeBuild::Project', {
        Properties: { Description: 'Reviews pull requests' },
      }),
    ).length;
  const source = {
    connectionArn:
      'arn:aws:codeconnections:eu-central-1:111111111111:connection/0a1b2c3d-0000-0000-0000-000000000000',
    repository: 'acme/harbor',
  };
  expect(reviews(DESCRIPTION)).toBe(1);
  expect(reviews({ ...DESCRIPTION, review: false })).toBe(0);
  expect(reviews({ ...DESCRIPTION, source })).toBe(0);
});

function policiesOf(Service: string): any[] {
  const roles = Object.keys(
    template.findResources('AWS::IAM::Role', {
      Properties: { AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service } })] } },
    }),
  );
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .map(({ Properties }) => Properties)
    .filter(({ Roles }) => roles.includes(Roles[0].Ref));
}
