import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CodeBuild } from '@aws-sdk/client-codebuild';
import { CodeCommit } from '@aws-sdk/client-codecommit';
import { CodePipeline } from '@aws-sdk/client-codepipeline';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { S3 } from '@aws-sdk/client-s3';
import { ScaledClock } from '../../../region/clock/clock';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';
import { action, build, pipelineOf, rule, SOURCE } from './pipelines';

const ROLE = 'arn:aws:iam::111111111111:role/any';
const NAME = 'release';

/** Longer than a request of a client may carry: CloudFormation reads the template of an artifact as an object. */
const TEMPLATE = {
  Metadata: { Padding: 'x'.repeat(60_000) },
  Resources: { Made: { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'made' } } },
  Outputs: { Name: { Value: { 'Fn::GetAtt': ['Made', 'Name'] } } },
};

const BUILDSPEC = `
version: 0.2
env:
  exported-variables: [SEEN]
phases:
  build:
    commands:
      - export SEEN="$COMMIT"
      - cp template.json out.json
artifacts:
  files: [out.json]
`;

let region: Region;

beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('codepipeline'), clock: new ScaledClock(60) });
});
afterAll(() => region.stop());

test('a commit goes through source, build and stack, by the clients of the SDK', async () => {
  const client = {
    endpoint: region.endpoint,
    region: region.home.region,
    credentials: region.home.credentials(),
    forcePathStyle: true,
  };
  const codepipeline = new CodePipeline(client);
  const codecommit = new CodeCommit(client);
  const events = new EventBridge(client);
  const s3 = new S3(client);
  await s3.createBucket({ Bucket: 'artifacts' });
  await codecommit.createRepository({ repositoryName: 'shop' });
  await new CodeBuild(client).createProject({
    name: 'Compile',
    source: { type: 'CODEPIPELINE' },
    artifacts: { type: 'CODEPIPELINE' },
    environment: {
      type: 'LINUX_CONTAINER',
      image: 'aws/codebuild/standard:7.0',
      computeType: 'BUILD_GENERAL1_SMALL',
    },
    serviceRole: ROLE,
  });
  const compile = build('Compile', {
    outputs: ['Out'],
    namespace: 'Compiled',
    configuration: {
      ProjectName: 'Compile',
      EnvironmentVariables: '[{"name":"COMMIT","value":"#{Commit.CommitId}"}]',
    },
  });
  const stack = action(
    'Deploy CloudFormation',
    'Stack',
    { ActionMode: 'CREATE_UPDATE', StackName: 'shop', TemplatePath: 'Out::out.json' },
    { inputs: ['Out'] },
  );
  const looks = rule(
    'Commands',
    {},
    { commands: ['test -f template.json'], inputArtifacts: [{ name: 'Code' }] },
  );
  const healthy = rule('CloudWatchAlarm', { AlarmName: 'errors' });
  await new CloudWatch(client).putMetricAlarm({
    AlarmName: 'errors',
    Namespace: 'Shop',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
  });
  const pipeline = pipelineOf(
    [
      { name: 'Build', actions: [compile] },
      {
        name: 'Deploy',
        actions: [stack],
        beforeEntry: { conditions: [{ result: 'FAIL', rules: [looks] }] },
        onSuccess: { conditions: [{ result: 'FAIL', rules: [healthy] }] },
      },
    ],
    { name: NAME },
  );
  expect(pipeline.stages?.[0]).toBe(SOURCE);
  await codepipeline.createPipeline({ pipeline });
  await events.putRule({
    Name: 'push',
    EventPattern: JSON.stringify({ source: ['aws.codecommit'], detail: { referenceName: ['main'] } }),
  });
  const Targets = [
    { Id: 'release', Arn: `arn:aws:codepipeline:us-east-1:111111111111:${NAME}`, RoleArn: ROLE },
  ];
  await events.putTargets({ Rule: 'push', Targets });
  // The execution that creating a pipeline starts fails: the repository has no branch yet.
  await region.journal.waitFor(({ type }) => type === 'PipelineFailed');

  const { commitId } = await codecommit.createCommit({
    repositoryName: 'shop',
    branchName: 'main',
    putFiles: [
      { filePath: 'buildspec.yml', fileContent: Buffer.from(BUILDSPEC) },
      { filePath: 'template.json', fileContent: Buffer.from(JSON.stringify(TEMPLATE)) },
    ],
  });
  await region.journal.waitFor(({ type }) => type === 'PipelineSucceeded');

  const { pipelineExecutionSummaries } = await codepipeline.listPipelineExecutions({ pipelineName: NAME });
  expect(pipelineExecutionSummaries?.[0]).toMatchObject({
    status: 'Succeeded',
    sourceRevisions: [{ actionName: 'Commit', revisionId: commitId }],
    trigger: { triggerType: 'CloudWatchEvent' },
  });
  const { actionExecutionDetails = [] } = await codepipeline.listActionExecutions({
    pipelineName: NAME,
    filter: { pipelineExecutionId: pipelineExecutionSummaries?.[0].pipelineExecutionId },
  });
  expect(actionExecutionDetails.map(({ output }) => output?.outputVariables)).toEqual([
    { Name: 'made' },
    { SEEN: commitId },
    expect.objectContaining({ CommitId: commitId, BranchName: 'main' }),
  ]);
  const { ruleExecutionDetails } = await codepipeline.listRuleExecutions({ pipelineName: NAME });
  expect(
    ruleExecutionDetails?.map(({ ruleName, status, output }) => [ruleName, status, output]),
  ).toMatchObject([
    [
      'CloudWatchAlarm',
      'Succeeded',
      { executionResult: { externalExecutionSummary: 'alarm errors is in INSUFFICIENT_DATA' } },
    ],
    ['Commands', 'Succeeded', { executionResult: { externalExecutionId: expect.stringContaining(':') } }],
  ]);
  const { stageStates } = await codepipeline.getPipelineState({ name: NAME });
  expect(stageStates?.at(-1)?.onSuccessConditionState?.latestExecution?.status).toBe('Succeeded');
  expect(
    (await codecommit.getRepository({ repositoryName: 'made' })).repositoryMetadata?.repositoryName,
  ).toBe('made');
});
