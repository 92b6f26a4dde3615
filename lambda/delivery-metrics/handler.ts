import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { CodePipelineClient, GetPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { reach } from '../assume-role';
import type { DeploymentEvent, PipelineEvent } from '../events';
import { actionsOf } from '../execution';
import { type DeliverySettings, deliverySettings } from '../settings';
import { changeRecords } from './changes';
import { deploymentsUpTo } from './deployments';
import { type DeliveryRecord, writeOnce } from './record';
import { restoreRecords } from './restores';

const codepipeline = new CodePipelineClient();

/**
 * Turns the end of an execution or of a deployment into delivery metrics. The event only says where to look: what has
 * happened is read from CodePipeline and CodeDeploy, and each fact is recorded once, in whatever order, and however often,
 * events tell of it.
 */
export async function handler(event: PipelineEvent | DeploymentEvent): Promise<void> {
  const settings = deliverySettings();
  const records =
    event.source === 'aws.codepipeline'
      ? await afterExecution(settings, event.detail['execution-id'])
      : await afterDeployment(settings, event.detail);
  for (const record of records) await writeOnce(settings.service, record);
}

async function afterExecution(
  { pipeline, environments }: DeliverySettings,
  pipelineExecutionId: string,
): Promise<DeliveryRecord[]> {
  const { pipelineExecution } = await codepipeline.send(
    new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId }),
  );
  // A stage's rollback brings no change; what it mends shows in its deployment.
  if (pipelineExecution?.executionType === 'ROLLBACK') return [];
  const actions = await actionsOf(codepipeline, pipeline, pipelineExecutionId);
  return environments.flatMap((environment) => changeRecords(pipelineExecutionId, environment, actions));
}

async function afterDeployment(
  { pipeline, environments }: DeliverySettings,
  { application, deploymentGroup, deploymentId }: DeploymentEvent['detail'],
): Promise<DeliveryRecord[]> {
  const environment = environments.find(
    (one) => one.application === application && [one.deploymentGroup, one.oneBox].includes(deploymentGroup),
  );
  if (!environment) return [];
  const place = await reach(environment, 'tidegate-insight');
  const codedeploy = new CodeDeployClient(place);
  const [deployment, ...earlier] = await deploymentsUpTo(
    codedeploy,
    application,
    deploymentGroup,
    deploymentId,
  );
  // Without one, it was for single instances, or of a rollback proof.
  if (deployment?.deploymentId !== deploymentId || deployment.status !== 'Succeeded') return [];
  return restoreRecords(new CloudWatchClient(place), pipeline, environment, deployment, earlier);
}
