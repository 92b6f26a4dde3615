import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { pipelineNames } from '../names';
import { ConnectionSource } from './connection-source';

/** Where the pipeline takes what it releases from. */
export interface ReleaseSource {
  /** Its attribute `CommitId` is the commit that is released. */
  readonly step: CodePipelineSource;
  /** The CodeCommit repository. A repository behind a connection has its reviews and protections where it is. */
  readonly repository?: Repository;
}

const actionName = 'Source';

/** Declares the CodeCommit repository, which outlives the stack, or refers to the one behind a connection. */
export function releaseSource(scope: Construct, delivery: Delivery): ReleaseSource {
  const { branch, source } = delivery;
  if (source) return { step: new ConnectionSource({ ...source, branch, actionName }) };

  const repository = new Repository(scope, 'Repository', {
    repositoryName: pipelineNames(delivery).repository,
  });
  repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
  new CfnOutput(scope, 'RepositoryUrl', { value: repository.repositoryCloneUrlHttp });
  return { step: CodePipelineSource.codeCommit(repository, branch, { actionName }), repository };
}
