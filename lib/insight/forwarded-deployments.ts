import { Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames } from '../names';
import { alarmArn, deploymentGroupArns, deploymentPattern, topicArn } from './watched-delivery';

export interface ForwardedDeploymentsProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
}

/**
 * Of an environment in another account or region than the pipeline's: hands the ends of its deployments on to the
 * pipeline's event bus, and lets the insight functions of another account look and tell here.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export class ForwardedDeployments extends Construct {
  constructor(scope: Construct, id: string, { delivery, environment }: ForwardedDeploymentsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { account, region } = delivery;
    const { application, insightRole } = environmentNames(delivery, environment);
    const arn = stack.formatArn({
      ...{ service: 'events', resource: 'event-bus', resourceName: 'default' },
      ...{ account, region },
    });
    new Rule(this, 'Rule', {
      description: "Hands the ends of deployments on to the pipeline's account and region",
      eventPattern: deploymentPattern([application], ['SUCCESS', 'FAILURE', 'STOP']),
      targets: [new EventBusTarget(EventBus.fromEventBusArn(this, 'Bus', arn))],
    });
    if (environment.account === account) return;

    const role = new Role(this, 'Role', {
      roleName: insightRole,
      description: 'Insight: reads deployments and tells of rollbacks, from the account of the pipeline',
      assumedBy: new AccountPrincipal(account),
    });
    const groups = deploymentGroupArns(stack, delivery, environment);
    for (const [action, resources] of Object.entries({
      'codedeploy:GetDeployment': groups,
      'codedeploy:ListDeployments': groups,
      'codedeploy:BatchGetDeployments': groups,
      'cloudwatch:DescribeAlarmHistory': [alarmArn(stack, delivery, environment)],
      'sns:Publish': [topicArn(stack, environmentNames(delivery, environment).topic, environment)],
    }))
      role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
  }
}
