import type { CfnOutput } from 'aws-cdk-lib';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';

/** Asks the environment, through its load balancer, whether it is healthy and serves the revision just deployed. */
export function smokeTestStep(source: CodePipelineSource, url: CfnOutput): CodeBuildStep {
  const curl = 'curl --fail --silent --show-error --max-time 5 --retry 12 --retry-delay 5 --retry-all-errors';
  return new CodeBuildStep('SmokeTest', {
    envFromCfnOutputs: { SERVICE_URL: url },
    env: { REVISION: source.sourceAttribute('CommitId') },
    commands: [`${curl} "$SERVICE_URL/health"`, `${curl} "$SERVICE_URL/" | grep --fixed-strings "$REVISION"`],
  });
}
