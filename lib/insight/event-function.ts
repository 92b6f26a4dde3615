import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HandlerFunction } from '../handler-function';

export interface EventFunctionProps {
  readonly description: string;
  /** The handler's file, relative to the project. */
  readonly entry: string;
  /**
   * Whether the code is in the template, as it has to be in the stack of an environment.
   *
   * @default false
   */
  readonly inline?: boolean;
  /** Its environment variables. */
  readonly environment: Record<string, string>;
  /**
   * Where it keeps what it does once: lambda/once.ts.
   *
   * @default - it does nothing once
   */
  readonly records?: ILogGroup;
  /** The events it is invoked with, by the id of their rule. */
  readonly events: Record<string, EventPattern>;
  /** What it may do: resources by action. An action with none is left out. */
  readonly permissions: Record<string, string[]>;
}

/** What lambda/once.ts does with the log group of the records. */
const ONCE = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'];

/** A function that EventBridge invokes with events of AWS services. */
export class EventFunction extends Construct {
  constructor(scope: Construct, id: string, { events, permissions, records, ...props }: EventFunctionProps) {
    super(scope, id);
    const timeout = Duration.seconds(50); // lambda/once.ts counts on it
    const environment = { ...props.environment, ...(records && { RECORDS_LOG_GROUP: records.logGroupName }) };
    const { function: handler, role } = new HandlerFunction(this, 'Handler', {
      ...props,
      environment,
      timeout,
    });
    records?.grant(role, ...ONCE);
    for (const [action, resources] of Object.entries(permissions))
      if (resources.length > 0) role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
    for (const [name, eventPattern] of Object.entries(events))
      new Rule(this, name, { eventPattern, targets: [new LambdaTarget(handler)] });
  }
}
