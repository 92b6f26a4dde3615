import { version } from 'aws-cdk/package.json';
import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

const { pipeline } = synthesize();

test('the pipeline stack', () => {
  expect(pipeline.toJSON()).toMatchSnapshot();
});

test('its stages: source, build, its own update, then every environment in order', () => {
  expect(stages().map(({ Name }) => Name)).toEqual(['Source', 'Build', 'UpdatePipeline', 'beta', 'prod']);
});

test('the service is built before the app is synthesized, both before the pipeline updates itself', () => {
  expect(actions('Build')).toEqual(['1 Build', '2 Synth']);
});

test.each([
  ['beta', 'IntegrationTest'],
  ['prod', 'SyntheticTest'],
])('%s is provisioned, deployed to, tested and baked, one after the other', (name, testStep) => {
  expect(actions(name)).toEqual([
    `1 Tidegate-harbor-${name}.Prepare`,
    `2 Tidegate-harbor-${name}.Deploy`,
    '3 Deploy',
    `4 ${testStep}`,
    '5 Bake',
  ]);
});

test('a third environment adds its stage and leaves the others as they are', () => {
  const gamma = { name: 'gamma', capacity: { min: 2, max: 2 } };
  const [beta, prod] = DESCRIPTION.environments;
  const three = stages(synthesize({ ...DESCRIPTION, environments: [beta, gamma, prod] }).pipeline);

  expect(three.map(({ Name }) => Name)).toEqual([
    'Source',
    'Build',
    'UpdatePipeline',
    'beta',
    'gamma',
    'prod',
  ]);
  expect(three.filter(({ Name }) => Name === 'beta' || Name === 'prod')).toEqual(stages().slice(3));
});

test('a wave is one stage; inside it each environment goes its own way in step with the others', () => {
  const [beta, prod] = DESCRIPTION.environments;
  const wave = [
    { ...prod, name: 'east' },
    { ...prod, name: 'eu' },
  ];
  const { pipeline } = synthesize({ ...DESCRIPTION, environments: [beta, wave] });
  expect(actions('east_eu', pipeline)).toEqual(
    [
      (name: string) => `1 ${name}.Tidegate-harbor-${name}.Prepare`,
      (name: string) => `2 ${name}.Tidegate-harbor-${name}.Deploy`,
      (name: string) => `3 ${name}.Deploy`,
      (name: string) => `4 ${name}.SyntheticTest`,
      (name: string) => `5 ${name}.Bake`,
    ].flatMap((action) => [action('east'), action('eu')]),
  );
  expect(action('east_eu', 'eu.Deploy', pipeline).Configuration.DeploymentGroupName).toBe('harbor-eu');
});

test('a push to the branch starts it through EventBridge, and nothing polls', () => {
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.codecommit'],
      resources: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Repository'), 'Arn'] }],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
    },
    Targets: [Match.objectLike({ Arn: { 'Fn::Join': ['', Match.arrayWith([':codepipeline:'])] } })],
  });
  expect(action('Source', 'Source').Configuration).toMatchObject({
    BranchName: 'main',
    PollForSourceChanges: false,
  });
});

test('a pipeline that has updated itself starts the release again; a newer release supersedes', () => {
  pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    PipelineType: 'V2',
    ExecutionMode: 'SUPERSEDED',
    RestartExecutionOnUpdate: true,
  });
});

test('the pipeline updates itself with the CLI of package-lock.json', () => {
  const { phases } = buildspec('SelfMutat');
  expect(phases.install.commands).toEqual([`npm install -g aws-cdk@${version}`]);
  expect(phases.build.commands).toEqual([
    expect.stringMatching('^cdk -a . deploy Tidegate-harbor-pipeline '),
  ]);
});

test('the service is built by its own buildspec, and that artifact is what CodeDeploy deploys', () => {
  pipeline.hasResourceProperties('AWS::CodeBuild::Project', {
    Source: { Type: 'CODEPIPELINE', BuildSpec: 'service/buildspec.yml' },
  });
  const [revision] = action('Build', 'Build').OutputArtifacts;
  for (const name of ['beta', 'prod']) {
    expect(action(name, 'Deploy')).toMatchObject({
      ActionTypeId: { Provider: 'CodeDeploy' },
      Configuration: { ApplicationName: `harbor-${name}`, DeploymentGroupName: `harbor-${name}` },
      InputArtifacts: [revision],
    });
  }
});

test('destroying the stack keeps the repository, the artifacts and their key', () => {
  const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  for (const type of ['AWS::CodeCommit::Repository', 'AWS::S3::Bucket']) pipeline.allResources(type, kept);
  pipeline.hasResource('AWS::KMS::Key', {
    ...kept,
    Properties: { Description: { 'Fn::Join': ['', Match.arrayWith(['Artifacts in harbor-artifacts-'])] } },
  });
  pipeline.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
});

test('the artifacts are encrypted, not public, not reached without TLS, and never expire', () => {
  pipeline.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: Match.objectLike({}),
    LifecycleConfiguration: Match.absent(),
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  pipeline.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
});

test('no custom resource', () => {
  expect(JSON.stringify(pipeline.toJSON())).not.toMatch(/Custom::|AWS::CloudFormation::CustomResource/);
});

describe('across accounts and regions', () => {
  const across = synthesize(ACROSS_ACCOUNTS);

  test('each region has its artifact bucket', () => {
    across.pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      ArtifactStores: [
        { Region: 'eu-central-1', ArtifactStore: { Location: Match.anyValue() } },
        { Region: 'us-west-2', ArtifactStore: { Location: 'harbor-artifacts-111111111111-us-west-2' } },
      ],
    });
  });

  test('CodeDeploy runs where the environment is', () => {
    expect(action('prod', 'Deploy', across.pipeline)).toMatchObject({
      Region: 'us-west-2',
      RoleArn: expect.stringMatching('^arn:aws:iam::333333333333:role/'),
    });
  });

  test('the self-mutation may deploy the stacks of its roles, in the accounts where they are', () => {
    const role = (kind: string, place: string) =>
      `arn:aws:iam::${place.split('-')[0]}:role/cdk-hnb659fds-${kind}-role-${place}`;
    const [{ Properties }] = Object.values(
      across.pipeline.findResources('AWS::IAM::Policy', {
        Properties: { PolicyName: Match.stringLikeRegexp('SelfMutat') },
      }),
    );
    const assumed = Properties.PolicyDocument.Statement.filter(
      ({ Action }: any) => Action === 'sts:AssumeRole',
    );
    expect(assumed.flatMap(({ Resource }: any) => Resource)).toEqual([
      'arn:*:iam::111111111111:role/*',
      ...['222222222222-eu-central-1', '333333333333-us-west-2'].flatMap((place) => [
        role('deploy', place),
        role('file-publishing', place),
      ]),
    ]);
  });

  test('its action may read the deployment configuration there', () => {
    const custom = { minimumHealthyHosts: 2 };
    const [beta, prod] = ACROSS_ACCOUNTS.environments.flat();
    const { app } = synthesize({
      ...ACROSS_ACCOUNTS,
      environments: [beta, { ...prod, deploymentConfiguration: custom }],
    });
    const support = app.node.findChild('cross-account-support-stack-333333333333') as Stack;
    Template.fromStack(support).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'codedeploy:GetDeploymentConfig',
            Resource: 'arn:aws:codedeploy:us-west-2:333333333333:deploymentconfig:harbor-prod-min-2-hosts',
          }),
        ]),
      },
    });
  });

  test('the bake reads the alarms there, with a role of that account', () => {
    const roleArn = 'arn:aws:iam::333333333333:role/harbor-prod-bake-us-west-2';
    expect(JSON.parse(action('prod', 'Bake', across.pipeline).Configuration.UserParameters)).toMatchObject({
      region: 'us-west-2',
      roleArn,
    });
    across.pipeline.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'sts:AssumeRole', Resource: Match.arrayWith([roleArn]) }),
        ]),
      },
    });
    across
      .environment('prod')
      .hasResourceProperties('AWS::IAM::Role', { RoleName: 'harbor-prod-bake-us-west-2' });
  });

  describe('the revisions of another region', () => {
    const support = Template.fromStack(
      across.app.node.findChild('Tidegate-harbor-artifacts-us-west-2') as Stack,
    );
    const bucket = 'arn:aws:s3:::harbor-artifacts-111111111111-us-west-2';
    const instances = 'arn:aws:iam::333333333333:root';

    /** Actions that a principal is granted by the policies of a resource type. */
    const granted = (type: string, policy: string) =>
      Object.values(support.findResources(type))
        .flatMap(({ Properties }) => Properties[policy].Statement)
        .filter(({ Effect, Principal }) => Effect === 'Allow' && [Principal.AWS].flat().includes(instances))
        .flatMap(({ Action }) => Action);

    test('may be read from its bucket, and decrypted with its key, by the account of its instances', () => {
      expect(granted('AWS::S3::BucketPolicy', 'PolicyDocument')).toContain('s3:GetObject*');
      expect(granted('AWS::KMS::Key', 'KeyPolicy')).toContain('kms:Decrypt');
    });

    test('are what its instances may read, and decrypt through S3 there', () => {
      const policies = Object.entries(across.environment('prod').findResources('AWS::IAM::Policy'));
      const [, { Properties }] = policies.find(([id]) => id.startsWith('Fleet'))!;
      expect(written(Properties.PolicyDocument.Statement)).toEqual([
        expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        expect.objectContaining({ Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] }),
        expect.objectContaining({ Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: `${bucket}/*` }),
        expect.objectContaining({
          Action: 'kms:Decrypt',
          Resource: 'arn:aws:kms:us-west-2:111111111111:key/*',
          Condition: {
            StringEquals: { 'kms:ViaService': 's3.us-west-2.AWS::URLSuffix' },
            StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket, `${bucket}/*`] },
          },
        }),
      ]);
    });
  });

  test('a wave in two regions has a bucket in each, and one in the own region of the pipeline', () => {
    const [beta, prod] = ACROSS_ACCOUNTS.environments.flat();
    const { pipeline } = synthesize({
      ...ACROSS_ACCOUNTS,
      environments: [
        beta,
        [
          { ...prod, name: 'west' },
          { ...prod, name: 'east', region: 'us-east-1' },
        ],
      ],
    });
    const [{ Properties }] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline'));
    expect(Properties.ArtifactStores.map(({ Region }: any) => Region).sort()).toEqual([
      'eu-central-1',
      'us-east-1',
      'us-west-2',
    ]);
    expect(action('west_east', 'east.Deploy', pipeline).Region).toBe('us-east-1');
    expect(action('west_east', 'west.Deploy', pipeline).Region).toBe('us-west-2');
  });

  test('the instances of the other account may read the bucket', () => {
    across.pipeline.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: Match.arrayWith(['s3:GetObject*']),
            Principal: { AWS: Match.arrayWith(['arn:aws:iam::222222222222:root']) },
          }),
        ]),
      },
    });
  });
});

type Stage = { Name: string; Actions: any[] };

function stages(template = pipeline): Stage[] {
  const [resource] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  return resource.Properties.Stages;
}

function stage(name: string, template = pipeline): Stage {
  return stages(template).find(({ Name }) => Name === name)!;
}

function action(stageName: string, name: string, template = pipeline): any {
  return stage(stageName, template).Actions.find(({ Name }) => Name === name);
}

/** Run order and name of each action of a stage. */
function actions(stageName: string, template = pipeline): string[] {
  return stage(stageName, template).Actions.map(({ RunOrder, Name }) => `${RunOrder} ${Name}`);
}

function buildspec(description: string): any {
  const [project] = Object.values(
    pipeline.findResources('AWS::CodeBuild::Project', {
      Properties: { Description: Match.stringLikeRegexp(description) },
    }),
  );
  return JSON.parse(project.Properties.Source.BuildSpec);
}

/** A part of a template with its joins carried out; a reference is written as its name, the partition as `aws`. */
function written(value: any): any {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(written);
  if ('Ref' in value) return value.Ref === 'AWS::Partition' ? 'aws' : value.Ref;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(written).join(value['Fn::Join'][0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written(inner)]));
}
