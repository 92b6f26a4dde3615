import { CodeDeployClient, UpdateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { GetPipelineCommand, UpdatePipelineCommand } from '@aws-sdk/client-codepipeline';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import type { Rehearsal } from './rehearsal';

/**
 * Disconnects the alarms of environments, by the AWS API, as a person could in a hurry: from their deployment groups, from
 * their bakes and from their guards.
 */
export async function disconnectAlarms(rehearsal: Rehearsal, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await disconnectDeployments(rehearsal, name);
    await disconnectGuard(rehearsal, name);
  }
  await disconnectBakes(rehearsal, names);
}

async function disconnectDeployments(rehearsal: Rehearsal, name: string): Promise<void> {
  const environment = rehearsal.environment(name);
  const applicationName = `${rehearsal.delivery.service}-${name}`;
  const groups = [applicationName, ...(environment?.oneBox ? [`${applicationName}-one-box`] : [])];
  for (const currentDeploymentGroupName of groups)
    await rehearsal.client(CodeDeployClient, environment).send(
      new UpdateDeploymentGroupCommand({
        applicationName,
        currentDeploymentGroupName,
        alarmConfiguration: { enabled: false, alarms: [] },
      }),
    );
}

async function disconnectGuard(rehearsal: Rehearsal, name: string): Promise<void> {
  const events = rehearsal.client(EventBridgeClient, rehearsal.environment(name));
  const NamePrefix = `Tidegate-${rehearsal.delivery.service}-${name}-Guard`;
  const { Rules } = await events.send(new ListRulesCommand({ NamePrefix }));
  for (const { Name } of Rules!) await events.send(new DisableRuleCommand({ Name }));
}

async function disconnectBakes({ codepipeline, delivery }: Rehearsal, names: readonly string[]) {
  const { pipeline } = await codepipeline.send(
    new GetPipelineCommand({ name: `tidegate-${delivery.service}` }),
  );
  const stages = delivery.environments.filter(({ name }) => names.includes(name)).map(({ stage }) => stage);
  for (const { name, actions = [] } of pipeline!.stages!) {
    if (!stages.includes(name!)) continue;
    for (const { actionTypeId, configuration } of actions) {
      if (actionTypeId!.provider !== 'Lambda') continue;
      const parameters = JSON.parse(configuration!['UserParameters']!);
      configuration!['UserParameters'] = JSON.stringify({ ...parameters, alarms: [] });
    }
  }
  await codepipeline.send(new UpdatePipelineCommand({ pipeline }));
}
