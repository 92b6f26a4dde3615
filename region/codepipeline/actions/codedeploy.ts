import { ActionFailure, type ActionProvider } from './action-provider';

/**
 * Deploys the input artifact as a revision. When the deployment fails and is rolled back, the action ends after the
 * rollback, so that a retry does not meet a deployment that is still under way.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html
 */
export const codeDeploy: ActionProvider = {
  inputs: [1, 1],
  outputs: [0, 0],
  configuration: { ApplicationName: 'required', DeploymentGroupName: 'required' },
  timeoutInMinutes: 5 * 24 * 60,

  async run({ scope, call, configuration, inputs, executionId, pipelineName, report }) {
    const codedeploy = scope.service('codedeploy');
    const [{ bucket, key, versionId }] = inputs;
    const input = {
      applicationName: configuration.ApplicationName,
      deploymentGroupName: configuration.DeploymentGroupName,
      revision: { revisionType: 'S3', s3Location: { bucket, key, version: versionId, bundleType: 'zip' } },
      description: `Execution ${executionId} of pipeline ${pipelineName}`,
    };
    const { deploymentId }: any = await codedeploy.operations.CreateDeployment(input, call);
    report({
      externalExecutionId: deploymentId,
      externalExecutionUrl: `https://${scope.region}.console.aws.amazon.com/codesuite/codedeploy/deployments/${deploymentId}`,
    });
    const deployment = await codedeploy.finished(deploymentId);
    if (deployment.status === 'Succeeded') {
      report({ summary: 'Deployment Succeeded' });
      return { variables: { DeploymentId: deploymentId } };
    }
    const { code = 'JobFailed', message } = deployment.errorInformation ?? {};
    const outcome = await rollbackOf(deployment.rollbackInfo?.rollbackDeploymentId);
    throw new ActionFailure(
      code,
      `Deployment ${deploymentId} ${deployment.status?.toLowerCase()}: ${message}${outcome}`,
    );

    async function rollbackOf(rollbackId: string | undefined): Promise<string> {
      if (!rollbackId) return '';
      const { status } = await codedeploy.finished(rollbackId);
      return `. Rollback deployment ${rollbackId} ${status?.toLowerCase()}`;
    }
  },
};
