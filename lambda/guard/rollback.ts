import {
  CodeDeployClient,
  CreateDeploymentCommand,
  DeploymentLimitExceededException,
  type RevisionLocation,
} from '@aws-sdk/client-codedeploy';
import type { GuardSettings } from './settings';

/**
 * Deploys a revision in spite of everything that is wrong with the one it replaces: its red alarms, its broken
 * ApplicationStop, the files it left. Should it fail, CodeDeploy must not "roll back" to the bad revision.
 *
 * @returns the deployment's id; `undefined` when another deployment came first, as one does for every alarm but the
 * first that goes off in the same minute: CodeDeploy lets one into the group
 */
export async function rollBack(
  revision: RevisionLocation,
  description: string,
  { application, deploymentGroup, rollbackConfiguration }: GuardSettings,
): Promise<string | undefined> {
  try {
    const { deploymentId } = await new CodeDeployClient().send(
      new CreateDeploymentCommand({
        applicationName: application,
        deploymentGroupName: deploymentGroup,
        deploymentConfigName: rollbackConfiguration,
        revision,
        description,
        overrideAlarmConfiguration: { enabled: false, alarms: [] },
        autoRollbackConfiguration: { enabled: false, events: [] },
        ignoreApplicationStopFailures: true,
        fileExistsBehavior: 'OVERWRITE',
      }),
    );
    return deploymentId!;
  } catch (error) {
    if (error instanceof DeploymentLimitExceededException) return undefined;
    throw error;
  }
}
