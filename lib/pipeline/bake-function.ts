import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundledHandler } from './bundled-handler';

/** The function behind the bake of every environment: lambda/bake. */
export class BakeFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: 'Bake: reads alarms, answers CodePipeline',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    // DescribeAlarms is authorized for all alarms of a region or for none.
    const anyAlarm = Stack.of(this).formatArn({
      service: 'cloudwatch',
      region: '*',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [anyAlarm] }));

    this.function = new LambdaFunction(this, 'Function', {
      description: 'Lets a release on after its bake time without an alarm',
      code: bundledHandler('lambda/bake/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      role,
      logGroup,
    });
  }
}
