import { CodeDeployClient, type DeploymentInfo, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { reach } from '../assume-role';
import { actionsOf, commitOf, executionBehind } from '../execution';
import { deploymentUrl, executionUrl, failedRequestsUrl, logsUrl } from '../links';
import type { Message } from '../message';
import { isProof } from '../proof';
import type { DeliverySettings, EnvironmentSettings } from '../settings';
import { authorOf, describe } from './release-failed';

/**
 * Tells how a rollback of CodeDeploy's own has ended, and what for. Of other deployments it tells nothing: a rollback
 * proof tells of itself, by the action of the pipeline that fails.
 */
export async function rolledBack(
  codepipeline: CodePipelineClient,
  { service, pipeline, repository, traced }: DeliverySettings,
  environment: EnvironmentSettings,
  deploymentId: string,
): Promise<Message | undefined> {
  const { name, deploymentGroup, logGroup, region } = environment;
  const codedeploy = new CodeDeployClient(await reach(environment, 'tidegate-insight'));
  const rollback = await deploymentOf(codedeploy, deploymentId);
  const failedId = rollback.rollbackInfo?.rollbackTriggeringDeploymentId;
  if (rollback.creator !== 'codeDeployRollback' || !failedId) return undefined;

  const failed = await deploymentOf(codedeploy, failedId);
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
      'Failed deployment': deploymentUrl(failedId, region),
      Rollback: deploymentUrl(deploymentId, region),
      'Failed requests': traced && commit ? failedRequestsUrl(service, commit.id, region) : undefined,
      Logs: logsUrl(logGroup, region),
      Pipeline: executionId && executionUrl(pipeline, executionId),
    },
    author: author?.email,
  };
}

async function deploymentOf(codedeploy: CodeDeployClient, deploymentId: string): Promise<DeploymentInfo> {
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
  return deploymentInfo!;
}
