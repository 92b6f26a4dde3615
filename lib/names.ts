import { Aws } from 'aws-cdk-lib';
import type { Delivery, Environment } from './config/delivery';

/*
 * Physical names that both sides of the stage boundary know: the pipeline stack refers to what an environment's stack
 * makes, in another account perhaps, and CloudFormation has no reference that reaches so far.
 */

/** Names of what the pipeline's account and region hold. */
export function pipelineNames({ service, account = Aws.ACCOUNT_ID, region = Aws.REGION }: Delivery) {
  return {
    stack: `Tidegate-${service}-pipeline`,
    pipeline: `tidegate-${service}`,
    repository: service,
    /** One artifact bucket in every region the pipeline deploys to. */
    artifactBucket: (bucketRegion = region) => `${service}-artifacts-${account}-${bucketRegion}`,
  };
}

/** Names of what an environment's stack holds. */
export function environmentNames({ service }: Delivery, { name, region = Aws.REGION }: Environment) {
  const prefix = `${service}-${name}`;
  return {
    stack: `Tidegate-${prefix}`,
    application: prefix,
    deploymentGroup: prefix,
    /** Roles are global to an account, hence the region. */
    instanceRole: `${prefix}-instance-${region}`,
    bakeRole: `${prefix}-bake-${region}`,
    alarms: {
      errorRate: `${prefix}-error-rate`,
      latency: `${prefix}-latency-p99`,
      unhealthyHosts: `${prefix}-unhealthy-hosts`,
    },
  };
}
