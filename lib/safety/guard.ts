import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { GuardSettings } from '../../lambda/guard/settings';
import type { Delivery, Environment } from '../config/delivery';
import { wildcardResource } from '../findings';
import { EventFunction } from '../insight/event-function';
import { environmentNames, pipelineNames } from '../names';
import { freezePermissions } from './freeze-role';

export interface GuardProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  /** The deployment group to watch over, and the configuration of its rollbacks. */
  readonly names: { readonly deploymentGroup: string; readonly rollbackConfiguration: string };
  /** The alarms that roll the environment back. */
  readonly alarms: readonly IAlarm[];
  /** Where the team is told. */
  readonly topic: ITopic;
}

/**
 * Rolls a deployment group of the environment back when a release alarm goes off after its deployment has ended, when CodeDeploy no longer
 * watches: lambda/guard. Then it closes the way into the stage and tells the team.
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
    const { delivery, environment, alarms, topic } = props;
    const stack = Stack.of(this);
    const { application, freezeRole } = environmentNames(delivery, environment);
    const { deploymentGroup, rollbackConfiguration } = props.names;
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
      deploymentGroup,
      rollbackConfiguration,
      alarms: alarms.map(({ alarmName }) => alarmName),
      watchMinutes: environment.guardMinutes,
      topicArn: topic.topicArn,
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
    const group = [arn('codedeploy', 'deploymentgroup', `${application}/${deploymentGroup}`)];

    new EventFunction(this, 'Function', {
      description: 'Guard: rolls back a release whose alarm goes off after its deployment',
      entry: 'lambda/guard/handler.ts',
      inline: true,
      environment: { GUARD: stack.toJsonString(settings) },
      events: {
        OnAlarm: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: alarms.map(({ alarmArn }) => alarmArn),
          detail: { state: { value: ['ALARM'] } },
        },
        OnDeploymentEnd: {
          source: ['aws.codedeploy'],
          detailType: ['CodeDeploy Deployment State-change Notification'],
          detail: {
            application: [application],
            deploymentGroup: [deploymentGroup],
            state: ['SUCCESS', 'FAILURE', 'STOP'],
          },
        },
      },
      permissions: {
        'cloudwatch:DescribeAlarms': [allAlarms],
        'cloudwatch:DescribeAlarmHistory': alarms.map(({ alarmArn }) => alarmArn),
        'codedeploy:ListDeployments': group,
        'codedeploy:BatchGetDeployments': group,
        'codedeploy:CreateDeployment': group,
        'codedeploy:UpdateDeploymentGroup': group, // CreateDeployment asks for it when it overrides the alarms
        'codedeploy:GetDeploymentConfig': [arn('codedeploy', 'deploymentconfig', rollbackConfiguration)],
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
