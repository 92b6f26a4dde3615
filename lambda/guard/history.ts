import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  paginateListDeployments,
  type RevisionLocation,
} from '@aws-sdk/client-codedeploy';
import { ofProofs } from '../proof';
import { rolledBackBy } from './marker';

/** How far back the guard looks: deployments, those of single instances that Auto Scaling asks for included. */
const MOST_DEPLOYMENTS = 300;

/** BatchGetDeployments takes no more. */
const BATCH = 25;

/** A revision on the fleet, and the deployments that brought it and kept it there. */
export interface Release {
  /** The deployment that brought it: the oldest of them. */
  readonly deployment: DeploymentInfo;
  readonly revision: RevisionLocation;
  /** Whether a later deployment has rolled it back, or has tried to. */
  readonly rolledBack: boolean;
  /** Whether it went back to a revision that had been good before: by CodeDeploy, by the guard or by a person. */
  readonly goesBack: boolean;
}

/** The deployments to a whole deployment group, newest first: the guard's one source of truth. */
export class History {
  readonly deployments: readonly DeploymentInfo[];
  /**
   * What was released with success, newest first. The first is what the fleet runs if the newest deployment succeeded.
   * A rollback proof releases nothing.
   */
  readonly releases: readonly Release[];
  /** Whether a deployment is part of a rollback proof. */
  readonly isOfProof: (deployment: DeploymentInfo) => boolean;

  constructor(deployments: readonly DeploymentInfo[]) {
    this.deployments = deployments
      .filter(({ creator }) => creator !== 'autoscaling' && creator !== 'autoscalingTermination')
      .sort((a, b) => Number(b.createTime) - Number(a.createTime));
    this.isOfProof = ofProofs(this.deployments);
    this.releases = releasesOf(this.deployments.filter((deployment) => !this.isOfProof(deployment)));
  }

  get newest(): DeploymentInfo | undefined {
    return this.deployments[0];
  }

  /** What the group can go back to from a revision: the last other one that nobody has rolled back. */
  lastGood(from: RevisionLocation): Release | undefined {
    return this.releases.find(({ revision, rolledBack }) => !rolledBack && !sameRevision(revision, from));
  }
}

export async function readHistory(
  applicationName: string,
  deploymentGroupName: string,
  client = new CodeDeployClient(),
): Promise<History> {
  const group = { applicationName, deploymentGroupName };
  const ids: string[] = [];
  for await (const page of paginateListDeployments({ client }, group)) {
    ids.push(...(page.deployments ?? []));
    if (ids.length >= MOST_DEPLOYMENTS) break;
  }
  const found: DeploymentInfo[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    const deploymentIds = ids.slice(start, start + BATCH);
    const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds }));
    found.push(...(deploymentsInfo ?? []));
  }
  return new History(found);
}

/** Puts successful deployments of one revision that follow one another together. A rollback begins anew. */
function releasesOf(deployments: readonly DeploymentInfo[]): Release[] {
  const runs: DeploymentInfo[][] = [];
  for (const deployment of deployments.filter(({ status }) => status === 'Succeeded')) {
    const last = runs.at(-1)?.at(-1);
    if (last && !rolledBackBy(last) && sameRevision(last.revision, deployment.revision))
      runs.at(-1)!.push(deployment);
    else runs.push([deployment]);
  }
  const rolledBack = new Set(deployments.map(rolledBackBy));
  const releases: Release[] = [];
  for (const run of runs.reverse()) {
    const deployment = run.at(-1)!;
    const revision = deployment.revision!;
    const wasGood = releases.some((before) => !before.rolledBack && sameRevision(before.revision, revision));
    releases.unshift({
      deployment,
      revision,
      rolledBack: run.some(({ deploymentId }) => rolledBack.has(deploymentId)),
      goesBack: rolledBackBy(deployment) !== undefined || wasGood,
    });
  }
  return releases;
}

/** When the deployment that brought a release had ended, milliseconds since the epoch. */
export function endOf({ deployment }: Release): number {
  return Number(deployment.completeTime ?? deployment.createTime);
}

export function sameRevision(a: RevisionLocation | undefined, b: RevisionLocation | undefined): boolean {
  const name = (location?: RevisionLocation) => {
    const { bucket, key, version, eTag } = location?.s3Location ?? {};
    return JSON.stringify([bucket, key, version, eTag]);
  };
  return name(a) === name(b);
}
