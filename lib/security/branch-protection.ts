import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { Effect, Group, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { BranchProtection as Description } from '../config/security';

export interface BranchProtectionProps extends Description {
  readonly repository: IRepository;
  readonly branch: string;
}

/**
 * Keeps groups and roles from changing the branch otherwise than by merging a pull request. CodeCommit has no setting
 * for it; the condition is that of its user guide. Without the test for null it would deny every call that concerns no
 * branch.
 *
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
 */
export class BranchProtection extends Construct {
  constructor(scope: Construct, id: string, props: BranchProtectionProps) {
    super(scope, id);
    const { repository, branch, groups = [], roles = [] } = props;
    new ManagedPolicy(this, 'Policy', {
      description: `Changes of ${branch} come by merged pull requests`,
      groups: groups.map((name) => Group.fromGroupName(this, `Group-${name}`, name)),
      roles: roles.map((name) => Role.fromRoleName(this, `Role-${name}`, name)),
      statements: [
        new PolicyStatement({
          effect: Effect.DENY,
          actions: [
            'codecommit:GitPush',
            'codecommit:DeleteBranch',
            'codecommit:CreateCommit',
            'codecommit:PutFile',
            'codecommit:DeleteFile',
            'codecommit:MergeBranchesByFastForward',
            'codecommit:MergeBranchesBySquash',
            'codecommit:MergeBranchesByThreeWay',
          ],
          resources: [repository.repositoryArn],
          conditions: {
            StringEqualsIfExists: { 'codecommit:References': [`refs/heads/${branch}`] },
            Null: { 'codecommit:References': 'false' },
          },
        }),
      ],
    });
  }
}
