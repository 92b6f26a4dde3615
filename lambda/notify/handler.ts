import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { DeploymentEvent, PipelineEvent } from '../events';
import { tellOnce } from '../message';
import { deliverySettings } from '../settings';
import { releaseFailed } from './release-failed';
import { rolledBack } from './rolled-back';

const codepipeline = new CodePipelineClient();

/**
 * Turns the failure of an execution, or the end of a rollback, into one message that a person can act on. An execution
 * that is retried and fails again has failed at another time, which is told again.
 */
export async function handler(event: PipelineEvent | DeploymentEvent): Promise<void> {
  const settings = deliverySettings();
  if (event.source === 'aws.codepipeline') {
    const executionId = event.detail['execution-id'];
    const message = await releaseFailed(codepipeline, settings, executionId);
    const key = `${executionId}/failed/${Date.parse(event.time)}`;
    if (message) await tellOnce(key, settings.topicArn, async () => message);
    return;
  }
  const { application, deploymentId } = event.detail;
  const environment = settings.environments.find((one) => one.application === application);
  const message = environment && (await rolledBack(codepipeline, settings, environment, deploymentId));
  if (!message) return;
  const { topicArn, roleArn } = environment;
  await tellOnce(`${deploymentId}/rollback`, topicArn, async () => message, roleArn);
}
