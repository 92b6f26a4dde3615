import path from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The function behind the bake of every environment: lambda/bake. */
export class BakeFunction extends Construct {
  readonly function: NodejsFunction;

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
    // DescribeAlarms is authorized for all alarms of a region or none.
    const anyAlarm = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [anyAlarm] }));

    this.function = new NodejsFunction(this, 'Function', {
      description: 'Lets a release on after its bake time without an alarm',
      entry: path.join(__dirname, '../../lambda/bake/handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      role,
      logGroup,
      bundling: { format: OutputFormat.CJS, target: 'node24' },
    });
  }
}
