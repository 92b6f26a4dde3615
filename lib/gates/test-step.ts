import type { CfnOutput } from 'aws-cdk-lib';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { Delivery, Environment } from '../config/delivery';

/** Kinds of tests through the load balancer: names of their step, and of the service's npm script. */
const KINDS = {
  integration: { step: 'IntegrationTest', script: 'test:integration' },
  endToEnd: { step: 'EndToEndTest', script: 'test:end-to-end' },
  synthetic: { step: 'SyntheticTest', script: 'test:synthetic' },
};

export interface TestStepProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly source: CodePipelineSource;
  /** Where the service answers. */
  readonly url: CfnOutput;
}

/**
 * Tests an environment through its load balancer: first whether it is healthy and serves the revision just deployed, then
 * by the service's own tests of the kind that suits the environment, if it has any. Nothing is installed for them.
 */
export function testStep({ delivery, environment, source, url }: TestStepProps): CodeBuildStep {
  const { step, script } = KINDS[kindOf(delivery, environment)];
  const curl = 'curl --fail --silent --show-error --max-time 5 --retry 12 --retry-delay 5 --retry-all-errors';
  return new CodeBuildStep(step, {
    input: source,
    envFromCfnOutputs: { SERVICE_URL: url },
    env: { REVISION: source.sourceAttribute('CommitId') },
    partialBuildSpec: BuildSpec.fromObject({
      phases: { install: { 'runtime-versions': { nodejs: '22' } } },
    }),
    commands: [
      `${curl} "$SERVICE_URL/health"`,
      `${curl} "$SERVICE_URL/" | grep --fixed-strings "$REVISION"`,
      `npm run --if-present ${script} --prefix service`,
    ],
  });
}

/** Production's users are not disturbed; the first environment tests what it is made of, those between the whole. */
function kindOf({ environments }: Delivery, environment: Environment): keyof typeof KINDS {
  if (environment.production) return 'synthetic';
  return environments[0] === environment ? 'integration' : 'endToEnd';
}
