import type { DescribeLaunchTemplateVersionsCommandOutput } from '@aws-sdk/client-ec2';
import type { Scope } from '../service';
import { ScalingInstance } from './scaling-instance';
import type { GroupSettings } from './settings';

/** Starts an instance of a group from its launch template, with the tags that are propagated. */
export async function launchInstance(
  scope: Scope,
  groupName: string,
  settings: GroupSettings,
  subnetId: string | undefined,
): Promise<ScalingInstance> {
  const ec2 = scope.service('ec2');
  const { Version = '$Default', ...template } = settings.launchTemplate;
  const { LaunchTemplateVersions } = (await ec2.operations.DescribeLaunchTemplateVersions!({
    ...template,
    Versions: [Version],
  })) as DescribeLaunchTemplateVersionsCommandOutput;
  const { LaunchTemplateId, LaunchTemplateName, VersionNumber, LaunchTemplateData } =
    LaunchTemplateVersions![0]!;
  // `$Latest` and `$Default` are settled here: what they mean may change while the instance lives.
  const launchTemplate = { LaunchTemplateId, LaunchTemplateName, Version: String(VersionNumber) };
  const { instanceId, host } = await ec2.launch({
    launchTemplate,
    subnetId,
    tags: [
      ...settings.tags.filter((tag) => tag.PropagateAtLaunch).map(({ Key, Value }) => ({ Key, Value })),
      { Key: 'aws:autoscaling:groupName', Value: groupName },
    ],
  });
  return new ScalingInstance(
    scope,
    groupName,
    instanceId,
    host,
    ec2.zoneOf(subnetId),
    subnetId,
    launchTemplate,
    LaunchTemplateData?.InstanceType,
    settings.protectedFromScaleIn,
  );
}
