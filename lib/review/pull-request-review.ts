import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CodeBuildProject, LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { VARIABLES } from '../../lambda/review/contract';
import { ReviewBuild } from './review-build';
import { ReviewFunction } from './review-function';

export interface PullRequestReviewProps {
  readonly repository: IRepository;
  /** The pipeline's artifact bucket: comparisons have a prefix of their own there. */
  readonly bucket: IBucket;
  /** Log group of the builds. */
  readonly logGroup: ILogGroup;
  /** Name of the role that approves. Open pull requests wait for that role. */
  readonly roleName: string;
}

/**
 * Reviews the pull requests of a repository: every one, and every update of it, is built and commented on, and can be
 * merged only when its build has succeeded. Costs nothing while there are none.
 *
 * @see docs/review.md
 */
export class PullRequestReview extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { repository, roleName, bucket, logGroup }: PullRequestReviewProps,
  ) {
    super(scope, id);
    const { project } = new ReviewBuild(this, 'Build', { repository, bucket, logGroup });
    const review = new ReviewFunction(this, 'Review', { repository, project, bucket, roleName });
    const target = new LambdaFunction(review.function);

    const opened = new Rule(this, 'Opened', {
      description: 'A pull request is reviewed, and so is each update of it',
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Pull Request State Change'],
        resources: [repository.repositoryArn],
        detail: {
          event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'],
          pullRequestStatus: ['Open'],
        },
      },
      targets: [target],
    });
    opened.addTarget(new CodeBuildProject(project, { event: START_BUILD }));

    project.onStateChange('Built', {
      target,
      description: 'The end of a review is told',
      eventPattern: { detail: { 'build-status': Match.anythingBut('IN_PROGRESS') } },
    });
  }
}

/** Input of CodeBuild's StartBuild, from the event. */
const START_BUILD = RuleTargetInput.fromObject({
  sourceVersion: EventField.fromPath('$.detail.sourceCommit'),
  environmentVariablesOverride: Object.entries(VARIABLES).map(([field, name]) => ({
    name,
    type: 'PLAINTEXT',
    value: EventField.fromPath(`$.detail.${field}`),
  })),
});
