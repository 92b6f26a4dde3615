import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { GuardSettings } from '../../lambda/guard/settings';
import type { Delivery, Environment } from '../config/delivery';
import type { OneBox } from '../environment/one-box';
import { wildcardResource } from '../findings';
import { EventFunction } from '../insight/event-function';
import { environmentNames, pipelineNames } from '../names';
import { freezePermissions } from './freeze-role';

export interface GuardProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  /** The alarms that roll the environment back. */
  readonly alarms: readonly IAlarm[];
  /** @default - there is no one-box */
  readonly oneBox?: Pick<OneBox, 'thresholdAlarms' | 'comparisonAlarms'>;
  /** Where the team is told. */
  readonly topic: ITopic;
}

/**
 * Rolls the environment back when a release alarm goes off after its deployment has ended, when CodeDeploy no longer
 * watches: lambda/guard. Then it closes the way into the stage and tells the team.
 *
 * There is one for fleet and one-box: a release that is bad leaves both, and is told of once. What it has told stays in a
 * log group, its only memory.
 *
 * The end of a deployment is an occasion too: an alarm that goes off in a deployment's last seconds would otherwise
 * fall between CodeDeploy, which has stopped looking, and the guard, which leaves running deployments to CodeDeploy.
 *
 * Its concurrency is not reserved: new accounts have none to spare, and CodeDeploy lets one rollback into the group
 * however many alarms go off at once.
 */
export class Guard extends Construct {
  constructor(scope: Construct, id: string, props: GuardProps) {
    super(scope, id);
    const { delivery, environment, alarms, oneBox, topic } = props;
    const stack = Stack.of(this);
    const names = environmentNames(delivery, environment);
    const { application, freezeRole } = names;
    const roleArn =
      environment.account === delivery.account
        ? undefined
        : stack.formatArn({
            service: 'iam',
            region: '',
            account: delivery.account,
            resource: 'role',
            resourceName: freezeRole,
          });

    const settings: GuardSettings = {
      application,
      fleet: {
        deploymentGroup: names.deploymentGroup,
        rollbackConfiguration: names.rollbackConfiguration,
        alarms: namesOf(alarms),
      },
      oneBox: oneBox && {
        deploymentGroup: names.oneBox.deploymentGroup,
        rollbackConfiguration: names.oneBox.deploymentConfiguration,
        alarms: namesOf(oneBox.thresholdAlarms),
        comparisonAlarms: namesOf(oneBox.comparisonAlarms),
      },
      watchMinutes: environment.guardMinutes,
      topicArn: topic.topicArn,
      logGroup: names.logGroup,
      pipeline: {
        name: pipelineNames(delivery).pipeline,
        region: delivery.region ?? stack.region,
        stage: environment.stage,
        roleArn,
      },
    };
    const arn = (service: string, resource: string, resourceName: string) =>
      stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    const allAlarms = arn('cloudwatch', 'alarm', '*');
    const guarded = settings.oneBox ? [settings.fleet, settings.oneBox] : [settings.fleet];
    const groups = guarded.map((one) =>
      arn('codedeploy', 'deploymentgroup', `${application}/${one.deploymentGroup}`),
    );
    const configurations = guarded.map((one) =>
      arn('codedeploy', 'deploymentconfig', one.rollbackConfiguration),
    );
    const watched = [...alarms, ...(oneBox ? [...oneBox.thresholdAlarms, ...oneBox.comparisonAlarms] : [])];
    const alarmArns = watched.map(({ alarmArn }) => alarmArn);
    const records = new LogGroup(this, 'Records', {
      logGroupName: names.incidents,
      retention: RetentionDays.EIGHTEEN_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    new EventFunction(this, 'Function', {
      description: 'Guard: rolls back a release whose alarm goes off after its deployment',
      entry: 'lambda/guard/handler.ts',
      inline: true,
      environment: { GUARD: stack.toJsonString(settings) },
      records,
      events: {
        OnAlarm: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: alarmArns,
          detail: { state: { value: ['ALARM'] } },
        },
        OnDeploymentEnd: {
          source: ['aws.codedeploy'],
          detailType: ['CodeDeploy Deployment State-change Notification'],
          detail: {
            application: [application],
            deploymentGroup: guarded.map(({ deploymentGroup }) => deploymentGroup),
            state: ['SUCCESS', 'FAILURE', 'STOP'],
          },
        },
      },
      permissions: {
        'cloudwatch:DescribeAlarms': [allAlarms],
        'cloudwatch:DescribeAlarmHistory': alarmArns,
        'codedeploy:ListDeployments': groups,
        'codedeploy:BatchGetDeployments': groups,
        'codedeploy:CreateDeployment': groups,
        'codedeploy:UpdateDeploymentGroup': groups, // CreateDeployment asks for it when it overrides the alarms
        'codedeploy:GetDeploymentConfig': configurations,
        'codedeploy:GetApplicationRevision': [arn('codedeploy', 'application', application)],
        'codedeploy:RegisterApplicationRevision': [arn('codedeploy', 'application', application)],
        'sns:Publish': [topic.topicArn],
        ...(roleArn ? { 'sts:AssumeRole': [roleArn] } : freezePermissions(stack, delivery, environment)),
      },
    });
    Validations.of(this).acknowledge({
      id: wildcardResource(this, allAlarms),
      reason: 'Alarms are described for all names or for none; it only reads.',
    });
  }
}

function namesOf(alarms: readonly IAlarm[]): string[] {
  return alarms.map(({ alarmName }) => alarmName);
}
