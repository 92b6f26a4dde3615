import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { DeploymentEvent, PipelineEvent } from '../events';
import { publish } from '../message';
import { deliverySettings } from '../settings';
import { releaseFailed } from './release-failed';
import { rolledBack } from './rolled-back';

const codepipeline = new CodePipelineClient();

/** Turns the failure of an execution, or the end of a rollback, into one message that a person can act on. */
export async function handler(event: PipelineEvent | DeploymentEvent): Promise<void> {
  const settings = deliverySettings();
  if (event.source === 'aws.codepipeline') {
    const message = await releaseFailed(codepipeline, settings, event.detail['execution-id']);
    if (message) await publish(settings.topicArn, message);
    return;
  }
  const { application, deploymentId } = event.detail;
  const environment = settings.environments.find((one) => one.application === application);
  const message = environment && (await rolledBack(codepipeline, settings, environment, deploymentId));
  if (message) await publish(environment.topicArn, message);
}
