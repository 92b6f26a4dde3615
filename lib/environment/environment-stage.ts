import { type CfnOutput, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { ServiceStack, type TrafficOutputs } from './service-stack';

/** What CloudFormation provisions in one environment. */
export class EnvironmentStage extends Stage {
  /** Where the service answers. */
  readonly url: CfnOutput;
  /** Whose requests count in the bake. */
  readonly traffic: TrafficOutputs;
  /** The same of the one-box. */
  readonly oneBoxTraffic?: TrafficOutputs;

  constructor(scope: Construct, delivery: Delivery, environment: Environment) {
    const { name, account, region } = environment;
    super(scope, name, { env: { account, region } });
    const { url, traffic, oneBoxTraffic } = new ServiceStack(this, 'Service', { delivery, environment });
    this.url = url;
    this.traffic = traffic;
    this.oneBoxTraffic = oneBoxTraffic;
  }
}
