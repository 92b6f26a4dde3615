import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  DeploymentAlreadyCompletedException,
  type DeploymentInfo,
  DeploymentLimitExceededException,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  type InstanceTarget,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { assumeRole } from '../assume-role';
import { type History, readHistory } from '../guard/history';
import type { ProofSettings } from './settings';

/** Milliseconds between two looks at a deployment. */
const POLL = 2000;

/** A look that is throttled must not fail a release. */
const ATTEMPTS = 10;

/** BatchGetDeploymentTargets takes no more. */
const BATCH = 25;

const ENDED: readonly (string | undefined)[] = ['Succeeded', 'Failed', 'Stopped'];

/** The fleet of an environment, as CodeDeploy knows it. */
export class Fleet {
  readonly #codedeploy: CodeDeployClient;
  readonly #autoscaling: AutoScalingClient;

  constructor(private readonly settings: ProofSettings) {
    const { roleArn } = settings;
    const credentials = roleArn ? () => assumeRole(roleArn, 'tidegate-rollback-proof') : undefined;
    this.#codedeploy = new CodeDeployClient({ credentials, maxAttempts: ATTEMPTS });
    this.#autoscaling = new AutoScalingClient({ credentials, maxAttempts: ATTEMPTS });
  }

  history(): Promise<History> {
    return readHistory(this.settings.application, this.settings.deploymentGroup, this.#codedeploy);
  }

  /** Availability zones of the instances, by their ids. */
  async zones(): Promise<ReadonlyMap<string, string>> {
    const { deploymentGroupInfo } = await this.#codedeploy.send(new GetDeploymentGroupCommand(this.#group));
    const names = deploymentGroupInfo?.autoScalingGroups?.map(({ name }) => name!) ?? [];
    const { AutoScalingGroups = [] } = await this.#autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names }),
    );
    const instances = AutoScalingGroups.flatMap(({ Instances = [] }) => Instances);
    return new Map(instances.map(({ InstanceId, AvailabilityZone }) => [InstanceId!, AvailabilityZone!]));
  }

  /** Begins a deployment, once the group is free: an instance that is launched holds it for some minutes. */
  begin(deployment: Partial<CreateDeploymentCommandInput>, signal?: AbortSignal): Promise<string> {
    return until(async () => {
      try {
        const command = new CreateDeploymentCommand({ ...this.#group, ...deployment });
        return (await this.#codedeploy.send(command)).deploymentId;
      } catch (error) {
        if (error instanceof DeploymentLimitExceededException) return undefined;
        throw error;
      }
    }, signal);
  }

  async deployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await this.#codedeploy.send(new GetDeploymentCommand({ deploymentId }));
    return deploymentInfo!;
  }

  /** Resolves when a deployment has ended. CodeDeploy bounds each of its lifecycle events. */
  ended(deploymentId: string, signal?: AbortSignal): Promise<DeploymentInfo> {
    return until(async () => {
      const deployment = await this.deployment(deploymentId);
      return hasEnded(deployment) ? deployment : undefined;
    }, signal);
  }

  /** Stops a deployment if it still runs. */
  async stop(deploymentId: string, autoRollbackEnabled: boolean): Promise<void> {
    try {
      await this.#codedeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled }));
    } catch (error) {
      if (!(error instanceof DeploymentAlreadyCompletedException)) throw error;
    }
  }

  /** How a deployment stands on each instance. */
  async targets(deploymentId: string): Promise<InstanceTarget[]> {
    const client = this.#codedeploy;
    const ids: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListDeploymentTargetsCommand({ deploymentId, nextToken }));
      ids.push(...(page.targetIds ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    const targets: InstanceTarget[] = [];
    for (let start = 0; start < ids.length; start += BATCH) {
      const targetIds = ids.slice(start, start + BATCH);
      const { deploymentTargets } = await client.send(
        new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
      );
      targets.push(...(deploymentTargets ?? []).map(({ instanceTarget }) => instanceTarget!));
    }
    return targets;
  }

  get #group() {
    const { application, deploymentGroup } = this.settings;
    return { applicationName: application, deploymentGroupName: deploymentGroup };
  }
}

export function hasEnded({ status }: DeploymentInfo): boolean {
  return ENDED.includes(status);
}

/** Looks again and again until there is something. @throws AbortError when the signal aborts */
export async function until<T>(look: () => Promise<T | undefined>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(POLL, undefined, { signal });
  }
}
