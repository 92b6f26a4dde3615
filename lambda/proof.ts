import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';

/*
 * What a rollback proof writes into the descriptions of its deployments: CodeDeploy tells them from releases by nothing
 * else, and whoever counts, tells or judges releases leaves them out.
 */

const PROOF = /^Rollback proof: /;

/** Description of the deployment that brings the new revision to half of the fleet. */
export function describeProof(executionId: string): string {
  return `Rollback proof: half of the fleet, and back (execution ${executionId})`;
}

/** Description of the deployment that puts the fleet back when a proof has failed. */
export function describePutBack(deploymentId: string | undefined): string {
  return `Rollback proof: puts the fleet back${deploymentId ? ` after ${deploymentId}` : ''}`;
}

/** Whether a deployment was begun by a rollback proof. CodeDeploy's rollback of it is not: {@link ofProofs}. */
export function isProof({ description }: DeploymentInfo): boolean {
  return PROOF.test(description ?? '');
}

/** Tells the deployments of rollback proofs from those of releases, CodeDeploy's rollbacks of proofs included. */
export function ofProofs(deployments: readonly DeploymentInfo[]): (deployment: DeploymentInfo) => boolean {
  const proofs = new Set(deployments.filter(isProof).map(({ deploymentId }) => deploymentId));
  return ({ deploymentId, rollbackInfo }) =>
    proofs.has(deploymentId) || proofs.has(rollbackInfo?.rollbackTriggeringDeploymentId ?? '');
}
