import {
  CodePipelineClient,
  EnableStageTransitionCommand,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { describeFreeze } from '../../../lambda/guard/marker';
import { handler, type StageEvent } from '../../../lambda/lift/handler';
import 'aws-sdk-client-mock-jest';

const codepipeline = mockClient(CodePipelineClient);
const FROZEN = Date.UTC(2026, 0, 1, 12);
const minutes = (count: number) => new Date(FROZEN + count * 60_000);

/** Executions by id: when each began, its commit, and what kind it is. */
const EXECUTIONS: Record<string, [began: Date, commit: string, type?: 'ROLLBACK']> = {
  bad: [minutes(-30), 'bad'],
  'on its way': [minutes(-5), 'next'],
  retried: [minutes(5), 'bad'],
  fix: [minutes(10), 'fix'],
  rollback: [minutes(15), 'good', 'ROLLBACK'],
  'second fix': [minutes(20), 'fix 2'],
};

let waiting: string | undefined;
let disabledReason: string | undefined;

beforeEach(() => {
  codepipeline.reset();
  jest.spyOn(console, 'log').mockImplementation(() => {});
  waiting = undefined;
  disabledReason = describeFreeze({ commit: 'bad', deploymentId: 'd-1' }, 'errors - rolled back');
  codepipeline.on(GetPipelineStateCommand).callsFake(() => ({
    stageStates: [
      { stageName: 'Source' },
      { stageName: 'beta', inboundTransitionState: { enabled: true } },
      {
        stageName: 'prod',
        inboundExecution: waiting && { pipelineExecutionId: waiting },
        inboundTransitionState: {
          enabled: disabledReason === undefined,
          disabledReason,
          lastChangedAt: new Date(FROZEN),
        },
      },
      { stageName: 'prod 2', inboundTransitionState: { enabled: true } },
    ],
  }));
  codepipeline.on(ListPipelineExecutionsCommand).callsFake(() => ({
    pipelineExecutionSummaries: Object.entries(EXECUTIONS).map(([id, [startTime, revisionId, type]]) => ({
      pipelineExecutionId: id,
      startTime,
      sourceRevisions: [{ actionName: 'Source', revisionId }],
      executionType: type ?? 'STANDARD',
    })),
  }));
});

afterEach(() => jest.restoreAllMocks());

test('a newer commit that comes through the stage before opens the frozen one', async () => {
  await handler(through('beta', 'fix'));

  expect(codepipeline).toHaveReceivedCommandWith(EnableStageTransitionCommand, {
    pipelineName: 'tidegate-harbor',
    stageName: 'prod',
    transitionType: 'Inbound',
  });
});

test.each(['fix', 'second fix'])('so it does when %s waits there already', async (id) => {
  waiting = id;
  await handler(through('beta', 'fix'));
  expect(codepipeline).toHaveReceivedCommand(EnableStageTransitionCommand);
});

test.each([
  ['the frozen commit', 'retried'],
  ['a commit that was on its way when the stage was frozen', 'on its way'],
  ['an old event of the frozen release itself', 'bad'],
  ['a rollback', 'rollback'],
  ['an execution that is not known', 'unknown'],
])('%s does not', async (_, execution) => {
  await handler(through('beta', execution));
  expect(codepipeline).not.toHaveReceivedCommand(EnableStageTransitionCommand);
});

test('it opens for the stage before, not for earlier or later ones', async () => {
  for (const stage of ['Source', 'prod', 'prod 2', 'gone']) await handler(through(stage, 'fix'));
  expect(codepipeline).not.toHaveReceivedCommand(EnableStageTransitionCommand);
});

test('while an older execution waits there, it is tried again: opened, the stage would let that one in', async () => {
  waiting = 'on its way';
  await expect(handler(through('beta', 'fix'))).rejects.toThrow('still waits for prod');
  expect(codepipeline).not.toHaveReceivedCommand(EnableStageTransitionCommand);
});

test.each([['see incident 42'], [undefined]])(
  'a freeze that is not the guard’s stays: %s',
  async (reason) => {
    disabledReason = reason;
    await handler(through('beta', 'fix'));
    expect(codepipeline).not.toHaveReceivedCommand(EnableStageTransitionCommand);
  },
);

function through(stage: string, execution: string): StageEvent {
  const detail = { pipeline: 'tidegate-harbor', 'execution-id': execution, stage, state: 'SUCCEEDED' };
  return { 'detail-type': 'CodePipeline Stage Execution State Change', detail } as StageEvent;
}
