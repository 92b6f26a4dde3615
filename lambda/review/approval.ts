import {
  ApprovalRuleNameAlreadyExistsException,
  type ApprovalState,
  type CodeCommitClient,
  CreatePullRequestApprovalRuleCommand,
  PullRequestAlreadyClosedException,
  RevisionNotCurrentException,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';

const RULE = 'Review';

/**
 * Makes the approval of this function a condition for merging the pull request.
 *
 * CloudFormation has no resource for approval rule templates, hence a rule for each pull request as it is opened.
 *
 * @param identity ARN of the session this function runs in
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-pull-request-approval-rule.html
 */
export async function requireApproval(
  codecommit: CodeCommitClient,
  pullRequestId: string,
  identity: string,
): Promise<void> {
  const approver = identity.replace(/\/[^/]*$/, '/*'); // the session has the function's name, which may change
  const content = {
    Version: '2018-11-08',
    Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: 1, ApprovalPoolMembers: [approver] }],
  };
  try {
    await codecommit.send(
      new CreatePullRequestApprovalRuleCommand({
        pullRequestId,
        approvalRuleName: RULE,
        approvalRuleContent: JSON.stringify(content),
      }),
    );
  } catch (error) {
    const done =
      error instanceof ApprovalRuleNameAlreadyExistsException ||
      error instanceof PullRequestAlreadyClosedException;
    if (!done) throw error;
  }
}

/**
 * Approves a revision of a pull request or takes the approval back.
 * @returns whether that is still its revision: CodeCommit itself refuses what comes too late
 */
export async function setApproval(
  codecommit: CodeCommitClient,
  pullRequestId: string,
  revisionId: string,
  approvalState: ApprovalState,
): Promise<boolean> {
  try {
    await codecommit.send(
      new UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId, approvalState }),
    );
    return true;
  } catch (error) {
    const late =
      error instanceof RevisionNotCurrentException || error instanceof PullRequestAlreadyClosedException;
    if (!late) throw error;
    return false;
  }
}
