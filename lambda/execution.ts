import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';

/** Every try at every action of an execution, oldest first. */
export async function actionsOf(
  client: CodePipelineClient,
  pipelineName: string,
  pipelineExecutionId: string,
): Promise<ActionExecutionDetail[]> {
  const actions: ActionExecutionDetail[] = [];
  const input = { pipelineName, filter: { pipelineExecutionId } };
  for await (const page of paginateListActionExecutions({ client }, input))
    actions.push(...(page.actionExecutionDetails ?? []));
  return actions.sort((a, b) => a.startTime!.getTime() - b.startTime!.getTime());
}

/** The commit at the head of a release, as its source action's variables tell it. */
export interface Commit {
  readonly id: string;
  /** First line of its message. */
  readonly subject: string;
  /** When it was committed; a connection tells only when it was written. */
  readonly date?: Date;
}

/** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html */
export function commitOf(actions: readonly ActionExecutionDetail[]): Commit | undefined {
  for (const { output } of actions) {
    const { CommitId, CommitMessage = '', CommitterDate, AuthorDate } = output?.outputVariables ?? {};
    if (!CommitId) continue;
    return {
      id: CommitId,
      subject: CommitMessage.split('\n')[0]!,
      date: dateOf(CommitterDate ?? AuthorDate),
    };
  }
  return undefined;
}

/** A date as ISO 8601, or as git keeps it: seconds since the epoch and the offset of the time zone. */
function dateOf(text: string | undefined): Date | undefined {
  const seconds = /^(\d{9,11})( [+-]\d{4})?$/.exec(text ?? '')?.[1];
  const date = new Date(seconds ? Number(seconds) * 1000 : (text ?? ''));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** How many pages of a hundred actions back the release behind a deployment is looked for. */
const PAGES = 10;

/** The execution of the pipeline that made a deployment; one made otherwise has none. */
export async function executionBehind(
  client: CodePipelineClient,
  pipelineName: string,
  deploymentId: string,
): Promise<string | undefined> {
  let pages = 0;
  for await (const page of paginateListActionExecutions({ client }, { pipelineName })) {
    const action = page.actionExecutionDetails?.find(
      ({ output }) => output?.executionResult?.externalExecutionId === deploymentId,
    );
    if (action || ++pages === PAGES) return action?.pipelineExecutionId;
  }
  return undefined;
}
