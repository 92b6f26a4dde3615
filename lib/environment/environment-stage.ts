import { type CfnOutput, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { ServiceStack } from './service-stack';

/** What CloudFormation provisions in one environment. */
export class EnvironmentStage extends Stage {
  /** Where the service answers. */
  readonly url: CfnOutput;

  constructor(scope: Construct, delivery: Delivery, environment: Environment) {
    const { name, account, region } = environment;
    super(scope, name, { env: { account, region } });
    this.url = new ServiceStack(this, 'Service', { delivery, environment }).url;
  }
}
