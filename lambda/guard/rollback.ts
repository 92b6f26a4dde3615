import {
  CodeDeployClient,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  DeploymentLimitExceededException,
  type RevisionLocation,
} from '@aws-sdk/client-codedeploy';
import type { GuardedGroup } from './settings';

/**
 * Options of a deployment in spite of everything that is wrong with the revision it replaces: its red alarms, its broken
 * ApplicationStop, the files it left. Should it fail, CodeDeploy must not "roll back" to the bad revision.
 */
export const IN_SPITE_OF_EVERYTHING = {
  overrideAlarmConfiguration: { enabled: false, alarms: [] },
  autoRollbackConfiguration: { enabled: false, events: [] },
  ignoreApplicationStopFailures: true,
  fileExistsBehavior: 'OVERWRITE',
} satisfies Partial<CreateDeploymentCommandInput>;

/**
 * Deploys a revision in spite of everything that is wrong with the one it replaces.
 *
 * @returns whether it has begun: CodeDeploy lets one deployment into the group, and refuses those of all alarms but the
 * first that goes off in the same minute
 */
export async function rollBack(
  applicationName: string,
  { deploymentGroup, rollbackConfiguration }: GuardedGroup,
  revision: RevisionLocation,
  description: string,
): Promise<boolean> {
  try {
    await new CodeDeployClient().send(
      new CreateDeploymentCommand({
        applicationName,
        deploymentGroupName: deploymentGroup,
        deploymentConfigName: rollbackConfiguration,
        revision,
        description,
        ...IN_SPITE_OF_EVERYTHING,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof DeploymentLimitExceededException) return false;
    throw error;
  }
}
