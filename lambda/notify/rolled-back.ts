import { CodeDeployClient, type DeploymentInfo, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { actionsOf, commitOf, executionBehind } from '../execution';
import type { Message } from '../message';
import { isProof } from '../proof';
import type { DeliverySettings, EnvironmentSettings } from '../settings';
import { deploymentUrl, executionUrl } from './links';
import { authorOf, describe } from './release-failed';

const codedeploy = new CodeDeployClient();

/**
 * Tells how a rollback of CodeDeploy's own has ended, and what for. Of other deployments it tells nothing: a rollback
 * proof tells of itself, by the action of the pipeline that fails.
 */
export async function rolledBack(
  codepipeline: CodePipelineClient,
  { service, pipeline, repository }: DeliverySettings,
  { name, deploymentGroup }: EnvironmentSettings,
  deploymentId: string,
): Promise<Message | undefined> {
  const rollback = await deploymentOf(deploymentId);
  const failedId = rollback.rollbackInfo?.rollbackTriggeringDeploymentId;
  if (rollback.creator !== 'codeDeployRollback' || !failedId) return undefined;

  const failed = await deploymentOf(failedId);
  if (isProof(failed)) return undefined;
  const executionId = await executionBehind(codepipeline, pipeline, failedId);
  const commit = executionId && commitOf(await actionsOf(codepipeline, pipeline, executionId));
  const author = commit && repository ? await authorOf(repository, commit) : undefined;
  const release = commit ? `the release of ${describe(commit, author?.name)}` : `deployment ${failedId}`;
  const place = rollback.deploymentGroupName === deploymentGroup ? name : `the one-box of ${name}`;
  const mended = rollback.status === 'Succeeded';
  const { code, message } = failed.errorInformation ?? {};

  return {
    subject: mended ? `${service} ${name}: rolled back` : `${service} ${name}: ROLLBACK FAILED, act now`,
    lines: [
      mended
        ? `In ${place}, ${release} was rolled back: every instance serves the revision before.`
        : `In ${place}, ${release} failed, and so did its rollback: instances may differ in their revision.`,
      '',
      `Cause: ${code}: ${message}`,
      ...(mended
        ? []
        : [`Rollback: ${rollback.errorInformation?.code}: ${rollback.errorInformation?.message}`]),
    ],
    links: {
      'Failed deployment': deploymentUrl(failedId),
      Rollback: deploymentUrl(deploymentId),
      Pipeline: executionId && executionUrl(pipeline, executionId),
    },
    author: author?.email,
  };
}

async function deploymentOf(deploymentId: string): Promise<DeploymentInfo> {
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
  return deploymentInfo!;
}
