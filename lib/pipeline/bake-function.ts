import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { grantDescribeAlarms } from '../alarm-access';
import { wildcardResource } from '../findings';
import { bundledHandler } from './bundled-handler';

/** The function behind the bake of every environment: lambda/bake. */
export class BakeFunction extends Construct {
  readonly function: LambdaFunction;
  readonly #role: Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    this.#role = new Role(this, 'Role', {
      description: 'Bake: reads alarms, answers CodePipeline',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(this.#role);
    grantDescribeAlarms(this.#role, '*');
    Validations.of(this.#role).acknowledge({
      id: wildcardResource(this, '*'),
      reason: 'An answer to a CodePipeline job has no resource to name.',
    });

    this.function = new LambdaFunction(this, 'Function', {
      description: 'Lets a release on after its bake time without an alarm',
      code: bundledHandler('lambda/bake/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      role: this.#role,
      logGroup,
    });
  }

  /** Lets the function read alarms with the role of another account. */
  grantAssume(roleArn: string): void {
    this.#role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn] }));
  }
}
