import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { commitOf } from '../execution';
import { actsFor, type EnvironmentSettings } from '../settings';
import type { DeliveryRecord } from './record';

/**
 * What an execution of the pipeline, however it has ended, has meant for one environment, read from its actions: a
 * superseded execution deployed where it had come to and nowhere else, and a retry is another try at the same change.
 *
 * @param actions every try at every action of the execution, oldest first
 */
export function changeRecords(
  executionId: string,
  environment: EnvironmentSettings,
  actions: readonly ActionExecutionDetail[],
): DeliveryRecord[] {
  const own = actions.filter((action) => actsFor(environment, action));
  const begun = own.find(isDeployment(environment));
  if (!begun) return [];

  const commit = commitOf(actions);
  const record = (what: string, time: Date, metrics: DeliveryRecord['metrics']): DeliveryRecord => ({
    key: changeKey(executionId, environment, what),
    environment: environment.name,
    time,
    metrics,
    about: { ExecutionId: executionId, CommitId: commit?.id },
  });

  const records = [record('change', begun.startTime!, { Changes: 1 })];
  const failed = own.find(({ status, startTime }) => status === 'Failed' && startTime! >= begun.startTime!);
  if (failed) records.push(record('failure', failed.lastUpdateTime!, { ChangeFailures: 1 }));

  const whole = isDeployment(environment, environment.deploymentGroup);
  const deployed = own.find((action) => whole(action) && action.status === 'Succeeded');
  if (deployed) {
    const end = deployed.lastUpdateTime!;
    const LeadTime = commit?.date && Math.max(0, (end.getTime() - commit.date.getTime()) / 1000);
    records.push(record('deployment', end, { Deployments: 1, ...(LeadTime !== undefined && { LeadTime }) }));
  }
  return records;
}

/** Key of what is recorded of a change in an environment. */
export function changeKey(executionId: string, environment: EnvironmentSettings, what: string): string {
  return `${executionId}/${environment.name}/${what}`;
}

/** Whether an action deploys to the environment, or to one deployment group of it. */
export function isDeployment({ application }: EnvironmentSettings, group?: string) {
  return ({ input }: ActionExecutionDetail): boolean =>
    input?.actionTypeId?.provider === 'CodeDeploy' &&
    input.configuration?.ApplicationName === application &&
    (!group || input.configuration.DeploymentGroupName === group);
}
