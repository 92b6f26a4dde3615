import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import {
  Artifact,
  type Conditions,
  Pipeline,
  PipelineType,
  Result,
  RetryMode,
  Rule,
} from 'aws-cdk-lib/aws-codepipeline';
import { CodeCommitSourceAction, ManualApprovalAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { testApp } from '../../support/synthesize';
import { pipelineScope } from './pipelines';

const CONTEXT = { stackName: 'Shop', stackId: 'arn:stack/1', logicalId: 'Pipeline', tags: { team: 'a' } };

function properties(stages: object[], more: object = {}) {
  const type = (Category: string, Provider: string) => ({ Category, Owner: 'AWS', Provider, Version: '1' });
  const build = (Name: string) => ({
    Name,
    ActionTypeId: type('Build', 'CodeBuild'),
    Configuration: { ProjectName: Name, EnvironmentVariables: [{ name: 'LEVEL', value: 'low' }] },
    InputArtifacts: [{ Name: 'Code' }],
    RunOrder: '1',
  });
  const source = {
    Name: 'Commit',
    ActionTypeId: type('Source', 'CodeCommit'),
    Configuration: { RepositoryName: 'shop', BranchName: 'main', PollForSourceChanges: false },
    OutputArtifacts: [{ Name: 'Code' }],
  };
  return {
    Name: 'release',
    RoleArn: 'arn:aws:iam::111111111111:role/pipeline',
    PipelineType: 'V2',
    RestartExecutionOnUpdate: true,
    ArtifactStore: { Type: 'S3', Location: 'artifacts', EncryptionKey: { Id: 'key', Type: 'KMS' } },
    Stages: [
      { Name: 'Source', Actions: [source] },
      { Name: 'SelfMutate', Actions: [build('SelfMutate')] },
      ...stages.map((stage) => ({ ...stage, Actions: [build('Deploy')] })),
    ],
    ...more,
  };
}

function playedResource() {
  const play = pipelineScope();
  const [resource] = play.scope.service('codepipeline').resources;
  const context = { scope: play.scope, ...CONTEXT };
  const history = () =>
    play.codepipeline.ListPipelineExecutions({ pipelineName: 'release' }).pipelineExecutionSummaries;
  return { ...play, resource, context, history };
}

test('a declared pipeline has the shape of the API, its configuration the values as text', async () => {
  const { resource, context, codepipeline } = playedResource();
  const declared = properties([{ Name: 'beta' }]);
  expect(await resource.create(declared, context)).toEqual({
    physicalId: 'release',
    attributes: { Version: 1 },
  });
  const { pipeline, metadata } = codepipeline.GetPipeline({ name: 'release' });
  expect(metadata.pipelineArn).toBe('arn:aws:codepipeline:us-east-1:111111111111:release');
  expect(pipeline).toMatchObject({
    name: 'release',
    version: 1,
    artifactStore: { type: 'S3', location: 'artifacts', encryptionKey: { id: 'key', type: 'KMS' } },
  });
  expect(pipeline.stages[0].actions[0].configuration.PollForSourceChanges).toBe('false');
  expect(pipeline.stages[1].actions[0]).toMatchObject({
    runOrder: 1,
    configuration: { ProjectName: 'SelfMutate', EnvironmentVariables: '[{"name":"LEVEL","value":"low"}]' },
  });
});

test('a pipeline that updates itself from its own build starts again in its new structure', async () => {
  const { resource, context, builds, history, settle } = playedResource();
  const before = properties([{ Name: 'beta' }]);
  await resource.create(before, context);
  await settle();
  expect(builds.map((started) => started.action)).toEqual(['SelfMutate']);

  const after = properties([{ Name: 'beta' }, { Name: 'prod' }]);
  expect(await resource.update('release', after, before, context)).toMatchObject({
    attributes: { Version: 2 },
  });
  await settle();
  expect(history()).toMatchObject([
    { status: 'InProgress', trigger: { triggerType: 'StartPipelineExecution' } },
    { status: 'Cancelled', statusSummary: 'the structure of the pipeline was updated' },
  ]);
  builds[0].end();
  for (let next = 1; next <= 3; next++) {
    await settle();
    builds[next].end();
  }
  await settle();
  expect(builds.map((started) => started.action)).toEqual(['SelfMutate', 'SelfMutate', 'Deploy', 'Deploy']);
  expect(history().map((execution: any) => execution.status)).toEqual(['Succeeded', 'Cancelled']);
});

test('without RestartExecutionOnUpdate an update starts nothing', async () => {
  const { resource, context, history } = playedResource();
  const before = properties([], { RestartExecutionOnUpdate: false });
  await resource.create(before, context);
  await resource.update('release', { ...before, ExecutionMode: 'QUEUED' }, before, context);
  expect(history()).toHaveLength(1);
});

test('transitions are disabled and enabled as declared', async () => {
  const { resource, context, codepipeline } = playedResource();
  const DisableInboundStageTransitions = [{ StageName: 'beta', Reason: 'not yet' }];
  const before = properties([{ Name: 'beta' }], { DisableInboundStageTransitions });
  await resource.create(before, context);
  const enabled = () =>
    codepipeline.GetPipelineState({ name: 'release' }).stageStates[2].inboundTransitionState.enabled;
  expect(enabled()).toBe(false);
  await resource.update('release', properties([{ Name: 'beta' }]), before, context);
  expect(enabled()).toBe(true);
});

test('tags are those of the stack and the resource, through an update too', async () => {
  const { resource, context, codepipeline } = playedResource();
  const tagged = (Key: string) => properties([], { Tags: [{ Key, Value: '1' }] });
  await resource.create(tagged('before'), context);
  await resource.update('release', tagged('after'), tagged('before'), context);
  const resourceArn = 'arn:aws:codepipeline:us-east-1:111111111111:release';
  expect(codepipeline.ListTagsForResource({ resourceArn }).tags).toEqual([
    { key: 'team', value: 'a' },
    { key: 'after', value: '1' },
  ]);
});

/** The conditions of a stage as the CDK renders them. */
function rendered(conditions: object): Record<string, unknown> {
  const stack = new Stack(testApp());
  const repository = Repository.fromRepositoryName(stack, 'Repository', 'shop');
  const output = new Artifact();
  new Pipeline(stack, 'Pipeline', {
    pipelineType: PipelineType.V2,
    stages: [
      {
        stageName: 'Source',
        actions: [new CodeCommitSourceAction({ actionName: 'Commit', repository, output })],
      },
      { stageName: 'prod', actions: [new ManualApprovalAction({ actionName: 'Yes' })], ...conditions },
    ],
  });
  const [pipeline] = Object.values(Template.fromStack(stack).findResources('AWS::CodePipeline::Pipeline'));
  const { Name, Actions, ...rest } = pipeline.Properties.Stages[1];
  return rest;
}

describe('conditions as the CDK renders them', () => {
  const alarm = (name: string): Rule =>
    new Rule({
      name,
      provider: 'CloudWatchAlarm',
      version: '1',
      configuration: { AlarmName: 'x', WaitTime: 20 },
      region: 'us-east-1',
    });
  const only = (result: Result, rule: Rule): Conditions => ({ conditions: [{ result, rules: [rule] }] });

  test('have the shape of the API', async () => {
    const { resource, context, codepipeline } = playedResource();
    const commands = new Rule({
      name: 'Look',
      provider: 'Commands',
      version: '1',
      commands: ['ls'],
      inputArtifacts: ['Code'],
    });
    const conditions = rendered({
      beforeEntry: only(Result.FAIL, alarm('Green')),
      onSuccess: only(Result.ROLLBACK, commands),
      onFailure: only(Result.ROLLBACK, alarm('Red')),
    });
    await resource.create(properties([{ Name: 'prod', ...conditions }]), context);
    const stage = codepipeline.GetPipeline({ name: 'release' }).pipeline.stages[2];
    const ruleTypeId = { category: 'Rule', owner: 'AWS', provider: 'CloudWatchAlarm', version: '1' };
    const configuration = { AlarmName: 'x', WaitTime: '20' };
    expect(stage).toMatchObject({
      beforeEntry: {
        conditions: [
          { result: 'FAIL', rules: [{ name: 'Green', ruleTypeId, configuration, region: 'us-east-1' }] },
        ],
      },
      onSuccess: {
        conditions: [
          {
            result: 'ROLLBACK',
            rules: [{ name: 'Look', commands: ['ls'], inputArtifacts: [{ name: 'Code' }] }],
          },
        ],
      },
      onFailure: {
        conditions: [{ result: 'ROLLBACK', rules: [{ name: 'Red', ruleTypeId, configuration }] }],
      },
    });
  });

  test('RETRY carries its mode', async () => {
    const { resource, context, codepipeline } = playedResource();
    const conditions = rendered({ onFailure: { result: Result.RETRY, retryMode: RetryMode.ALL_ACTIONS } });
    await resource.create(properties([{ Name: 'prod', ...conditions }]), context);
    expect(codepipeline.GetPipeline({ name: 'release' }).pipeline.stages[2].onFailure).toEqual({
      result: 'RETRY',
      retryConfiguration: { retryMode: 'ALL_ACTIONS' },
    });
  });

  test('a rule without a name, which the CDK allows, is refused', async () => {
    const { resource, context } = playedResource();
    const nameless = new Rule({ provider: 'VariableCheck', configuration: {} });
    const conditions = rendered({ beforeEntry: only(Result.FAIL, nameless) });
    await expect(resource.create(properties([{ Name: 'prod', ...conditions }]), context)).rejects.toThrow(
      'beforeEntry of stage "prod": found a rule of the name "undefined"',
    );
  });
});
