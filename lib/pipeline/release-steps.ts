import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { CodePipelineSource, FileSet, Step } from 'aws-cdk-lib/pipelines';
import type { Delivery, Environment } from '../config/delivery';
import type { EnvironmentStage } from '../environment/environment-stage';
import type { BakeFunction } from '../gates/bake-function';
import { BakeStep } from '../gates/bake-step';
import { testStep } from '../gates/test-step';
import { RollbackProofStep } from '../safety/rollback-proof-step';
import { DeployStep } from './deploy-step';

export interface ReleaseStepsProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly stage: EnvironmentStage;
  readonly source: CodePipelineSource;
  readonly revision: FileSet;
  /** The templates and what lies beside them. */
  readonly assembly: FileSet;
  readonly logGroup: ILogGroup;
  readonly bakeFunction: BakeFunction;
}

/** What a release goes through in an environment that is provisioned, one step after the other. */
export function releaseSteps({
  stage,
  source,
  revision,
  assembly,
  logGroup,
  bakeFunction,
  ...props
}: ReleaseStepsProps): Step[] {
  const { oneBox, rollbackProof } = props.environment;
  const oneBoxFirst = oneBox
    ? [
        new DeployStep({ ...props, revision, oneBox }),
        new BakeStep({ ...props, bakeFunction, traffic: stage.oneBoxTraffic!, oneBox }),
      ]
    : [];
  const proof = rollbackProof
    ? [new RollbackProofStep({ ...props, assembly, revision, url: stage.url, logGroup })]
    : [];
  return [
    ...oneBoxFirst,
    ...proof,
    new DeployStep({ ...props, revision }),
    testStep({ ...props, source, url: stage.url }),
    new BakeStep({ ...props, bakeFunction, traffic: stage.traffic }),
  ];
}
