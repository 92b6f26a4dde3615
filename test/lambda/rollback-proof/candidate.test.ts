import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { revisionOf } from '../../../lambda/rollback-proof/candidate';
import { proofVariables } from '../../../lambda/rollback-proof/settings';
import { SETTINGS } from './fleet';

const codepipeline = mockClient(CodePipelineClient);
const find = () => revisionOf(new CodePipelineClient(), SETTINGS, 'e1');

const artifact = (name: string, key: string) => ({ name, s3location: { bucket: 'artifacts', key } });
const action = (startTime: number, ...outputArtifacts: object[]) => ({
  startTime: new Date(startTime),
  output: { outputArtifacts },
});

beforeEach(() => {
  codepipeline.reset();
  codepipeline.on(GetPipelineExecutionCommand).resolves({ pipelineExecution: { executionType: 'STANDARD' } });
});

test('the revision is the artifact that the execution has made, in the last try at its build', async () => {
  const actionExecutionDetails = [
    action(3, artifact('Revision', 'second')),
    action(2, artifact('Revision', 'first')),
    action(1, artifact('Sources', 'sources')),
  ];
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails });

  expect(await find()).toEqual({
    revision: { revisionType: 'S3', s3Location: { bucket: 'artifacts', key: 'second', bundleType: 'zip' } },
    executionId: 'e1',
  });
  expect(codepipeline).toHaveReceivedCommandWith(ListActionExecutionsCommand, {
    pipelineName: 'tidegate-harbor',
    filter: { pipelineExecutionId: 'e1' },
  });
});

test('a rollback of the stage brings nothing new', async () => {
  codepipeline.on(GetPipelineExecutionCommand).resolves({ pipelineExecution: { executionType: 'ROLLBACK' } });
  expect(await find()).toBeUndefined();
});

test('an execution without the artifact is told', async () => {
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [action(1)] });
  await expect(find()).rejects.toThrow('No action of execution e1 has made the artifact Revision');
});

test('a variable that is not set is named', () => {
  process.env.ROLLBACK_PROOF = '{}';
  delete process.env.EXECUTION_ID;
  expect(() => proofVariables()).toThrow('The environment variable EXECUTION_ID is not set');
});
