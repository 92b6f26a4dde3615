import { CodeCommitClient, GetCommitCommand } from '@aws-sdk/client-codecommit';
import { type CodePipelineClient, GetPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { actionsOf, type Commit, commitOf } from '../execution';
import { commitUrl, executionUrl } from '../links';
import type { Message } from '../message';
import type { DeliverySettings } from '../settings';

const codecommit = new CodeCommitClient();

/** CodePipeline quotes as much of a build's or a script's output as it gets; the links lead to the rest. */
const CAUSE_LIMIT = 2000;

/** Tells of an execution that has failed: where, why, whose commit. */
export async function releaseFailed(
  codepipeline: CodePipelineClient,
  settings: DeliverySettings,
  pipelineExecutionId: string,
): Promise<Message | undefined> {
  const { service, pipeline, repository } = settings;
  const { pipelineExecution } = await codepipeline.send(
    new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId }),
  );
  // A new pipeline runs at once, before there is anything to release: everybody's first one fails.
  if (pipelineExecution?.trigger?.triggerType === 'CreatePipeline') return undefined;

  const actions = await actionsOf(codepipeline, pipeline, pipelineExecutionId);
  const failed = actions.findLast(({ status }) => status === 'Failed');
  const result = failed?.output?.executionResult;
  const cause =
    result?.errorDetails?.message ?? result?.externalExecutionSummary ?? pipelineExecution?.statusSummary;
  const commit = commitOf(actions);
  const author = commit && repository ? await authorOf(repository, commit) : undefined;
  const where = failed ? `in ${failed.stageName}, action ${failed.actionName}` : 'at a stage condition';

  return {
    subject: `${service}: release${commit ? ` ${shortId(commit)}` : ''} failed ${where}`,
    lines: [
      `The release${commit ? ` of ${describe(commit, author?.name)}` : ''} failed ${where}.`,
      '',
      `Cause: ${(cause ?? 'CodePipeline gives none').slice(0, CAUSE_LIMIT)}`,
    ],
    links: {
      ...(failed?.actionName && { [failed.actionName]: result?.externalExecutionUrl }),
      Pipeline: executionUrl(pipeline, pipelineExecutionId),
      Commit: commit && repository && commitUrl(repository, commit.id),
    },
    author: author?.email,
  };
}

/** `3f2a91c0 "Serve faster" by Ada Lovelace` */
export function describe(commit: Commit, author?: string): string {
  return `${shortId(commit)} "${commit.subject}"${author ? ` by ${author}` : ''}`;
}

export async function authorOf(
  repositoryName: string,
  { id }: Commit,
): Promise<{ name?: string; email?: string } | undefined> {
  const { commit } = await codecommit.send(new GetCommitCommand({ repositoryName, commitId: id }));
  return commit?.author;
}

function shortId({ id }: Commit): string {
  return id.slice(0, 8);
}
