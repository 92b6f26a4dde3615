import {
  CodePipelineClient,
  EnableStageTransitionCommand,
  GetPipelineStateCommand,
  type PipelineExecutionSummary,
  paginateListPipelineExecutions,
} from '@aws-sdk/client-codepipeline';
import type { EventBridgeEvent } from 'aws-lambda';
import { freezeOf } from '../guard/marker';

export type StageEvent = EventBridgeEvent<
  'CodePipeline Stage Execution State Change',
  { pipeline: string; 'execution-id': string; stage: string; state: string }
>;

/** How far back executions are looked for. */
const MOST_EXECUTIONS = 500;

const codepipeline = new CodePipelineClient();

/**
 * Lifts a freeze of the guard when a newer commit has come through the stage before it. A commit that was on its way
 * already when the stage was frozen is not newer: it may well hold what was bad. Freezes of people stay.
 *
 * @returns what it did, for the log
 */
export async function handler({ detail }: StageEvent): Promise<string> {
  const outcome = await lift(detail);
  console.log(JSON.stringify({ ...detail, outcome }));
  return outcome;
}

async function lift({ pipeline, stage, 'execution-id': executionId }: StageEvent['detail']): Promise<string> {
  const { stageStates = [] } = await codepipeline.send(new GetPipelineStateCommand({ name: pipeline }));
  const next = stageStates[stageStates.findIndex(({ stageName }) => stageName === stage) + 1];
  const { enabled = true, disabledReason, lastChangedAt } = next?.inboundTransitionState ?? {};
  const freeze = freezeOf(disabledReason);
  if (enabled || !freeze) return 'there is no freeze of the guard';

  const waiting = next.inboundExecution?.pipelineExecutionId;
  const executions = await findExecutions(pipeline, [executionId, ...(waiting ? [waiting] : [])]);
  const newer = (id: string) => {
    const { startTime, sourceRevisions, executionType } = executions.get(id) ?? {};
    const isNew = startTime && lastChangedAt && startTime > lastChangedAt && executionType !== 'ROLLBACK';
    return isNew && sourceRevisions?.[0]?.revisionId !== freeze.commit;
  };
  if (!newer(executionId)) return `${executionId} brings no newer commit than the frozen ${freeze.commit}`;
  // Opened now, the stage would let the older one in. The newer overtakes it in a moment: Lambda tries again.
  if (waiting && !newer(waiting))
    throw new Error(`${waiting}, older than the freeze, still waits for ${next.stageName}`);

  await codepipeline.send(
    new EnableStageTransitionCommand({
      pipelineName: pipeline,
      stageName: next.stageName,
      transitionType: 'Inbound',
    }),
  );
  return `${next.stageName} is open again, for ${executionId}`;
}

async function findExecutions(
  pipelineName: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PipelineExecutionSummary>> {
  const found = new Map<string, PipelineExecutionSummary>();
  let seen = 0;
  for await (const page of paginateListPipelineExecutions({ client: codepipeline }, { pipelineName })) {
    const executions = page.pipelineExecutionSummaries ?? [];
    for (const execution of executions) {
      const id = execution.pipelineExecutionId!;
      if (ids.includes(id)) found.set(id, execution);
    }
    seen += executions.length;
    if (ids.every((id) => found.has(id)) || seen >= MOST_EXECUTIONS) break;
  }
  return found;
}
