import { Validations } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { RESULT } from '../../lambda/review/contract';
import { wildcardResource } from '../findings';
import { HandlerFunction } from '../handler-function';

export interface ReviewFunctionProps {
  readonly repository: IRepository;
  readonly project: IProject;
  /** Where the builds leave their comparisons. */
  readonly bucket: IBucket;
  /** Name of the function's role: the approval rules of open pull requests name it, so it must outlive its stack. */
  readonly roleName: string;
}

/** The function that answers on pull requests: lambda/review. */
export class ReviewFunction extends HandlerFunction {
  constructor(scope: Construct, id: string, { repository, project, bucket, roleName }: ReviewFunctionProps) {
    super(scope, id, {
      description: 'Requires, gives and explains the approval of pull requests',
      entry: 'lambda/review/handler.ts',
      environment: { REPOSITORY: repository.repositoryName },
      roleName,
    });
    repository.grant(
      this.role,
      'codecommit:CreatePullRequestApprovalRule',
      'codecommit:GetCommentsForPullRequest',
      'codecommit:PostCommentForPullRequest',
      'codecommit:UpdateComment',
      'codecommit:UpdatePullRequestApprovalState',
    );
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['codebuild:BatchGetBuilds'], resources: [project.projectArn] }),
    );
    const results = bucket.arnForObjects(`${RESULT.path}/*`);
    this.role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [results] }));
    bucket.encryptionKey?.grantDecrypt(this.role);
    Validations.of(this.role).acknowledge({
      id: wildcardResource(this.role, results),
      reason: 'The comparisons: their keys hold the ids of the builds.',
    });
  }
}
