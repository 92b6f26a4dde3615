import { DefaultStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { Project } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import { wildcardResource } from '../findings';

/** Action wildcards of the CDK's `grantRead`, `grantReadWrite` and `grantEncryptDecrypt`. */
const GRANTED_ACTIONS = [
  's3:Abort*',
  's3:DeleteObject*',
  's3:GetBucket*',
  's3:GetObject*',
  's3:List*',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
];

/**
 * Acknowledges the wildcards in what CDK Pipelines and the CDK's grants give the pipeline, its actions and its builds.
 *
 * @param artifacts the artifact buckets of all regions
 */
export function acknowledgeGrants(pipeline: CodePipeline, artifacts: readonly IBucket[]): void {
  const support = supportStacks(pipeline);
  for (const scope of [pipeline, pipeline.pipeline, ...support]) {
    acknowledgeArtifactGrants(scope, artifacts);
    acknowledgeBuildGrants(scope);
  }
  for (const scope of artifacts.length > 1 || support.length > 0 ? [pipeline.pipeline, ...support] : []) {
    Validations.of(scope).acknowledge({
      id: wildcardResource(scope, '*'),
      reason:
        'A grant of the CDK on a key of another account or region: the policy of that key names the role.',
    });
  }
  const { selfMutationProject } = pipeline;
  Validations.of(selfMutationProject).acknowledge(
    {
      id: wildcardResource(selfMutationProject, '*'),
      reason: 'The CDK CLI looks for the bootstrap stack and its bucket, whose names it only then learns.',
    },
    {
      id: wildcardResource(selfMutationProject, `arn:*:iam::${selfMutationProject.env.account}:role/*`),
      reason: 'Narrowed by its condition to the deploy and publishing roles of the CDK bootstrap.',
    },
  );
}

/**
 * Lets the self-mutation deploy the stacks in which the CDK keeps the roles of actions in other accounts. Those accounts
 * trust the pipeline's since their bootstrap; CDK Pipelines grants the bootstrap roles of its own account alone.
 */
export function grantSupportStacks(pipeline: CodePipeline): void {
  for (const stack of supportStacks(pipeline)) {
    const { account, region, partition, synthesizer } = stack;
    const qualifier = synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
    const roles = ['deploy', 'file-publishing'].map(
      (kind) => `cdk-${qualifier}-${kind}-role-${account}-${region}`,
    );
    pipeline.selfMutationProject.addToRolePolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: roles.map((role) => `arn:${partition}:iam::${account}:role/${role}`),
      }),
    );
  }
}

function acknowledgeArtifactGrants(scope: IConstruct, artifacts: readonly IBucket[]): void {
  Validations.of(scope).acknowledge(
    ...GRANTED_ACTIONS.map((action) => ({
      id: `AwsSolutions-IAM5[Action::${action}]`,
      reason: 'A grant of the CDK; its resource is the artifact bucket or its key, never more.',
    })),
    ...artifacts.map((bucket) => ({
      id: wildcardResource(scope, bucket.arnForObjects('*')),
      reason: 'Every object of the artifact bucket: CodePipeline chooses the keys.',
    })),
  );
}

function acknowledgeBuildGrants(scope: IConstruct): void {
  for (const project of scope.node.findAll().filter((construct) => construct instanceof Project)) {
    const { account, region } = project.env;
    const arn = (service: string, resource: string) =>
      `arn:${project.stack.partition}:${service}:${region}:${account}:${resource}`;
    Validations.of(project).acknowledge(
      {
        id: wildcardResource(project, arn('logs', `log-group:/aws/codebuild/${project.projectName}:*`)),
        reason: 'The log streams of this project; CodeBuild names them.',
      },
      {
        id: wildcardResource(project, arn('codebuild', `report-group/${project.projectName}-*`)),
        reason: 'The report groups of this project; its buildspec names them.',
      },
    );
  }
}

/** The stacks in which the CDK keeps the roles of actions in other accounts. */
function supportStacks(pipeline: CodePipeline): Stack[] {
  return pipeline.node.root.node.children
    .filter((construct) => construct instanceof Stack)
    .filter(({ node }) => node.id.startsWith('cross-account-support-stack-'));
}
