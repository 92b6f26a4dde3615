import { CodeCommitClient, GetCommitCommand } from '@aws-sdk/client-codecommit';
import { CodeDeployClient, type DeploymentInfo, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { handler } from '../../../lambda/notify/handler';
import { describeProof } from '../../../lambda/proof';
import { elsewhere } from '../elsewhere';
import { bake, deploy, SETTINGS, source } from '../pipeline-history';
import { Records } from '../records';

const codecommit = mockClient(CodeCommitClient);
const codedeploy = mockClient(CodeDeployClient);
const codepipeline = mockClient(CodePipelineClient);
const sns = mockClient(SNSClient);
const records = new Records();
const { setElsewhere, expectElsewhere } = elsewhere();

beforeEach(() => {
  for (const mock of [codecommit, codedeploy, codepipeline, sns, records]) mock.reset();
  process.env.DELIVERY = JSON.stringify(SETTINGS);
  process.env.AWS_REGION = 'us-east-1';
  sns.on(PublishCommand).resolves({});
  codecommit
    .on(GetCommitCommand, { repositoryName: 'harbor', commitId: '3f2a91c07d' })
    .resolves({ commit: { author: { name: 'Ada Lovelace', email: 'ada@example.com' } } });
});

describe('a failed release', () => {
  const failure = (message: string): ActionExecutionDetail => ({
    ...bake('prod', { status: 'Failed', from: 60, to: 70 }),
    output: {
      executionResult: {
        errorDetails: { code: 'JobFailed', message },
        externalExecutionUrl: 'https://log.example.com',
      },
    },
  });

  test('is told with cause, stage, action, commit, author and links', async () => {
    await fails([source(), deploy('prod', { from: 30, to: 60 }), failure('Alarm errors is in ALARM')]);

    expect(published()).toEqual({
      topic: SETTINGS.topicArn,
      subject: 'harbor: release 3f2a91c0 failed in prod, action Bake',
      text: [
        'The release of 3f2a91c0 "Serve faster" by Ada Lovelace failed in prod, action Bake.',
        '',
        'Cause: Alarm errors is in ALARM',
        '',
        'Bake: https://log.example.com',
        'Pipeline: https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/tidegate-harbor/executions/e1/timeline?region=us-east-1',
        'Commit: https://us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories/harbor/commit/3f2a91c07d?region=us-east-1',
      ],
      author: 'ada@example.com',
    });
  });

  test('is told to chat in the form chat shows, with links to click', async () => {
    await fails([source(), failure('Alarm errors is in ALARM')]);

    const { https } = JSON.parse(sns.commandCalls(PublishCommand)[0]!.args[0].input.Message!);
    expect(JSON.parse(https)).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'harbor: release 3f2a91c0 failed in prod, action Bake',
        description: expect.stringContaining('<https://log.example.com|Bake>'),
      },
    });
  });

  test('is told by its last failure, when it was retried', async () => {
    await fails([
      source(),
      deploy('prod', { status: 'Failed', from: 30, to: 40 }),
      failure('the second time'),
    ]);

    expect(published().text).toContain('Cause: the second time');
  });

  test('with neither an action nor a commit says what CodePipeline says', async () => {
    await fails([], { statusSummary: 'Rule windows has failed' });

    expect(published()).toMatchObject({
      subject: 'harbor: release failed at a stage condition',
      text: expect.arrayContaining(['Cause: Rule windows has failed']),
    });
    expect(codecommit).not.toHaveReceivedAnyCommand();
  });

  test('from a repository elsewhere has no author, and is told', async () => {
    process.env.DELIVERY = JSON.stringify({ ...SETTINGS, repository: undefined });
    await fails([source(), failure('no')]);

    expect(published()).toMatchObject({
      text: expect.arrayContaining(['The release of 3f2a91c0 "Serve faster" failed in prod, action Bake.']),
      author: undefined,
    });
  });

  test('has a subject that SNS takes, however long and in whatever letters names are', async () => {
    process.env.DELIVERY = JSON.stringify({ ...SETTINGS, service: 'hafen-für-größere-schiffe\n' });
    await fails([source(), { ...failure('no'), actionName: 'x'.repeat(100) }]);

    expect(published().subject).toMatch(/^hafen-f\?r-gr\?ere-schiffe\?: release [ -~]+$/);
    expect(published().subject).toHaveLength(99);
  });

  test('that only shows that a new pipeline has nothing to release yet is nobody told', async () => {
    await fails([failure('no branch')], { trigger: { triggerType: 'CreatePipeline' } });

    expect(sns).not.toHaveReceivedAnyCommand();
  });

  test('is told once, however often its event comes', async () => {
    const twice = () => fails([source(), failure('no')]);
    await Promise.all([twice(), twice()]);
    await twice();

    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
    expect(records.written).toMatchObject([
      { subject: 'harbor: release 3f2a91c0 failed in prod, action Bake' },
    ]);
  });

  test('is told again when it was retried and failed again', async () => {
    await fails([source(), failure('the first time')]);
    await fails([source(), failure('the second time')], {}, '2026-01-01T14:00:00Z');

    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 2);
  });

  test('is told by the retry of the invocation when it could not be', async () => {
    sns.on(PublishCommand).rejectsOnce(new Error('throttled')).resolves({});
    await expect(fails([source(), failure('no')])).rejects.toThrow('throttled');
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    await fails([source(), failure('no')]);
    jest.useRealTimers();

    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 2);
  });

  async function fails(
    actions: ActionExecutionDetail[],
    execution: object = {},
    time = '2026-01-01T13:00:00Z',
  ): Promise<void> {
    codepipeline.on(GetPipelineExecutionCommand).resolves({ pipelineExecution: execution });
    codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: actions });
    await handler({
      source: 'aws.codepipeline',
      time,
      detail: { pipeline: 'tidegate-harbor', 'execution-id': 'e1', state: 'FAILED' },
    });
  }
});

describe('the end of a rollback', () => {
  const failed: DeploymentInfo = {
    deploymentId: 'd-30',
    status: 'Stopped',
    creator: 'user',
    errorInformation: { code: 'ALARM_ACTIVE', message: 'One or more alarms have been activated' },
  };
  const rollback: DeploymentInfo = {
    deploymentId: 'd-40',
    deploymentGroupName: 'harbor-prod',
    status: 'Succeeded',
    creator: 'codeDeployRollback',
    rollbackInfo: { rollbackTriggeringDeploymentId: 'd-30' },
  };
  const release = {
    ...deploy('prod', { status: 'Failed', from: 30, to: 40 }),
    pipelineExecutionId: 'e1',
  };

  beforeEach(() => {
    codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [release] });
    codepipeline
      .on(ListActionExecutionsCommand, { filter: { pipelineExecutionId: 'e1' } })
      .resolves({ actionExecutionDetails: [source(), release] });
  });

  test('is told to the environment, with the release, the cause and links', async () => {
    await ends(rollback);

    expect(published()).toEqual({
      topic: SETTINGS.environments[1]!.topicArn,
      subject: 'harbor prod: rolled back',
      text: [
        'In prod, the release of 3f2a91c0 "Serve faster" by Ada Lovelace was rolled back: every instance serves the revision before.',
        '',
        'Cause: ALARM_ACTIVE: One or more alarms have been activated',
        '',
        'Failed deployment: https://us-east-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-30?region=us-east-1',
        'Rollback: https://us-east-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-40?region=us-east-1',
        'Failed requests: https://us-east-1.console.aws.amazon.com/xray/home?region=us-east-1#/traces?timeRange=PT1H&filter=service(%22harbor%22)%20AND%20annotation%5Botel.resource.service.version%5D%20%3D%20%223f2a91c07d%22%20AND%20fault',
        'Logs: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Ftidegate$252Fharbor$252Fprod$252Finstances',
        'Pipeline: https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/tidegate-harbor/executions/e1/timeline?region=us-east-1',
      ],
      author: 'ada@example.com',
    });
  });

  test('in another account and region is read and told there, with a role', async () => {
    const topicArn = 'arn:aws:sns:us-west-2:333333333333:harbor-prod-notifications';
    setElsewhere({ topicArn });
    await ends(rollback);

    expect(published()).toMatchObject({
      topic: topicArn,
      text: expect.arrayContaining([
        'Rollback: https://us-west-2.console.aws.amazon.com/codesuite/codedeploy/deployments/d-40?region=us-west-2',
        expect.stringContaining('Pipeline: https://us-east-1.console.aws.amazon.com/'),
      ]),
    });
    await expectElsewhere(codedeploy, sns);
  });

  test('is told once, however often its event comes', async () => {
    await Promise.all([ends(rollback), ends(rollback)]);
    await ends(rollback);

    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
  });

  test('of the one-box says so', async () => {
    await ends({ ...rollback, deploymentGroupName: 'harbor-prod-one-box' });

    expect(published().text[0]).toMatch(/^In the one-box of prod, the release of 3f2a91c0/);
  });

  test('that failed calls for a person', async () => {
    await ends({
      ...rollback,
      status: 'Failed',
      errorInformation: { code: 'HEALTH_CONSTRAINTS', message: 'too few healthy' },
    });

    expect(published()).toMatchObject({
      subject: 'harbor prod: ROLLBACK FAILED, act now',
      text: expect.arrayContaining(['Rollback: HEALTH_CONSTRAINTS: too few healthy']),
    });
  });

  test('of a deployment by hand is told by the deployment', async () => {
    codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [] });
    await ends(rollback);

    expect(published().text[0]).toBe(
      'In prod, deployment d-30 was rolled back: every instance serves the revision before.',
    );
  });

  test('of a rollback proof is not told: its action tells, if it fails', async () => {
    await ends(rollback, { ...failed, description: describeProof('e1') });

    expect(sns).not.toHaveReceivedAnyCommand();
  });

  test.each(['user', 'autoscaling'] as const)('no other deployment (%s) is told', async (creator) => {
    await ends({ ...rollback, creator });

    expect(sns).not.toHaveReceivedAnyCommand();
  });

  async function ends(deployment: DeploymentInfo, triggering = failed): Promise<void> {
    for (const deploymentInfo of [triggering, deployment]) {
      const { deploymentId } = deploymentInfo;
      codedeploy.on(GetDeploymentCommand, { deploymentId }).resolves({ deploymentInfo });
    }
    const place = { application: 'harbor-prod', deploymentGroup: 'harbor-prod' };
    await handler({
      source: 'aws.codedeploy',
      detail: { ...place, deploymentId: deployment.deploymentId!, state: 'SUCCESS' },
    });
  }
});

function published() {
  expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
  const { TopicArn, Subject, Message, MessageStructure, MessageAttributes } =
    sns.commandCalls(PublishCommand)[0]!.args[0].input;
  expect(MessageStructure).toBe('json');
  return {
    topic: TopicArn,
    subject: Subject,
    text: JSON.parse(Message!).default.split('\n'),
    author: MessageAttributes?.author?.StringValue,
  };
}
