import { type CloudWatchClient, paginateDescribeAlarmHistory } from '@aws-sdk/client-cloudwatch';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { actionsOf, executionBehind } from '../execution';
import type { EnvironmentSettings } from '../settings';
import { changeKey, isDeployment } from './changes';
import type { DeliveryRecord } from './record';

const codepipeline = new CodePipelineClient();

/**
 * What a deployment to a group that has succeeded has mended, if anything: the deployments that failed since the last success, or,
 * when it brings an earlier revision back, the one it takes away, which had failed although it had succeeded. A release
 * that is taken from one-box and fleet is restored once, with the fleet.
 *
 * @param cloudwatch of the environment
 * @param earlier deployments to the whole group before this one, newest first
 */
export async function restoreRecords(
  cloudwatch: CloudWatchClient,
  pipeline: string,
  environment: EnvironmentSettings,
  deployment: DeploymentInfo,
  earlier: readonly DeploymentInfo[],
): Promise<DeliveryRecord[]> {
  const at = earlier.findIndex(({ status }) => status === 'Succeeded');
  const previous = earlier[at];
  const takenAway = previous && isReturn(deployment, previous, earlier.slice(at + 1)) ? previous : undefined;
  const failed = takenAway ?? (at < 0 ? earlier : earlier.slice(0, at)).at(-1);
  if (!failed) return [];
  const executionId = await executionBehind(codepipeline, pipeline, failed.deploymentId!);
  if (deployment.deploymentGroupName !== environment.deploymentGroup && executionId) {
    const actions = await actionsOf(codepipeline, pipeline, executionId);
    if (actions.some(isDeployment(environment, environment.deploymentGroup))) return []; // the fleet's is the later
  }

  const end = deployment.completeTime!;
  const start = (await alarmAfter(cloudwatch, environment, failed.createTime!, end)) ?? failed.createTime!;
  const records: DeliveryRecord[] = [
    {
      key: `${deployment.deploymentId}/restore`,
      environment: environment.name,
      time: end,
      metrics: { TimeToRestore: (end.getTime() - start.getTime()) / 1000 },
      about: { DeploymentId: deployment.deploymentId, FailedDeploymentId: failed.deploymentId },
    },
  ];
  if (takenAway && executionId)
    records.push({
      key: changeKey(executionId, environment, 'failure'),
      environment: environment.name,
      time: start,
      metrics: { ChangeFailures: 1 },
      about: { ExecutionId: executionId, DeploymentId: deployment.deploymentId },
    });
  return records;
}

/** Whether a deployment brings back a revision that was there before the previous one. */
function isReturn(
  deployment: DeploymentInfo,
  previous: DeploymentInfo,
  before: readonly DeploymentInfo[],
): boolean {
  const revision = revisionOf(deployment);
  return (
    revision !== revisionOf(previous) &&
    before.some((earlier) => earlier.status === 'Succeeded' && revisionOf(earlier) === revision)
  );
}

function revisionOf({ revision }: DeploymentInfo): string {
  const { bucket, key, version, eTag } = revision?.s3Location ?? {};
  return [bucket, key, version ?? eTag].join(' ');
}

/** When the environment's alarm first went off in that time. */
async function alarmAfter(
  cloudwatch: CloudWatchClient,
  { alarm }: EnvironmentSettings,
  StartDate: Date,
  EndDate: Date,
): Promise<Date | undefined> {
  const input = {
    AlarmName: alarm,
    AlarmTypes: ['CompositeAlarm' as const],
    HistoryItemType: 'StateUpdate' as const,
    ScanBy: 'TimestampAscending' as const,
    StartDate,
    EndDate,
  };
  for await (const { AlarmHistoryItems } of paginateDescribeAlarmHistory({ client: cloudwatch }, input)) {
    for (const { HistoryData, Timestamp } of AlarmHistoryItems ?? [])
      if (JSON.parse(HistoryData ?? '{}').newState?.stateValue === 'ALARM') return Timestamp;
  }
  return undefined;
}
