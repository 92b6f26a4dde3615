import { actionProvider } from '../../../region/codepipeline/actions/actions';
import { fileInZip, zipOf } from '../../../region/zip/zip';
import { vectors } from '../../vectors/codepipeline-structure.json';
import { action, build, pipelineOf, pipelineScope } from './pipelines';

const NAME = 'a-pipeline-with-a-long-name';

/** Runs one action after a build whose only artifact holds the given files. */
async function played(
  declared: ReturnType<typeof action>,
  fakes: Record<string, unknown>,
  files: Record<string, string> = {},
) {
  const play = pipelineScope(fakes);
  const stages = [
    { name: 'Build', actions: [build('Make', { outputs: ['Out'] })] },
    { name: 'Act', actions: [declared] },
    { name: 'After', actions: [build('After')] },
  ];
  await play.codepipeline.CreatePipeline({ pipeline: pipelineOf(stages) });
  await play.settle();
  play.builds[0].end({ artifacts: { Out: await zipOf(files) } });
  await play.settle();
  const state = () => {
    const [found] = play.codepipeline.GetPipelineState({ name: NAME }).stageStates[2].actionStates;
    return found.latestExecution;
  };
  const detail = () =>
    play.codepipeline
      .ListActionExecutions({ pipelineName: NAME })
      .actionExecutionDetails.find((found: any) => found.actionName === declared.name);
  /** Lets AWS time pass until the action has ended. */
  const ended = () => play.scope.clock.advanceUntil(() => state().status !== 'InProgress');
  return { ...play, state, detail, ended };
}

test('time limits are those of AWS', () => {
  const limit = (type: string) => actionProvider(action(type, 'A', {})).timeoutInMinutes / 60;
  const { expected } = vectors.find((vector) => vector.id === 'pipeline/timeouts') as any;
  expect(`${limit('Deploy CodeDeploy') / 24} days`).toBe(expected.CodeDeploy);
  expect(`${limit('Deploy CloudFormation') / 24} days`).toBe(expected.CloudFormation);
  expect(`${limit('Build CodeBuild')} hours`).toBe(expected.CodeBuildBuild);
  expect(`${limit('Test CodeBuild')} hours`).toBe(expected.Test);
  expect(`${limit('Source CodeCommit')} hour`).toBe(expected.others);
  expect(expected.Lambda).toContain(`${limit('Invoke Lambda')} hours`);
});

describe('Lambda', () => {
  const declared = action(
    'Invoke Lambda',
    'Bake',
    { FunctionName: 'bake', UserParameters: '{"minutes":5}' },
    { inputs: ['Out'], namespace: 'Baked' },
  );

  async function baking() {
    const jobs: any[] = [];
    const lambda = {
      operations: {
        Invoke: ({ FunctionName, InvocationType, Payload }: any) => {
          expect({ FunctionName, InvocationType }).toEqual({ FunctionName: 'bake', InvocationType: 'Event' });
          jobs.push(JSON.parse(Buffer.from(Payload).toString())['CodePipeline.job']);
        },
      },
    };
    return { jobs, ...(await played(declared, { lambda })) };
  }

  test('is called with a job, and again with its continuation token half a minute later', async () => {
    const { jobs, codepipeline, scope, state, detail, settle } = await baking();
    expect(jobs[0]).toEqual({
      id: expect.any(String),
      accountId: '111111111111',
      data: {
        actionConfiguration: { configuration: { FunctionName: 'bake', UserParameters: '{"minutes":5}' } },
        inputArtifacts: [
          {
            name: 'Out',
            location: {
              type: 'S3',
              s3Location: {
                bucketName: 'artifacts',
                objectKey: expect.stringMatching(/^a-pipeline-with-a-lo\/Out\//),
              },
            },
          },
        ],
        outputArtifacts: [],
        artifactCredentials: {
          accessKeyId: 'AKIATEST',
          secretAccessKey: 'secret',
          sessionToken: 'token',
          expirationTime: expect.any(Number),
        },
      },
    });
    codepipeline.PutJobSuccessResult({
      jobId: jobs[0].id,
      continuationToken: 'minute 1',
      executionDetails: { summary: 'no alarm so far', percentComplete: 20 },
    });
    await scope.clock.advance(29_000);
    expect(jobs).toHaveLength(1);
    expect(state()).toMatchObject({ status: 'InProgress', summary: 'no alarm so far', percentComplete: 20 });
    await scope.clock.advance(1_000);
    expect(jobs[1].data.continuationToken).toBe('minute 1');
    codepipeline.PutJobSuccessResult({ jobId: jobs[1].id, outputVariables: { Minutes: '5' } });
    await settle();
    expect(detail()).toMatchObject({ status: 'Succeeded', output: { outputVariables: { Minutes: '5' } } });
    expect(() => codepipeline.PutJobSuccessResult({ jobId: jobs[0].id })).toThrow(
      expect.objectContaining({ name: 'InvalidJobStateException' }),
    );
  });

  test.each(
    vectors
      .filter(({ id }) => id.startsWith('pipeline/lambda/failure-type/'))
      .map(({ given }: any) => given.type),
  )('fails the action with the reason it gives: %s', async (type) => {
    const { jobs, codepipeline, state, settle } = await baking();
    const failureDetails = { type, message: 'alarm p99 went off: 3 datapoints' };
    codepipeline.PutJobFailureResult({ jobId: jobs[0].id, failureDetails });
    await settle();
    expect(state().errorDetails).toEqual({ code: type, message: 'alarm p99 went off: 3 datapoints' });
  });

  test('output variables stand beside no continuation token', async () => {
    const { jobs, codepipeline } = await baking();
    const input = { jobId: jobs[0].id, continuationToken: 't', outputVariables: { A: '1' } };
    expect(() => codepipeline.PutJobSuccessResult(input)).toThrow(
      'found outputVariables beside a continuationToken',
    );
  });

  test('20 minutes without an answer fail the action', async () => {
    const limits: { ms: number; callback: () => void }[] = [];
    const play = pipelineScope({ lambda: { operations: { Invoke: () => ({}) } } });
    jest.spyOn(play.scope.clock, 'deadline').mockImplementation((ms, callback) => {
      limits.push({ ms, callback });
      return { cancel: () => {} };
    });
    const act = { ...declared, inputArtifacts: [] };
    await play.codepipeline.CreatePipeline({ pipeline: pipelineOf([{ name: 'Act', actions: [act] }]) });
    await play.settle();
    limits.find(({ ms }) => ms === 20 * 60_000)?.callback();
    await play.settle();
    const [found] = play.codepipeline.GetPipelineState({ name: NAME }).stageStates[1].actionStates;
    expect(found.latestExecution.errorDetails).toMatchObject({
      code: 'JobTimedOut',
      message: expect.stringContaining('failed to return a result'),
    });
  });
});

describe('approval', () => {
  const declared = action('Approval Manual', 'Ask', { CustomData: 'look first' });

  test('waits for the token of GetPipelineState', async () => {
    const { codepipeline, state, builds, settle } = await played(declared, {});
    const { token, summary } = state();
    expect(summary).toBe('look first');
    const answer = { pipelineName: NAME, stageName: 'Act', actionName: 'Ask' };
    const result = { status: 'Approved', summary: 'fine' };
    expect(() => codepipeline.PutApprovalResult({ ...answer, result, token: 'other' })).toThrow(
      expect.objectContaining({ name: 'InvalidApprovalTokenException' }),
    );
    codepipeline.PutApprovalResult({ ...answer, result, token }, { principalArn: 'arn:someone' });
    await settle();
    expect(state()).toMatchObject({ status: 'Succeeded', summary: 'fine', lastUpdatedBy: 'arn:someone' });
    expect(builds.at(-1)?.action).toBe('After');
  });

  test('seven days of AWS time without an answer are a failure', async () => {
    const { scope, state } = await played(declared, {});
    await scope.clock.advance(7 * 24 * 3600_000 - 1000);
    expect(state().status).toBe('InProgress');
    await scope.clock.advance(1000);
    expect(state()).toMatchObject({ status: 'Failed', errorDetails: { code: 'TimeoutError' } });
  });
});

describe('S3 source', () => {
  const source = action(
    'Source S3',
    'Object',
    { S3Bucket: 'drop', S3ObjectKey: 'app.zip', PollForSourceChanges: 'false' },
    { outputs: ['Code'] },
  );

  async function taken(VersionId: string | undefined, sourceRevisions?: object[]) {
    const objects: string[] = [];
    const play = pipelineScope({
      s3: {
        operations: { HeadObject: () => ({ VersionId, ETag: '"e"' }) },
        read: async (...parts: string[]) => Buffer.from(parts.join(' ')),
        write: async (_bucket: string, _key: string, body: Buffer) => {
          objects.push(body.toString());
          return { etag: 'e' };
        },
      },
    });
    const stages = [
      { name: 'Source', actions: [source] },
      { name: 'Build', actions: [build('Make')] },
    ];
    await play.codepipeline.CreatePipeline({ pipeline: { ...pipelineOf([]), stages } });
    await play.settle();
    await play.codepipeline.StartPipelineExecution({ name: NAME, sourceRevisions });
    await play.settle();
    const [{ actionStates }] = play.codepipeline.GetPipelineState({ name: NAME }).stageStates;
    return { objects, state: actionStates[0] };
  }

  test('takes the newest version, or the one asked for', async () => {
    const asked = [{ actionName: 'Object', revisionType: 'S3_OBJECT_VERSION_ID', revisionValue: 'v1' }];
    const { objects, state } = await taken('v2', asked);
    expect(objects).toEqual(['drop app.zip v2', 'drop app.zip v1']);
    expect(state).toMatchObject({
      currentRevision: { revisionId: 'v1' },
      latestExecution: { status: 'Succeeded' },
    });
  });

  test('needs a versioned bucket', async () => {
    const { state } = await taken(undefined);
    expect(state.latestExecution.errorDetails.message).toBe(
      'The bucket drop has no versioning; a source needs it',
    );
  });
});

describe('CodeDeploy', () => {
  const declared = action(
    'Deploy CodeDeploy',
    'Deploy',
    { ApplicationName: 'shop', DeploymentGroupName: 'prod' },
    { inputs: ['Out'] },
  );

  test('deploys the artifact, and reports a failure after the rollback has ended', async () => {
    const created: any[] = [];
    let rolledBack = (_: unknown) => {};
    const deployments: Record<string, unknown> = {
      'd-1': {
        status: 'Stopped',
        errorInformation: {
          code: 'ALARM_ACTIVE',
          message: 'One or more alarms have been activated: error-rate',
        },
        rollbackInfo: { rollbackDeploymentId: 'd-2' },
      },
      'd-2': new Promise((resolve) => {
        rolledBack = resolve;
      }),
    };
    const { state, settle } = await played(declared, {
      codedeploy: {
        operations: {
          CreateDeployment: (input: any, call: any) => {
            created.push(input);
            expect(call.principalArn).toMatch(
              /^arn:aws:sts::111111111111:assumed-role\/pipeline\/[0-9a-f-]{36}$/,
            );
            return { deploymentId: 'd-1' };
          },
        },
        finished: async (id: string) => deployments[id],
      },
    });
    expect(created[0]).toMatchObject({
      applicationName: 'shop',
      deploymentGroupName: 'prod',
      revision: { revisionType: 'S3', s3Location: { bucket: 'artifacts', version: 'v1', bundleType: 'zip' } },
    });
    expect(state()).toMatchObject({ status: 'InProgress', externalExecutionId: 'd-1' });
    rolledBack({ status: 'Succeeded' });
    await settle();
    expect(state()).toMatchObject({
      status: 'Failed',
      errorDetails: {
        code: 'ALARM_ACTIVE',
        message:
          'Deployment d-1 stopped: One or more alarms have been activated: error-rate. ' +
          'Rollback deployment d-2 succeeded',
      },
    });
  });
});

describe('CloudFormation', () => {
  const configuration = { StackName: 'shop', ActionMode: 'CREATE_UPDATE', TemplatePath: 'Out::shop.json' };

  function fakeCloudFormation(stacks: any[], end: object, events: any[] = []) {
    const calls: [string, any][] = [];
    const record = (name: string) => (input: any) => void calls.push([name, input]);
    const names = ['CreateStack', 'UpdateStack', 'DeleteStack', 'CreateChangeSet', 'DeleteChangeSet'];
    const operations: Record<string, unknown> = {
      ...Object.fromEntries(names.map((name) => [name, record(name)])),
      ExecuteChangeSet: record('ExecuteChangeSet'),
      DescribeStacks: () => {
        if (stacks.length === 0) throw new Error('Stack with id shop does not exist');
        return { Stacks: stacks };
      },
      DescribeStackEvents: () => ({ StackEvents: events }),
    };
    const finished = async () => {
      stacks[0] = { ...stacks[0], ...end };
      return stacks[0];
    };
    return { calls, operations, finished };
  }

  test('creates a stack with parameters from artifacts; its outputs are variables', async () => {
    const cloudformation = fakeCloudFormation([], {
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'Url', OutputValue: 'http://shop' }],
    });
    const declared = action(
      'Deploy CloudFormation',
      'Stack',
      {
        ...configuration,
        TemplateConfiguration: 'Out::config.json',
        Capabilities: 'CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND',
        OutputFileName: 'outputs.json',
        ParameterOverrides: JSON.stringify({
          Size: { 'Fn::GetParam': ['Out', 'sizes.json', 'big'] },
          Bucket: { 'Fn::GetArtifactAtt': ['Out', 'BucketName'] },
        }),
      },
      { inputs: ['Out'], outputs: ['Outputs'] },
    );
    const { state, detail, objects, ended } = await played(
      declared,
      { cloudformation },
      {
        'shop.json': '{"Resources":{}}',
        'config.json': '{"Parameters":{"Size":"1","Color":"red"},"Tags":{"team":"a"}}',
        'sizes.json': '{"big":7}',
      },
    );
    await ended();
    expect(state()).toMatchObject({ status: 'Succeeded' });
    expect(cloudformation.calls).toEqual([
      [
        'CreateStack',
        {
          StackName: 'shop',
          TemplateBody: '{"Resources":{}}',
          Parameters: [
            { ParameterKey: 'Size', ParameterValue: '7' },
            { ParameterKey: 'Color', ParameterValue: 'red' },
            { ParameterKey: 'Bucket', ParameterValue: 'artifacts' },
          ],
          Tags: [{ Key: 'team', Value: 'a' }],
          Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
          RoleARN: undefined,
        },
      ],
    ]);
    expect(detail().output.outputVariables).toEqual({ Url: 'http://shop' });
    const { bucket, key } = detail().output.outputArtifacts[0].s3location;
    const file = await fileInZip(objects.get(`${bucket}/${key}`)!, 'outputs.json');
    expect(JSON.parse(String(file))).toEqual({ Url: 'http://shop' });
  });

  test('a failure names the resource that failed first', async () => {
    const event = (LogicalResourceId: string, ResourceStatus: string, ResourceStatusReason?: string) => ({
      LogicalResourceId,
      ResourceType: LogicalResourceId === 'shop' ? 'AWS::CloudFormation::Stack' : 'AWS::SNS::Topic',
      ResourceStatus,
      ResourceStatusReason,
    });
    const cloudformation = fakeCloudFormation(
      [{ StackId: 'id', StackStatus: 'UPDATE_COMPLETE' }],
      { StackStatus: 'UPDATE_ROLLBACK_COMPLETE' },
      [
        event('shop', 'UPDATE_ROLLBACK_COMPLETE'),
        event('Other', 'CREATE_FAILED', 'Resource creation cancelled'),
        event('Topic', 'CREATE_FAILED', 'the name is taken'),
        event('shop', 'UPDATE_IN_PROGRESS'),
        event('Old', 'CREATE_FAILED', 'long ago'),
      ],
    );
    const declared = action('Deploy CloudFormation', 'Stack', configuration, { inputs: ['Out'] });
    const { state, ended } = await played(declared, { cloudformation }, { 'shop.json': '{}' });
    await ended();
    expect(state().errorDetails).toEqual({
      code: 'JobFailed',
      message: 'Stack shop ended in UPDATE_ROLLBACK_COMPLETE. Topic (AWS::SNS::Topic): the name is taken',
    });
  });

  test.each([
    ['CHANGE_SET_REPLACE', ['DeleteChangeSet', 'CreateChangeSet']],
    ['CHANGE_SET_EXECUTE', []],
  ])('%s with an empty change set succeeds', async (ActionMode, calls) => {
    const cloudformation = fakeCloudFormation([{ StackStatus: 'UPDATE_COMPLETE' }], {});
    const StatusReason = "The submitted information didn't contain changes. Submit different information";
    let looked = 0;
    Object.assign(cloudformation.operations, {
      DescribeChangeSet: () => ({ Status: looked++ === 0 ? 'CREATE_PENDING' : 'FAILED', StatusReason }),
    });
    const declared = action(
      'Deploy CloudFormation',
      'Stack',
      { ...configuration, ActionMode, ChangeSetName: 'change' },
      { inputs: ['Out'] },
    );
    const { state, ended } = await played(declared, { cloudformation }, { 'shop.json': '{}' });
    await ended();
    expect(state().status).toBe('Succeeded');
    expect(cloudformation.calls.map(([name]) => name)).toEqual(calls);
  });

  test('a file that the artifact does not have is named', async () => {
    const declared = action('Deploy CloudFormation', 'Stack', configuration, { inputs: ['Out'] });
    const { state, ended } = await played(declared, { cloudformation: fakeCloudFormation([], {}) });
    await ended();
    expect(state().errorDetails.message).toBe('TemplatePath: the artifact Out has no file shop.json');
  });
});
