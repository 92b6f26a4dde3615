import type { LifecycleEvent } from '@aws-sdk/client-codedeploy';
import type { Scope } from '../service';
import type { Deployment, TargetState } from './deployment';
import { revisionName } from './revisions';
import { publishTriggers } from './triggers';

/** Tells the journal, EventBridge and SNS what a deployment does. */
export class Reports {
  constructor(private readonly scope: Scope) {}

  deployment(deployment: Deployment): void {
    const { spec, status, error } = deployment;
    const { applicationName, name: deploymentGroupName } = spec.group;
    this.scope.journal.append({
      source: 'codedeploy',
      type: 'DeploymentStateChange',
      subject: deployment.id,
      message: `${deploymentGroupName}: deployment ${deployment.id} (${spec.creator}) of ${revisionName(spec.revision)} is ${status}${error ? `, ${error.code}: ${error.message}` : ''}`,
      detail: {
        deploymentId: deployment.id,
        applicationName,
        deploymentGroupName,
        status,
        creator: spec.creator,
        revision: spec.revision,
        errorInformation: error,
        rollbackInfo: deployment.rollbackInfo,
      },
    });
    const state = { InProgress: 'START', Succeeded: 'SUCCESS', Failed: 'FAILURE', Stopped: 'STOP' }[
      status as string
    ];
    if (state) this.emit('CodeDeploy Deployment State-change Notification', deployment, { state });
    publishTriggers(this.scope, deployment);
  }

  instance(deployment: Deployment, target: TargetState): void {
    this.scope.journal.append({
      source: 'codedeploy',
      type: 'InstanceStateChange',
      subject: target.instanceId,
      message: `${deployment.spec.group.name}: ${target.instanceId} is ${target.status} in ${deployment.id}`,
      detail: { deploymentId: deployment.id, instanceId: target.instanceId, status: target.status },
    });
    const state = { InProgress: 'START', Succeeded: 'SUCCESS', Failed: 'FAILURE' }[target.status as string];
    if (state) {
      this.emit('CodeDeploy Instance State-change Notification', deployment, {
        state,
        instanceId: target.instanceId,
      });
    }
  }

  lifecycleEvent(deployment: Deployment, target: TargetState, event: LifecycleEvent): void {
    const { lifecycleEventName, status, diagnostics } = event;
    const why = diagnostics && status === 'Failed' ? `: ${diagnostics.message}` : '';
    this.scope.journal.append({
      source: 'codedeploy',
      type: 'LifecycleEvent',
      subject: target.instanceId,
      message: `${target.instanceId}: ${lifecycleEventName} ${status}${why}`,
      detail: {
        deploymentId: deployment.id,
        instanceId: target.instanceId,
        event: lifecycleEventName,
        status,
        diagnostics,
      },
    });
  }

  /** The revision on a host has changed: the Install event has succeeded. */
  installed(deployment: Deployment, instanceId: string): void {
    const { group, revision } = deployment.spec;
    this.scope.journal.append({
      source: 'codedeploy',
      type: 'RevisionInstalled',
      subject: instanceId,
      message: `${instanceId} holds ${revisionName(revision)}`,
      detail: {
        instanceId,
        deploymentId: deployment.id,
        applicationName: group.applicationName,
        deploymentGroupName: group.name,
        revision,
      },
    });
  }

  private emit(detailType: string, deployment: Deployment, detail: Record<string, string>): void {
    const { accountId, region } = this.scope;
    const { applicationName, name, id } = deployment.spec.group;
    const arn = `arn:aws:codedeploy:${region}:${accountId}`;
    void this.scope.service('events').emit({
      source: 'aws.codedeploy',
      detailType,
      resources: [
        ...(detail.instanceId ? [`arn:aws:ec2:${region}:${accountId}:instance/${detail.instanceId}`] : []),
        `${arn}:deploymentgroup:${applicationName}/${name}`,
        `${arn}:application:${applicationName}`,
      ],
      detail: {
        region,
        application: applicationName,
        deploymentGroup: name,
        instanceGroupId: id,
        deploymentId: deployment.id,
        ...detail,
      },
    });
  }
}
