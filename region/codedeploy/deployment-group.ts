import type { DeploymentGroupInfo, S3Location } from '@aws-sdk/client-codedeploy';
import type { Deployment } from './deployment';
import { type InstanceRecord, NEVER_DEPLOYED } from './instance-health';

/** A deployment group: what is configured, and what CodeDeploy remembers from its deployments. */
export class DeploymentGroup {
  /** Auto Scaling processes to suspend while an in-place deployment runs. */
  processesToSuspend: readonly string[] = [];
  lastSuccessful?: Deployment;
  lastAttempted?: Deployment;
  /** The deployment to the whole group that is running now; a launch deployment of one instance is not. */
  current?: Deployment;
  private readonly records = new Map<string, InstanceRecord>();

  constructor(public info: DeploymentGroupInfo) {}

  get name(): string {
    return this.info.deploymentGroupName!;
  }

  get applicationName(): string {
    return this.info.applicationName!;
  }

  get id(): string {
    return this.info.deploymentGroupId!;
  }

  /** The revision of the last successful deployment. */
  get revision(): S3Location | undefined {
    return this.lastSuccessful?.spec.revision;
  }

  get autoScalingGroupNames(): string[] {
    return (this.info.autoScalingGroups ?? []).map((group) => group.name!);
  }

  /** Names of the target groups whose traffic the deployments control; none without traffic control. */
  get targetGroupNames(): string[] {
    if (this.info.deploymentStyle?.deploymentOption !== 'WITH_TRAFFIC_CONTROL') return [];
    return (this.info.loadBalancerInfo?.targetGroupInfoList ?? []).map((group) => group.name!);
  }

  record(instanceId: string): InstanceRecord {
    return this.records.get(instanceId) ?? NEVER_DEPLOYED;
  }

  remember(instanceId: string, record: InstanceRecord): void {
    this.records.set(instanceId, record);
  }

  describe(): DeploymentGroupInfo {
    const last = (deployment?: Deployment) =>
      deployment && {
        deploymentId: deployment.id,
        status: deployment.status,
        createTime: deployment.createTime,
        endTime: deployment.completeTime,
      };
    return {
      ...this.info,
      targetRevision: this.revision && { revisionType: 'S3', s3Location: { ...this.revision } },
      lastSuccessfulDeployment: last(this.lastSuccessful),
      lastAttemptedDeployment: last(this.lastAttempted),
    };
  }
}
