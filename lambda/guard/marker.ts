import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';

/*
 * What the guard writes into AWS so that it knows its own work again: it has no other memory.
 */

const ROLLBACK = /^Guard: rolls back (\S+), alarm (.+) \(release (\S+)\)$/;

/** What a rollback of the guard says of itself. */
export interface Rollback {
  /** The deployment that it rolls back. */
  readonly deploymentId: string;
  /** The alarm that was the reason. */
  readonly alarm: string;
  /** Id of the release in the environment: the rollbacks of fleet and one-box share it. */
  readonly release: string;
}

/** Description of the guard's deployment. */
export function describeRollback({ deploymentId, alarm, release }: Rollback): string {
  return `Guard: rolls back ${deploymentId}, alarm ${alarm} (release ${release})`;
}

/** Reads the description of a deployment; `undefined` when it is not a rollback of the guard. */
export function rollbackOf({ description }: DeploymentInfo): Rollback | undefined {
  const [, deploymentId, alarm, release] = ROLLBACK.exec(description ?? '') ?? [];
  return deploymentId ? { deploymentId, alarm: alarm!, release: release! } : undefined;
}

/** Id of the deployment that this one rolls back: CodeDeploy's own rollbacks, and the guard's. */
export function rolledBackBy(deployment: DeploymentInfo): string | undefined {
  const { rollbackInfo, creator } = deployment;
  if (creator === 'codeDeployRollback') return rollbackInfo?.rollbackTriggeringDeploymentId ?? 'unknown';
  return rollbackOf(deployment)?.deploymentId;
}

const FREEZE = /^Guard - commit (\S+) - (\S+)/;

/** What a freeze of the guard says of itself. */
export interface Freeze {
  /** The commit that was bad, or `unknown` when no execution of the pipeline brought it. */
  readonly commit: string;
  readonly deploymentId: string;
}

/** Reason of a disabled transition: at most 300 characters, and few kinds of them. */
export function describeFreeze({ commit, deploymentId }: Freeze, what: string): string {
  const text = `Guard - commit ${commit} - ${deploymentId} set off ${what} - a newer commit or a person lifts this`;
  return text.replace(/[^a-zA-Z0-9!@ ().*?-]/g, '-').slice(0, 300);
}

/** Reads a reason; `undefined` when it is not the guard's. */
export function freezeOf(reason: string | undefined): Freeze | undefined {
  const [, commit, deploymentId] = FREEZE.exec(reason ?? '') ?? [];
  return commit && deploymentId ? { commit, deploymentId } : undefined;
}
