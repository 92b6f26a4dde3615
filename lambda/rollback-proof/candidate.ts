import type { RevisionLocation } from '@aws-sdk/client-codedeploy';
import { type CodePipelineClient, GetPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { actionsOf } from '../execution';
import type { ProofSettings } from './settings';

/** The revision to prove. */
export interface Candidate {
  readonly revision: RevisionLocation;
  /** The execution of the pipeline that brings it. */
  readonly executionId: string;
}

/**
 * The revision that an execution of the pipeline brings.
 *
 * @returns `undefined` for a rollback of the stage, which brings back what has been released before
 * @throws Error when no action of the execution has made the artifact
 */
export async function revisionOf(
  client: CodePipelineClient,
  { pipeline: pipelineName, artifact }: Pick<ProofSettings, 'pipeline' | 'artifact'>,
  executionId: string,
): Promise<Candidate | undefined> {
  const { pipelineExecution } = await client.send(
    new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId: executionId }),
  );
  if (pipelineExecution?.executionType === 'ROLLBACK') return undefined;

  const actions = await actionsOf(client, pipelineName, executionId);
  const made = actions.flatMap(({ output }) => output?.outputArtifacts ?? []);
  const location = made.findLast(({ name }) => name === artifact)?.s3location;
  if (!location) throw new Error(`No action of execution ${executionId} has made the artifact ${artifact}`);
  const s3Location = { ...location, bundleType: 'zip' as const };
  return { revision: { revisionType: 'S3', s3Location }, executionId };
}
