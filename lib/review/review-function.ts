import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RESULT } from '../../lambda/review/contract';
import { wildcardResource } from '../findings';
import { bundledHandler } from '../pipeline/bundled-handler';

export interface ReviewFunctionProps {
  readonly repository: IRepository;
  readonly project: IProject;
  /** Where the builds leave their comparisons. */
  readonly bucket: IBucket;
  /** Name of the function's role: the approval rules of open pull requests name it, so it must outlive its stack. */
  readonly roleName: string;
}

/** The function that answers on pull requests: lambda/review. */
export class ReviewFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { repository, project, bucket, roleName }: ReviewFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const role = new Role(this, 'Role', {
      roleName,
      description: `Approves pull requests of ${repository.repositoryName} and comments on them`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    repository.grant(
      role,
      'codecommit:CreatePullRequestApprovalRule',
      'codecommit:UpdatePullRequestApprovalState',
      'codecommit:GetCommentsForPullRequest',
      'codecommit:PostCommentForPullRequest',
      'codecommit:UpdateComment',
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['codebuild:BatchGetBuilds'], resources: [project.projectArn] }),
    );
    const results = bucket.arnForObjects(`${RESULT.path}/*`);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [results] }));
    bucket.encryptionKey?.grantDecrypt(role);
    Validations.of(role).acknowledge({
      id: wildcardResource(role, results),
      reason: 'The comparisons: their keys hold the ids of the builds.',
    });

    this.function = new LambdaFunction(this, 'Function', {
      description: 'Requires, gives and explains the approval of pull requests',
      code: bundledHandler('lambda/review/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      environment: { REPOSITORY: repository.repositoryName },
      role,
      logGroup,
    });
  }
}
