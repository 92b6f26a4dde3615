import type { TriggerConfig, TriggerEventType } from '@aws-sdk/client-codedeploy';
import type { Scope } from '../service';
import type { Deployment } from './deployment';

/** Publishes a deployment's change of state to the SNS topics that the group's triggers name. */
export function publishTriggers(scope: Scope, deployment: Deployment): void {
  const event = triggerEvent(deployment);
  const triggers = (deployment.spec.group.info.triggerConfigurations ?? []) as Required<TriggerConfig>[];
  for (const trigger of triggers) {
    if (!event || !trigger.triggerEvents.includes(event)) continue;
    const info = deployment.info();
    void Promise.resolve(
      scope.service('sns').operations.Publish!({
        TopicArn: trigger.triggerTargetArn,
        Subject: `${info.status}: CodeDeploy ${info.deploymentId} in ${scope.region} to ${info.applicationName}`,
        Message: JSON.stringify({
          region: scope.region,
          accountId: scope.accountId,
          eventTriggerName: trigger.triggerName,
          applicationName: info.applicationName,
          deploymentId: info.deploymentId,
          deploymentGroupName: info.deploymentGroupName,
          createTime: info.createTime,
          completeTime: info.completeTime,
          deploymentOverview: JSON.stringify(info.deploymentOverview),
          status: info.status,
          errorInformation: info.errorInformation && JSON.stringify(info.errorInformation),
        }),
      }),
    ).catch((error: Error) =>
      scope.journal.append({
        source: 'codedeploy',
        type: 'TriggerFailed',
        subject: trigger.triggerTargetArn,
        message: `trigger ${trigger.triggerName} was not published: ${error.message}`,
      }),
    );
  }
}

function triggerEvent({ status, spec }: Deployment): TriggerEventType | undefined {
  switch (status) {
    case 'Created':
      return 'DeploymentStart';
    case 'Succeeded':
      return 'DeploymentSuccess';
    case 'Failed':
      return 'DeploymentFailure';
    case 'Stopped':
      return 'DeploymentStop';
    case 'InProgress':
      return spec.creator === 'codeDeployRollback' ? 'DeploymentRollback' : undefined;
    default:
      return undefined;
  }
}
