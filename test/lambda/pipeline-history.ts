import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import type { DeliverySettings, EnvironmentSettings } from '../../lambda/settings';

const NOON = Date.UTC(2026, 0, 1, 12);

/** A time on the day of the tests, in minutes after noon. */
export const at = (minute: number) => new Date(NOON + minute * 60_000);

const environment = (name: string): EnvironmentSettings => ({
  name,
  stage: name,
  inWave: false,
  application: `harbor-${name}`,
  deploymentGroup: `harbor-${name}`,
  alarm: `harbor-${name}-release`,
  logGroup: `/tidegate/harbor/${name}/instances`,
  topicArn: `arn:aws:sns:us-east-1:111111111111:harbor-${name}-notifications`,
});

export const SETTINGS: DeliverySettings = {
  service: 'harbor',
  pipeline: 'tidegate-harbor',
  repository: 'harbor',
  traced: true,
  topicArn: 'arn:aws:sns:us-east-1:111111111111:harbor-pipeline-notifications',
  environments: [environment('beta'), environment('prod')],
};

/** A try at an action, from one minute to another. */
export interface Try {
  readonly status?: 'Succeeded' | 'Failed' | 'InProgress' | 'Abandoned';
  readonly from: number;
  readonly to: number;
  readonly more?: Partial<ActionExecutionDetail>;
}

function detail(stageName: string, actionName: string, { status = 'Succeeded', from, to, more }: Try) {
  return { stageName, actionName, status, startTime: at(from), lastUpdateTime: at(to), ...more };
}

export function source(
  commitDate = '2026-01-01T11:30:00Z',
  variables: Record<string, string> = {},
): ActionExecutionDetail {
  return detail('Source', 'Source', {
    from: 0,
    to: 1,
    more: {
      output: {
        outputVariables: {
          CommitId: '3f2a91c07d',
          CommitMessage: 'Serve faster\n\nMuch faster.',
          CommitterDate: commitDate,
          ...variables,
        },
      },
    },
  });
}

/** CodeDeploy's action in an environment's stage; its deployment is `d-` and the minute it began. */
export function deploy(name: string, attempt: Try): ActionExecutionDetail {
  const configuration = { ApplicationName: `harbor-${name}`, DeploymentGroupName: `harbor-${name}` };
  return {
    ...detail(name, 'Deploy', attempt),
    input: {
      actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'CodeDeploy', version: '1' },
      configuration,
    },
    output: { executionResult: { externalExecutionId: `d-${attempt.from}` } },
  };
}

export function bake(name: string, attempt: Try): ActionExecutionDetail {
  return detail(name, 'Bake', attempt);
}
