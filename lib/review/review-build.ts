import { ArnFormat, Duration, Validations } from 'aws-cdk-lib';
import { BuildSpec, type IArtifacts, mergeBuildSpecs, Project, Source } from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RESULT, VARIABLES } from '../../lambda/review/contract';
import { wildcardResource } from '../findings';
import { BUILD_IMAGE, NPM_BUILD } from '../pipeline/build-environment';
import { INSTALL_COMMANDS } from '../pipeline/synth-step';

export interface ReviewBuildProps {
  readonly repository: IRepository;
  /** Where the build leaves its comparison. */
  readonly bucket: IBucket;
  readonly logGroup: ILogGroup;
}

/**
 * Builds the source branch of a pull request: synthesizes it, compares what it declares with the commit it was branched
 * from, and tests it. The comparison comes first, so that a reviewer sees it even when a test fails.
 *
 * The build runs code that nobody has reviewed yet. It may read the repository and write its comparison, nothing else:
 * no artifact of a release is in its reach.
 */
export class ReviewBuild extends Construct {
  readonly project: Project;

  constructor(scope: Construct, id: string, { repository, bucket, logGroup }: ReviewBuildProps) {
    super(scope, id);
    this.project = new Project(this, 'Project', {
      description: 'Reviews pull requests',
      source: Source.codeCommit({ repository }),
      artifacts: comparisonIn(bucket),
      environment: {
        buildImage: BUILD_IMAGE,
        environmentVariables: NPM_BUILD.buildEnvironment?.environmentVariables,
      },
      buildSpec: mergeBuildSpecs(NPM_BUILD.partialBuildSpec!, BUILDSPEC),
      cache: NPM_BUILD.cache,
      encryptionKey: bucket.encryptionKey,
      logging: { cloudWatch: { logGroup } },
      timeout: Duration.minutes(30),
      grantReportGroupPermissions: false,
    });

    const results = bucket.arnForObjects(`${RESULT.path}/*`);
    this.project.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [results] }));
    // CodeBuild looks at the bucket before it uploads.
    this.project.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'],
        resources: [bucket.bucketArn],
      }),
    );
    this.acknowledge(results);
  }

  private acknowledge(results: string): void {
    const { project } = this;
    const logs = project.stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/codebuild/${project.projectName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    Validations.of(project).acknowledge(
      {
        id: wildcardResource(project, results),
        reason: 'The comparisons: their keys hold the ids of the builds.',
      },
      {
        id: wildcardResource(project, logs),
        reason: 'The log streams of this project; CodeBuild names them.',
      },
      ...['kms:GenerateDataKey*', 'kms:ReEncrypt*'].map((action) => ({
        id: `AwsSolutions-IAM5[Action::${action}]`,
        reason: 'A grant of the CDK; its resource is the key of the artifact bucket.',
      })),
    );
  }
}

/** As an artifact of CodeBuild. The CDK's own S3 artifact would let the build read and write the whole bucket. */
function comparisonIn(bucket: IBucket): IArtifacts {
  return {
    type: 'S3',
    bind: () => ({
      artifactsProperty: {
        type: 'S3',
        location: bucket.bucketName,
        path: RESULT.path,
        namespaceType: 'BUILD_ID',
        name: RESULT.name,
        packaging: 'NONE',
      },
    }),
  };
}

const WORK = '.review';

/** Both sides of the comparison; the one before may be broken, and a change that mends it must pass all the same. */
const COMPARE = [
  `npx cdk synth --quiet --output ${WORK}/after.out`,
  `git worktree add --detach ${WORK}/before "$(git merge-base HEAD "$${VARIABLES.destinationCommit}")"`,
  `cmp -s package-lock.json ${WORK}/before/package-lock.json` +
    ` && ln -s "$PWD/node_modules" ${WORK}/before/node_modules` +
    ` || npm ci --no-audit --no-fund --prefix ${WORK}/before || true`,
  `(cd ${WORK}/before && npx --no cdk synth --quiet --output ../before.out) || rm -rf ${WORK}/before.out`,
  `node -r ts-node/register lib/review/compare/main.ts ${WORK}/before.out ${WORK}/after.out > ${RESULT.file}`,
  `cat ${RESULT.file}`,
];

const TEST = [
  'npm run test:app',
  'npm ci --no-audit --no-fund --prefix service',
  'npm test --prefix service',
];

const BUILDSPEC = BuildSpec.fromObject({
  version: '0.2',
  phases: { install: { commands: INSTALL_COMMANDS }, build: { commands: [...COMPARE, ...TEST] } },
  artifacts: { files: [RESULT.file] },
});
