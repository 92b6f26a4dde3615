import {
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  paginateListDeployments,
} from '@aws-sdk/client-codedeploy';
import { ofProofs } from '../proof';

/** Deployments further back do not matter for what one of today has mended. */
const DAYS = 30;

/** BatchGetDeployments' limit. */
const BATCH = 25;

/** Those who deploy to a whole group. Auto Scaling and CodeDeploy's own updates bring instances up to a revision. */
const CREATORS: readonly string[] = ['user', 'codeDeployRollback'];

/** The deployments to a whole group that have ended, newest first, up to and with this one; none of rollback proofs. */
export async function deploymentsUpTo(
  codedeploy: CodeDeployClient,
  applicationName: string,
  deploymentGroupName: string,
  deploymentId: string,
): Promise<DeploymentInfo[]> {
  const [last] = await describe(codedeploy, [deploymentId]);
  const end = last!.createTime!;
  const input = {
    applicationName,
    deploymentGroupName,
    includeOnlyStatuses: ['Succeeded' as const, 'Failed' as const, 'Stopped' as const],
    createTimeRange: { start: new Date(end.getTime() - DAYS * 24 * 3_600_000), end },
  };
  const ids: string[] = [];
  for await (const { deployments } of paginateListDeployments({ client: codedeploy }, input))
    ids.push(...(deployments ?? []).filter((id) => id !== deploymentId));

  const found = [last!];
  for (let start = 0; start < ids.length; start += BATCH)
    found.push(...(await describe(codedeploy, ids.slice(start, start + BATCH))));
  const isOfProof = ofProofs(found);
  return found
    .filter((deployment) => CREATORS.includes(deployment.creator!) && !isOfProof(deployment))
    .sort((a, b) => b.createTime!.getTime() - a.createTime!.getTime());
}

async function describe(codedeploy: CodeDeployClient, deploymentIds: string[]): Promise<DeploymentInfo[]> {
  const { deploymentsInfo } = await codedeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
  return deploymentsInfo ?? [];
}
