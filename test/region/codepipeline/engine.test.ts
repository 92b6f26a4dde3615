import type { ActionDeclaration, PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { build, pipelineOf, pipelineScope } from './pipelines';

const NAME = 'a-pipeline-with-a-long-name';

async function created(pipeline: PipelineDeclaration) {
  const play = pipelineScope();
  await play.codepipeline.CreatePipeline({ pipeline });
  await play.settle();
  const start = async (input: object = {}) => {
    const { pipelineExecutionId } = await play.codepipeline.StartPipelineExecution({ name: NAME, ...input });
    await play.settle();
    return pipelineExecutionId as string;
  };
  const end = async (index: number, result?: object) => {
    play.builds[index].end(result);
    await play.settle();
  };
  const execution = (id: string) =>
    play.codepipeline.GetPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution;
  const history = () =>
    play.codepipeline.ListPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries;
  const stage = (name: string) =>
    play.codepipeline
      .GetPipelineState({ name: NAME })
      .stageStates.find((state: any) => state.stageName === name);
  return {
    ...play,
    start,
    end,
    execution,
    history,
    stage,
    first: () => history().at(-1).pipelineExecutionId,
  };
}

const THREE = pipelineOf([
  { name: 'Build', actions: [build('Compile', { outputs: ['Out'] })] },
  { name: 'Deploy', actions: [build('Deploy', { inputs: ['Out'] })] },
]);

test('a new pipeline runs at once: artifacts are handed on through the bucket', async () => {
  const play = await created(THREE);
  expect(play.builds.map((started) => started.action)).toEqual(['Compile']);
  expect(play.builds[0].pipeline.sources).toEqual([{ name: 'Code', zip: Buffer.from('tree of c1') }]);
  expect(play.builds[0].pipeline.sourceVersion).toBe('c1');
  await play.end(0, { artifacts: { Out: Buffer.from('compiled') } });
  expect(play.builds[1].pipeline.sources).toEqual([{ name: 'Out', zip: Buffer.from('compiled') }]);
  await play.end(1);

  expect(play.history()).toMatchObject([
    {
      status: 'Succeeded',
      trigger: { triggerType: 'CreatePipeline' },
      sourceRevisions: [{ revisionId: 'c1' }],
    },
  ]);
  expect([...play.objects.keys()]).toEqual([
    expect.stringMatching(/^artifacts\/a-pipeline-with-a-lo\/Code\/[\w-]{7}$/),
    expect.stringMatching(/^artifacts\/a-pipeline-with-a-lo\/Out\/[\w-]{7}$/),
  ]);
});

test('a failed action lets its neighbour finish, stops the stage and says why', async () => {
  const play = await created(
    pipelineOf([
      { name: 'Build', actions: [build('A'), build('B'), build('After', { runOrder: 2 })] },
      { name: 'Deploy', actions: [build('Deploy')] },
    ]),
  );
  await play.end(0, { status: 'FAILED' });
  expect(play.history()[0].status).toBe('InProgress');
  await play.end(1);

  expect(play.builds).toHaveLength(2);
  expect(play.history()[0].status).toBe('Failed');
  const [a, b, after] = play.stage('Build').actionStates;
  expect(a.latestExecution).toMatchObject({
    status: 'Failed',
    externalExecutionId: 'build-1',
    errorDetails: {
      code: 'JobFailed',
      message: expect.stringContaining('Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while'),
    },
  });
  expect(b.latestExecution.status).toBe('Succeeded');
  expect(after.latestExecution).toBeUndefined();
});

test('SUPERSEDED: a newer execution overtakes between stages, never inside one', async () => {
  const play = await created(THREE);
  await play.end(0);
  const first = play.first();
  const second = await play.start();
  await play.end(2);
  expect(play.stage('Deploy').inboundExecution.pipelineExecutionId).toBe(second);
  const third = await play.start();
  await play.end(3);
  expect(play.execution(second)).toMatchObject({ status: 'Superseded' });
  expect(play.execution(first).status).toBe('InProgress');
  expect(play.stage('Deploy').inboundExecution.pipelineExecutionId).toBe(third);

  await play.end(1, { status: 'FAILED' });
  expect(play.execution(first).status).toBe('Failed');
  expect(play.stage('Deploy').latestExecution.pipelineExecutionId).toBe(third);
  expect(() =>
    play.codepipeline.RetryStageExecution({
      pipelineName: NAME,
      stageName: 'Deploy',
      pipelineExecutionId: first,
      retryMode: 'FAILED_ACTIONS',
    }),
  ).toThrow(expect.objectContaining({ name: 'NotLatestPipelineExecutionException' }));
});

test('QUEUED: executions keep their order and none is dropped', async () => {
  const play = await created({ ...THREE, executionMode: 'QUEUED' });
  await play.end(0);
  const second = await play.start();
  await play.end(2);
  const third = await play.start();
  await play.end(3);
  expect(play.stage('Deploy').inboundExecutions.map((entry: any) => entry.pipelineExecutionId)).toEqual([
    second,
    third,
  ]);
  await play.end(1);
  expect(play.stage('Deploy').latestExecution.pipelineExecutionId).toBe(second);
  await play.end(4);
  await play.end(5);
  expect(play.history().map((execution: any) => execution.status)).toEqual(Array(3).fill('Succeeded'));
});

test('PARALLEL: executions run side by side in one stage', async () => {
  const play = await created({ ...THREE, executionMode: 'PARALLEL' });
  const second = await play.start();
  expect(play.builds.map((started) => started.pipeline.executionId)).toEqual([play.first(), second]);
  for (const index of [1, 2, 0, 3]) await play.end(index);
  expect(play.history().map((execution: any) => execution.status)).toEqual(['Succeeded', 'Succeeded']);
});

test('variables: of the source, of a build, of the execution, and given at the start', async () => {
  const configuration = {
    ProjectName: 'Use',
    EnvironmentVariables: JSON.stringify([
      { name: 'COMMIT', value: '#{Commit.CommitId}' },
      { name: 'URL', value: '#{Made.Url}' },
      { name: 'EXECUTION', value: '#{codepipeline.PipelineExecutionId}' },
      { name: 'LEVEL', value: '#{variables.Level}' },
    ]),
  };
  const play = await created(
    pipelineOf(
      [
        { name: 'Build', actions: [build('Make', { namespace: 'Made' })] },
        { name: 'Use', actions: [build('Use', { configuration })] },
      ],
      { variables: [{ name: 'Level', defaultValue: 'low' }], executionMode: 'QUEUED' },
    ),
  );
  await play.end(0, { variables: { Url: 'http://one' } });
  expect(play.builds[1].input.environmentVariablesOverride).toEqual([
    { name: 'COMMIT', value: 'c1' },
    { name: 'URL', value: 'http://one' },
    { name: 'EXECUTION', value: play.first() },
    { name: 'LEVEL', value: 'low' },
  ]);
  await play.end(1);
  await play.start({ variables: [{ name: 'Level', value: 'high' }] });
  await play.end(2, { variables: {} });
  expect(play.stage('Use').actionStates[0].latestExecution.errorDetails).toEqual({
    code: 'InvalidVariableReference',
    message: expect.stringContaining('#{Made.Url}'),
  });
  expect(() =>
    play.codepipeline.StartPipelineExecution({ name: NAME, variables: [{ name: 'No', value: '1' }] }),
  ).toThrow('found the variable No; its variables are: Level');
});

test('a disabled transition holds executions back until it is enabled', async () => {
  const play = await created(THREE);
  const transition = { pipelineName: NAME, stageName: 'Deploy', transitionType: 'Inbound' };
  play.codepipeline.DisableStageTransition({ ...transition, reason: 'freeze' }, { principalArn: 'someone' });
  await play.end(0);
  expect(play.builds).toHaveLength(1);
  expect(play.stage('Deploy')).toMatchObject({
    inboundExecution: { pipelineExecutionId: play.first() },
    inboundTransitionState: { enabled: false, disabledReason: 'freeze', lastChangedBy: 'someone' },
  });
  play.codepipeline.EnableStageTransition(transition);
  await play.settle();
  expect(play.builds.map((started) => started.action)).toEqual(['Compile', 'Deploy']);
});

test('an update cancels what runs in the old structure; a restart runs in the new one', async () => {
  const play = await created(THREE);
  const old = play.first();
  const more = pipelineOf([...THREE.stages!.slice(1), { name: 'Test', actions: [build('Smoke')] }]);
  play.codepipeline.UpdatePipeline({ pipeline: more });
  const restarted = await play.start();
  expect(play.execution(old)).toMatchObject({ status: 'Cancelled', pipelineVersion: 1 });
  expect(play.execution(restarted)).toMatchObject({ status: 'InProgress', pipelineVersion: 2 });

  await play.end(0);
  expect(play.builds.map((started) => started.action)).toEqual(['Compile', 'Compile']);
  for (const index of [1, 2, 3]) await play.end(index);
  expect(play.builds.at(-1)?.action).toBe('Smoke');
  expect(play.execution(restarted).status).toBe('Succeeded');
  expect(play.execution(old).status).toBe('Cancelled');
});

test('stop and wait lets the action finish; stop and abandon does not', async () => {
  const play = await created(THREE);
  const stop = { pipelineName: NAME, pipelineExecutionId: play.first(), reason: 'enough' };
  play.codepipeline.StopPipelineExecution(stop);
  expect(play.execution(play.first()).status).toBe('Stopping');
  expect(() => play.codepipeline.StopPipelineExecution(stop)).toThrow(
    expect.objectContaining({ name: 'DuplicatedStopRequestException' }),
  );
  await play.end(0);
  expect(play.execution(play.first()).status).toBe('Stopped');
  expect(play.builds).toHaveLength(1);

  const second = await play.start();
  play.codepipeline.StopPipelineExecution({ ...stop, pipelineExecutionId: second, abandon: true });
  await play.settle();
  expect(play.execution(second).status).toBe('Stopped');
  expect(play.stage('Build').actionStates[0].latestExecution.status).toBe('Abandoned');
});

test('retry runs the failed actions again and goes on', async () => {
  const play = await created(
    pipelineOf([
      { name: 'Build', actions: [build('A'), build('B')] },
      { name: 'Deploy', actions: [build('Deploy')] },
    ]),
  );
  await play.end(0, { status: 'FAILED' });
  await play.end(1);
  play.codepipeline.RetryStageExecution({
    pipelineName: NAME,
    stageName: 'Build',
    pipelineExecutionId: play.first(),
    retryMode: 'FAILED_ACTIONS',
  });
  await play.settle();
  expect(play.builds.slice(2).map((started) => started.action)).toEqual(['A']);
  await play.end(2);
  await play.end(3);
  expect(play.execution(play.first()).status).toBe('Succeeded');
  expect(play.stage('Build').retryStageMetadata).toMatchObject({ manualStageRetryAttempt: 1 });
});

test('onFailure RETRY tries the failed actions once more', async () => {
  const onFailure = { result: 'RETRY', retryConfiguration: { retryMode: 'FAILED_ACTIONS' } } as const;
  const play = await created(pipelineOf([{ name: 'Build', actions: [build('A'), build('B')], onFailure }]));
  await play.end(0, { status: 'FAILED' });
  await play.end(1);
  expect(play.builds.slice(2).map((started) => started.action)).toEqual(['A']);
  await play.end(2, { status: 'FAILED' });
  expect(play.builds).toHaveLength(3);
  expect(play.history()[0].status).toBe('Failed');
  expect(play.stage('Build').retryStageMetadata).toMatchObject({ autoStageRetryAttempt: 1 });
});

test('onFailure ROLLBACK deploys the last good execution of this structure again', async () => {
  const stages = [
    { name: 'Build', actions: [build('Compile', { outputs: ['Out'] })] },
    {
      name: 'Deploy',
      actions: [build('Deploy', { inputs: ['Out'] })],
      onFailure: { result: 'ROLLBACK' } as const,
    },
  ];
  const play = await created(pipelineOf(stages));
  await play.end(0, { artifacts: { Out: Buffer.from('good') } });
  await play.end(1);
  const good = play.first();
  const bad = await play.start();
  await play.end(2, { artifacts: { Out: Buffer.from('bad') } });
  const next = await play.start();
  await play.end(4);
  await play.end(3, { status: 'FAILED' });

  const [rollback] = play.history();
  expect(play.stage('Deploy')).toMatchObject({
    latestExecution: { pipelineExecutionId: rollback.pipelineExecutionId, type: 'ROLLBACK' },
    inboundExecution: { pipelineExecutionId: next },
  });
  expect(play.execution(bad).status).toBe('Failed');
  expect(rollback).toMatchObject({
    executionType: 'ROLLBACK',
    rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
    trigger: { triggerType: 'AutomatedRollback' },
  });
  expect(play.builds[5].pipeline.sources).toEqual([{ name: 'Out', zip: Buffer.from('good') }]);
  await play.end(5);
  expect(play.execution(rollback.pipelineExecutionId).status).toBe('Succeeded');

  const roll = (targetPipelineExecutionId: string) => () =>
    play.codepipeline.RollbackStage({ pipelineName: NAME, stageName: 'Deploy', targetPipelineExecutionId });
  expect(roll(rollback.pipelineExecutionId)).toThrow('is a rollback itself');
  expect(roll(bad)).toThrow('has not succeeded in stage Deploy');
  play.codepipeline.UpdatePipeline({
    pipeline: pipelineOf([...stages, { name: 'More', actions: [build('More')] }]),
  });
  expect(roll(good)).toThrow('ran in another structure of the pipeline (version 1)');
});

test('what cannot be played is refused when the pipeline is created', () => {
  const { codepipeline } = pipelineScope();
  const refused = (actions: any[]) => () =>
    codepipeline.CreatePipeline({ pipeline: pipelineOf([{ name: 'Build', actions }]) });
  expect(refused([build('A', { configuration: { ProjectName: 'A', BatchEnabled: 'true' } })])).toThrow(
    'Action "A" of stage "Build": found BatchEnabled true; the region plays false',
  );
  expect(refused([build('A', { configuration: { ProjectName: 'A', Nonsense: '1' } })])).toThrow(
    'found the configuration key Nonsense',
  );
  expect(
    refused([
      build('A', { actionTypeId: { category: 'Build', owner: 'AWS', provider: 'Jenkins', version: '1' } }),
    ]),
  ).toThrow('found the action type AWS Build Jenkins; the region plays: AWS Source CodeCommit');
  const connection: ActionDeclaration = {
    name: 'GitHub',
    outputArtifacts: [{ name: 'Code' }],
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
  };
  const stages = [
    { name: 'Source', actions: [connection] },
    { name: 'Build', actions: [build('A')] },
  ];
  const pipeline = pipelineOf([], { stages });
  expect(() => codepipeline.CreatePipeline({ pipeline })).toThrow(
    'found the action type AWS Source CodeStarSourceConnection; it needs GitHub, GitLab or Bitbucket, and the region reaches nothing outside; rehearse the pipeline with a CodeCommit source',
  );
});

test("every change of state is told to EventBridge in AWS's shape", async () => {
  const play = pipelineScope();
  const emitted = jest.spyOn(play.scope.service('events'), 'emit');
  await play.codepipeline.CreatePipeline({ pipeline: THREE });
  await play.settle();
  play.builds[0].end({ status: 'FAILED' });
  await play.settle();
  const told = emitted.mock.calls.map(([event]) => event as any);
  expect(told.map(({ detailType, detail }) => `${detailType.split(' ')[1]} ${detail.state}`)).toEqual([
    'Pipeline STARTED',
    'Stage STARTED',
    'Action STARTED',
    'Action SUCCEEDED',
    'Stage SUCCEEDED',
    'Stage STARTED',
    'Action STARTED',
    'Action FAILED',
    'Stage FAILED',
    'Pipeline FAILED',
  ]);
  expect(told[7]).toMatchObject({
    source: 'aws.codepipeline',
    resources: [`arn:aws:codepipeline:us-east-1:111111111111:${NAME}`],
    detail: {
      pipeline: NAME,
      stage: 'Build',
      action: 'Compile',
      type: { owner: 'AWS', category: 'Build', provider: 'CodeBuild', version: '1' },
      'execution-result': { 'external-execution-id': 'build-1', 'error-code': 'JobFailed' },
    },
  });
});
