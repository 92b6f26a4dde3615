import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  BatchGetDeploymentsCommand,
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
  type LifecycleEvent,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { mockClient } from 'aws-sdk-client-mock';
import { isProof } from '../../../lambda/proof';
import type { ProofSettings } from '../../../lambda/rollback-proof/settings';

export const SETTINGS: ProofSettings = {
  pipeline: 'tidegate-harbor',
  artifact: 'Revision',
  application: 'harbor-gamma',
  deploymentGroup: 'harbor-gamma',
  proofConfiguration: 'harbor-gamma-min-50-percent-zonal-300-300',
  rollbackConfiguration: 'CodeDeployDefault.HalfAtATime',
  requestsPerSecond: 10,
  paths: ['/'],
  minutes: 0,
};

export const revision = (key: string) => ({
  revisionType: 'S3' as const,
  s3Location: { bucket: 'artifacts', key, bundleType: 'zip' as const },
});

/** A lifecycle event that has failed by a script. */
export const failedStop: LifecycleEvent = {
  lifecycleEventName: 'ApplicationStop',
  status: 'Failed',
  diagnostics: {
    errorCode: 'ScriptFailed',
    scriptName: 'stop.sh',
    message: 'exit code 1',
    logTail: 'no pid\n',
  },
};

type Target = Pick<InstanceTarget, 'status' | 'lifecycleEvents'>;

interface Deployment {
  readonly info: DeploymentInfo;
  readonly targets: Record<string, Target>;
}

/** What CodeDeploy does with a deployment of a kind. @default it succeeds on every instance */
export interface Behaviour {
  /** Of the way there, the first zone; of the others, all. */
  readonly target?: Target;
  readonly status?: DeploymentInfo['status'];
}

/** CodeDeploy and Auto Scaling for one fleet, answered at the level of commands. A running deployment goes on whenever it is looked at. */
export class FakeFleet {
  readonly codedeploy = mockClient(CodeDeployClient);
  readonly autoscaling = mockClient(AutoScalingClient);
  /** Newest first. */
  readonly deployments: Deployment[] = [];
  readonly zones: Record<string, string> = { 'i-1': 'a', 'i-2': 'a', 'i-3': 'b', 'i-4': 'b' };
  there: Behaviour = {};
  back: Behaviour = {};
  putBack: Behaviour = {};
  /** Attempts at a deployment for which the group is busy. */
  busy = 0;

  constructor() {
    this.codedeploy.on(ListDeploymentsCommand).callsFake(() => ({
      deployments: this.deployments.map(({ info }) => info.deploymentId),
    }));
    this.codedeploy.on(BatchGetDeploymentsCommand).callsFake(({ deploymentIds }) => ({
      deploymentsInfo: deploymentIds.map((id: string) => this.#find(id).info),
    }));
    this.codedeploy.on(GetDeploymentGroupCommand).resolves({
      deploymentGroupInfo: { autoScalingGroups: [{ name: 'fleet' }] },
    });
    this.autoscaling.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({
      AutoScalingGroups: [
        {
          Instances: Object.entries(this.zones).map(([InstanceId, AvailabilityZone]) => ({
            InstanceId,
            AvailabilityZone,
          })),
        },
      ],
    }));
    this.codedeploy.on(CreateDeploymentCommand).callsFake((input) => {
      if (this.busy-- > 0) throw new DeploymentLimitExceededException({ message: 'busy', $metadata: {} });
      return {
        deploymentId: this.deployed(input.revision.s3Location.key, { ...input, status: 'InProgress' }),
      };
    });
    this.codedeploy.on(GetDeploymentCommand).callsFake(({ deploymentId }) => {
      const deployment = this.#find(deploymentId);
      this.#goOn(deployment);
      return { deploymentInfo: { ...deployment.info } };
    });
    this.codedeploy.on(StopDeploymentCommand).callsFake(({ deploymentId, autoRollbackEnabled }) => {
      const { info } = this.#find(deploymentId);
      if (info.status !== 'InProgress')
        throw new DeploymentAlreadyCompletedException({ message: 'over', $metadata: {} });
      info.status = 'Stopped';
      if (autoRollbackEnabled) this.#rollBack(info);
      return {};
    });
    this.codedeploy.on(ListDeploymentTargetsCommand).callsFake(({ deploymentId, nextToken }) => {
      const ids = Object.keys(this.#find(deploymentId).targets);
      return nextToken ? { targetIds: ids.slice(1) } : { targetIds: ids.slice(0, 1), nextToken: 'more' };
    });
    this.codedeploy.on(BatchGetDeploymentTargetsCommand).callsFake(({ deploymentId, targetIds }) => ({
      deploymentTargets: targetIds.map((targetId: string) => ({
        instanceTarget: { targetId, ...this.#find(deploymentId).targets[targetId] },
      })),
    }));
  }

  /** A deployment after those there are. */
  deployed(key: string, given: DeploymentInfo = {}): string {
    const deploymentId = `d-${this.deployments.length + 1}`;
    const info: DeploymentInfo = {
      ...{
        deploymentId,
        creator: 'user',
        status: 'Succeeded',
        createTime: new Date(this.deployments.length),
      },
      ...given,
      revision: revision(key),
    };
    const targets = Object.fromEntries(
      Object.keys(this.zones).map((id) => [id, { status: 'Pending' as const }]),
    );
    this.deployments.unshift({ info, targets });
    return deploymentId;
  }

  /** Of each deployment what it was and how it ended, oldest first. */
  get story(): string[] {
    return this.deployments
      .map(
        ({ info }) =>
          `${info.creator === 'user' ? '' : 'rollback to '}${info.revision?.s3Location?.key} ${info.status}`,
      )
      .reverse();
  }

  created(): CreateDeploymentCommandInput[] {
    return this.codedeploy.commandCalls(CreateDeploymentCommand).map(({ args }) => args[0].input);
  }

  #find(id: string): Deployment {
    return this.deployments.find(({ info }) => info.deploymentId === id)!;
  }

  #goOn({ info, targets }: Deployment): void {
    if (info.status !== 'InProgress') return;
    const forward = isProof(info) && /half/.test(info.description!);
    const behaviour = forward ? this.there : info.creator === 'user' ? this.putBack : this.back;
    const { status, target = { status: 'Succeeded' } } = behaviour;
    const ids = Object.keys(targets);
    const holds = forward && !status;
    const reached = holds ? ids.filter((id) => this.zones[id] === this.zones[ids[0]!]) : ids;
    const next = reached.filter((id) => targets[id]!.status === 'Pending');
    for (const id of holds ? next.slice(0, 1) : next) targets[id] = target;
    if (holds || next.length > 0) return;
    info.status = status ?? 'Succeeded';
    if (info.status === 'Failed') info.errorInformation = { code: 'HEALTH_CONSTRAINTS', message: 'too few' };
    if (forward && info.status !== 'Succeeded') this.#rollBack(info);
  }

  #rollBack(info: DeploymentInfo): void {
    const good = this.deployments.find((one) => one.info.status === 'Succeeded')!.info.revision!;
    const rollbackDeploymentId = this.deployed(good.s3Location!.key!, {
      ...{ creator: 'codeDeployRollback', status: 'InProgress' },
      rollbackInfo: { rollbackTriggeringDeploymentId: info.deploymentId },
    });
    info.rollbackInfo = { rollbackDeploymentId };
  }
}
