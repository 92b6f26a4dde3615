import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  DeploymentLimitExceededException,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import {
  CodePipelineClient,
  DisableStageTransitionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import type { GuardEvent } from '../../../lambda/guard/handler';
import type { GuardSettings } from '../../../lambda/guard/settings';
import { Records } from '../records';

export const SETTINGS: GuardSettings = {
  application: 'harbor-prod',
  fleet: {
    deploymentGroup: 'harbor-prod',
    rollbackConfiguration: 'CodeDeployDefault.HalfAtATime',
    alarms: ['errors', 'latency'],
  },
  watchMinutes: 60,
  topicArn: 'arn:aws:sns:us-east-1:111111111111:harbor-prod',
  logGroup: '/tidegate/harbor/prod/instances',
  pipeline: { name: 'tidegate-harbor', region: 'eu-central-1', stage: 'prod' },
};

export const WITH_ONE_BOX: GuardSettings = {
  ...SETTINGS,
  oneBox: {
    deploymentGroup: 'one-box',
    rollbackConfiguration: 'CodeDeployDefault.OneAtATime',
    alarms: ['one-box errors'],
    comparisonAlarms: ['above fleet'],
  },
};

export const NOW = Date.UTC(2026, 0, 1, 12);

/** So many minutes ago. */
export const ago = (minutes: number) => new Date(NOW - minutes * 60_000);

type Given = Partial<DeploymentInfo> & {
  readonly revision?: any;
  readonly began?: number;
  /** @default 'harbor-prod' */
  readonly to?: string;
};

/** What AWS knows of one environment, answered by mocked clients at the level of commands. */
export class Environment {
  readonly codedeploy = mockClient(CodeDeployClient);
  readonly codepipeline = mockClient(CodePipelineClient);
  readonly cloudwatch = mockClient(CloudWatchClient);
  readonly sns = mockClient(SNSClient);
  readonly records = new Records();
  /** Newest first. */
  readonly deployments: DeploymentInfo[] = [];
  /** States of an alarm with the minutes ago it went into them, oldest first. */
  readonly alarms: Record<string, [state: string, minutes: number][]> = {
    errors: [['OK', 9999]],
    latency: [['OK', 9999]],
    'one-box errors': [['OK', 9999]],
    'above fleet': [['OK', 9999]],
  };
  transition: { enabled: boolean; disabledReason?: string } = { enabled: true };
  /** Commits by the deployment that the pipeline brought them with. */
  readonly commits: Record<string, string> = {};
  readonly told: { subject: string; message: string }[] = [];

  constructor() {
    this.codedeploy.on(ListDeploymentsCommand).callsFake(({ deploymentGroupName }) => ({
      deployments: this.#to(deploymentGroupName).map(({ deploymentId }) => deploymentId),
    }));
    this.codedeploy.on(BatchGetDeploymentsCommand).callsFake(({ deploymentIds }) => ({
      deploymentsInfo: this.deployments.filter(({ deploymentId }) => deploymentIds.includes(deploymentId)),
    }));
    this.codedeploy.on(CreateDeploymentCommand).callsFake((input) => {
      const { deploymentGroupName: to, revision, description } = input;
      if (this.#to(to)[0]?.status === 'InProgress') throw busy();
      return {
        deploymentId: this.deployed(revision.s3Location.key, {
          to,
          status: 'InProgress',
          began: 0,
          description,
          completeTime: undefined,
        }),
      };
    });
    this.cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => ({
      MetricAlarms: Object.entries(this.alarms)
        .filter(([name]) => AlarmNames.includes(name))
        .map(([AlarmName, states]) => {
          const [StateValue, minutes] = states.at(-1)!;
          return {
            AlarmName,
            StateValue,
            StateReason: `${AlarmName}: too many`,
            StateTransitionedTimestamp: ago(minutes),
          };
        }),
    }));
    this.cloudwatch.on(DescribeAlarmHistoryCommand).callsFake(({ AlarmName, EndDate }) => {
      const before = this.alarms[AlarmName].filter(([, minutes]) => ago(minutes) <= EndDate).at(-1);
      const HistoryData = before && JSON.stringify({ version: '1.0', newState: { stateValue: before[0] } });
      return { AlarmHistoryItems: before ? [{ AlarmName, HistoryData }] : [] };
    });
    this.codepipeline.on(GetPipelineStateCommand).callsFake(() => ({
      stageStates: [{ stageName: 'beta' }, { stageName: 'prod', inboundTransitionState: this.transition }],
    }));
    this.codepipeline.on(ListActionExecutionsCommand).callsFake(({ filter }) => ({
      actionExecutionDetails: Object.entries(this.commits)
        .filter(([id]) => !filter || filter.pipelineExecutionId === `execution of ${id}`)
        .flatMap(([id, CommitId]) => [
          {
            pipelineExecutionId: `execution of ${id}`,
            startTime: new Date(NOW),
            output: { executionResult: { externalExecutionId: id } },
          },
          {
            pipelineExecutionId: `execution of ${id}`,
            startTime: new Date(NOW - 1),
            output: { outputVariables: { CommitId, CommitMessage: 'Look the pass up' } },
          },
        ]),
    }));
    this.codepipeline.on(DisableStageTransitionCommand).callsFake(({ reason }) => {
      this.transition = { enabled: false, disabledReason: reason };
      return {};
    });
    this.sns.on(PublishCommand).callsFake(({ Subject, Message }) => {
      this.told.push({ subject: Subject, message: JSON.parse(Message).default });
      return {};
    });
  }

  /** A deployment of `<revision>.zip`, after those there are: it began so many minutes ago and took two. */
  deployed(revision: string, { began = 0, to = 'harbor-prod', ...given }: Given = {}): string {
    const deploymentId = `d-${this.deployments.length + 1}`;
    this.deployments.unshift({
      deploymentId,
      deploymentGroupName: to,
      creator: 'user',
      status: 'Succeeded',
      createTime: ago(began),
      startTime: ago(began),
      completeTime: ago(began - 2),
      revision: { revisionType: 'S3', s3Location: { bucket: 'artifacts', key: revision, version: '1' } },
      ...given,
    });
    return deploymentId;
  }

  /** An alarm that went off so many minutes ago and is off still. */
  red(name: string, minutes: number): void {
    this.alarms[name]!.push(['ALARM', minutes]);
  }

  /** Deployments to a group, newest first. */
  #to(group: string): DeploymentInfo[] {
    return this.deployments.filter(({ deploymentGroupName }) => deploymentGroupName === group);
  }

  /** Rollbacks that the guard has begun. */
  rollbacks() {
    return this.codedeploy.commandCalls(CreateDeploymentCommand).map(({ args }) => args[0].input);
  }
}

export function busy() {
  return new DeploymentLimitExceededException({ message: 'the group is busy', $metadata: {} });
}

export function alarmEvent(alarmName: string): GuardEvent {
  return event('CloudWatch Alarm State Change', { alarmName });
}

export function endOf(deploymentId: string, state: 'SUCCESS' | 'FAILURE' | 'STOP' = 'SUCCESS'): GuardEvent {
  return event('CodeDeploy Deployment State-change Notification', { deploymentId, state });
}

function event(type: string, detail: object): GuardEvent {
  return { id: 'event', 'detail-type': type, detail } as GuardEvent;
}
