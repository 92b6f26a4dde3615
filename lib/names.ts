import { Aws } from 'aws-cdk-lib';
import type { Delivery, Environment } from './config/delivery';
import { configurationName } from './config/deployment-configuration';
import { proofConfiguration } from './config/rollback-proof';

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
    /** Of the function that approves pull requests. Roles are global to an account, hence the region. */
    reviewRole: `${service}-review-${region}`,
    trail: `tidegate-${service}`,
    /** Of what the team is told about the pipeline. */
    topic: `${service}-pipeline-notifications`,
    dashboard: `${service}-delivery`,
    /** Log group of what the delivery metrics are made from. */
    records: `/tidegate/${service}/delivery`,
    /** Log group of what the team was told about the pipeline and its rollbacks. */
    told: `/tidegate/${service}/notifications`,
    /** Stack of the artifact bucket of a region other than the pipeline's. */
    artifactStack: (bucketRegion: string) => `Tidegate-${service}-artifacts-${bucketRegion}`,
    artifactKeyAlias: `alias/${service}-artifacts`,
    /** One artifact bucket in every region the pipeline deploys to. */
    artifactBucket: (bucketRegion = region) => `${service}-artifacts-${account}-${bucketRegion}`,
  };
}

/** Names of what an environment's stack holds. */
export function environmentNames({ service }: Delivery, environment: Environment) {
  const { name, region } = environment;
  const prefix = `${service}-${name}`;
  return {
    stack: `Tidegate-${prefix}`,
    application: prefix,
    deploymentGroup: prefix,
    deploymentConfiguration: configurationName(prefix, environment.deploymentConfiguration),
    /** For a rollback that is a deployment of its own. */
    rollbackConfiguration: configurationName(prefix, environment.rollbackConfiguration),
    /** For a rollback proof. */
    proofConfiguration: configurationName(prefix, proofConfiguration(environment.deploymentConfiguration)),
    /** Read by the bake from the pipeline's account. Roles are global to an account, hence the region. */
    bakeRole: `${prefix}-bake-${region}`,
    /** Of the rollback proof from the pipeline's account. */
    proofRole: `${prefix}-proof-${region}`,
    /** In the pipeline's account: closes the way into the stage for the environment's guard. */
    freezeRole: `${prefix}-freeze`,
    /** Of what the team is told about the environment. */
    topic: `${prefix}-notifications`,
    /** Of the insight functions from the pipeline's account. */
    insightRole: `${prefix}-insight-${region}`,
    /** Log group of what the guard has told the team. */
    incidents: `/tidegate/${service}/${name}/incidents`,
    /** Goes off when one of the alarms below does. */
    alarm: `${prefix}-release`,
    /** Goes off when users stay away; it only tells. */
    trafficAlarm: `${prefix}-traffic-drop`,
    dashboard: `${prefix}-service`,
    /** Log group of what the instances write. */
    logGroup: `/tidegate/${service}/${name}/instances`,
    alarms: {
      errorRate: `${prefix}-error-rate`,
      latency: `${prefix}-latency-p99`,
      unhealthyHosts: `${prefix}-unhealthy-hosts`,
    },
    oneBox: {
      deploymentGroup: `${prefix}-one-box`,
      /** However few its instances: one stays. */
      deploymentConfiguration: configurationName(prefix, 'OneAtATime'),
      alarms: {
        errorRate: `${prefix}-one-box-error-rate`,
        latency: `${prefix}-one-box-latency-p99`,
        unhealthyHosts: `${prefix}-one-box-unhealthy-hosts`,
        errorRateAboveFleet: `${prefix}-one-box-error-rate-above-fleet`,
        latencyAboveFleet: `${prefix}-one-box-latency-p99-above-fleet`,
      },
    },
  };
}
