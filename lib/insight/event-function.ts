import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundledHandler } from '../pipeline/bundled-handler';

export interface EventFunctionProps {
  readonly description: string;
  /** The handler's file, relative to the project. */
  readonly entry: string;
  /** Its environment variables. */
  readonly variables: Record<string, string>;
  /** The events it is invoked with, by the id of their rule. */
  readonly events: Record<string, EventPattern>;
  /** What it may do: resources by action. An action with none is left out. */
  readonly permissions: Record<string, string[]>;
}

/** A function that EventBridge invokes with events of AWS services. */
export class EventFunction extends Construct {
  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: props.description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    for (const [action, resources] of Object.entries(props.permissions))
      if (resources.length > 0) role.addToPolicy(new PolicyStatement({ actions: [action], resources }));

    const handler = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: bundledHandler(props.entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.minutes(1),
      environment: props.variables,
      role,
      logGroup,
    });
    for (const [name, eventPattern] of Object.entries(props.events))
      new Rule(this, name, { eventPattern, targets: [new LambdaTarget(handler)] });
  }
}
