import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundledHandler, inlineHandler } from './pipeline/bundled-handler';

export interface HandlerFunctionProps {
  readonly description: string;
  /** The handler's file, relative to the project. */
  readonly entry: string;
  /**
   * Whether the code is in the template, as it has to be in the stack of an environment.
   *
   * @default false
   */
  readonly inline?: boolean;
  /** @default - none */
  readonly environment?: Record<string, string>;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** Name of the role. @default - CloudFormation makes one */
  readonly roleName?: string;
}

/** A handler of `lambda/` as a function, with a log and with a role that may do no more than write it. */
export class HandlerFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { description, entry, inline, environment, timeout = Duration.seconds(30), roleName } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      roleName,
      description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      description,
      code: inline ? inlineHandler(entry) : bundledHandler(entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout,
      environment,
      role: this.role,
      logGroup,
    });
  }
}
