import { Stack } from 'aws-cdk-lib';
import { ExecutionMode, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodePipeline, Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { EnvironmentStage } from '../environment/environment-stage';
import { BakeFunction } from '../gates/bake-function';
import { GatedPipeline } from '../gates/gated-pipeline';
import { Insight } from '../insight/insight';
import { pipelineNames } from '../names';
import { PullRequestReview } from '../review/pull-request-review';
import { FreezeLift } from '../safety/freeze-lift';
import { FreezeRole } from '../safety/freeze-role';
import { BUNDLE_PROOF } from '../safety/rollback-proof-step';
import { boundPermissions } from '../security/permissions-boundary';
import { Security } from '../security/security';
import { releaseSource } from '../source/release-source';
import { APPROVAL_STAGE, ApprovalStep } from './approval-step';
import { artifactStores } from './artifacts';
import { buildDefaults, buildLogs, NPM_BUILD } from './build-environment';
import { BuildStep } from './build-step';
import { acknowledgeGrants, grantSupportStacks } from './grants';
import { releaseSteps } from './release-steps';
import { synthStep } from './synth-step';
import { VERSIONS } from './versions';

/**
 * The road of a release: from a push to the repository through every environment of the delivery.
 *
 * Destroying the stack keeps what could not be made again: the repository, and the artifacts with their key.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, delivery: Delivery) {
    const { account, region, security } = delivery;
    if (security.permissionsBoundary) boundPermissions(scope, security.permissionsBoundary);
    const names = pipelineNames(delivery);
    super(scope, names.stack, { env: { account, region } });

    const { step: source, repository } = releaseSource(this, delivery);
    const artifacts = artifactStores(this, delivery);
    const logGroup = buildLogs(this, artifacts.key);

    const build = new BuildStep({ source, buildspec: 'service/buildspec.yml', logGroup });
    const proven = delivery.environments.some(({ rollbackProof }) => rollbackProof);
    const synth = synthStep(source, security.auditLevel, proven ? [BUNDLE_PROOF] : []);
    synth.addStepDependency(build);

    const pipeline = new CodePipeline(this, 'Pipeline', {
      codePipeline: new GatedPipeline(this, 'CodePipeline', {
        delivery,
        pipelineName: names.pipeline,
        pipelineType: PipelineType.V2,
        executionMode: ExecutionMode.SUPERSEDED,
        restartExecutionOnUpdate: true,
        ...artifacts.props,
      }),
      synth,
      cliVersion: VERSIONS.cdk,
      cdkAssetsCliVersion: VERSIONS.cdkAssets,
      publishAssetsInParallel: false,
      codeBuildDefaults: buildDefaults(logGroup),
      synthCodeBuildDefaults: NPM_BUILD,
      selfMutationCodeBuildDefaults: NPM_BUILD,
    });

    const bakeFunction = new BakeFunction(this, 'Bake');
    const firstOfProduction = delivery.waves.find(({ production }) => production);
    for (const { name, environments } of delivery.waves) {
      if (delivery.approveProduction && name === firstOfProduction?.name)
        pipeline.addWave(APPROVAL_STAGE, { pre: [new ApprovalStep({ delivery, source })] });
      const wave = pipeline.addWave(name);
      for (const environment of environments) {
        const stage = new EnvironmentStage(this, delivery, environment);
        wave.addStage(stage, {
          post: Step.sequence(
            releaseSteps({
              ...{ delivery, environment, stage, source, bakeFunction, logGroup },
              revision: build.revision,
              assembly: synth.primaryOutput!,
            }),
          ),
        });
      }
    }
    pipeline.buildPipeline();
    grantSupportStacks(pipeline);
    acknowledgeGrants(pipeline, artifacts.buckets);
    const stages = delivery.waves.map(({ name }) => name);
    new FreezeLift(this, 'FreezeLift', { pipeline: pipeline.pipeline, stages });
    for (const environment of delivery.environments.filter((one) => one.account !== account))
      new FreezeRole(this, `FreezeRole-${environment.name}`, { delivery, environment });
    if (repository && delivery.review) {
      const [bucket] = artifacts.buckets;
      new PullRequestReview(this, 'Review', { repository, bucket, logGroup, roleName: names.reviewRole });
    }
    new Security(this, 'Security', { delivery, repository, artifacts: artifacts.buckets });
    new Insight(this, 'Insight', { delivery });
  }
}
