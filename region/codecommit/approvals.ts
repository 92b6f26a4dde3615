import type {
  EvaluatePullRequestApprovalRulesCommandInput,
  Evaluation,
  GetPullRequestApprovalStatesCommandInput,
  GetPullRequestOverrideStateCommandInput,
  OverridePullRequestApprovalRulesCommandInput,
  UpdatePullRequestApprovalStateCommandInput,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { isSatisfied, parseContent } from './approval-rule-content';
import type { PullRequest } from './pull-request';
import type { PullRequestEvents } from './pull-request-events';

const MAXIMUM_APPROVALS = 200;

/** Who approved which revision of a pull request, and whether that is enough. */
export class Approvals {
  constructor(
    private readonly find: (pullRequestId: string | undefined) => PullRequest,
    private readonly events: PullRequestEvents,
  ) {}

  readonly operations = {
    UpdatePullRequestApprovalState: (input: UpdatePullRequestApprovalStateCommandInput, caller: string) =>
      this.update(input, caller),
    GetPullRequestApprovalStates: (input: GetPullRequestApprovalStatesCommandInput) => {
      const { approvals } = this.find(input.pullRequestId).revision(input.revisionId);
      return { approvals: [...approvals].map(([userArn, approvalState]) => ({ userArn, approvalState })) };
    },
    EvaluatePullRequestApprovalRules: (input: EvaluatePullRequestApprovalRulesCommandInput) => {
      const pullRequest = this.find(input.pullRequestId);
      pullRequest.currentRevision(input.revisionId);
      return { evaluation: evaluate(pullRequest) };
    },
    OverridePullRequestApprovalRules: (input: OverridePullRequestApprovalRulesCommandInput, caller: string) =>
      this.override(input, caller),
    GetPullRequestOverrideState: (input: GetPullRequestOverrideStateCommandInput) => {
      const { overrider } = this.find(input.pullRequestId).revision(input.revisionId);
      return { overridden: overrider !== undefined, overrider };
    },
  };

  private update(input: UpdatePullRequestApprovalStateCommandInput, caller: string) {
    const pullRequest = this.find(input.pullRequestId);
    const { approvals } = pullRequest.currentRevision(input.revisionId);
    const state = oneOf('ApprovalState', input.approvalState, ['APPROVE', 'REVOKE']);
    pullRequest.mustBeOpen();
    if (state === 'APPROVE' && caller === pullRequest.authorArn) {
      throw new AwsError(
        'PullRequestCannotBeApprovedByAuthorException',
        `Pull request ${pullRequest.id} was created by ${caller}, who cannot approve it.`,
      );
    }
    if (approvals.size >= MAXIMUM_APPROVALS && !approvals.has(caller)) {
      throw new AwsError(
        'MaximumNumberOfApprovalsExceededException',
        `Pull request ${pullRequest.id} has ${MAXIMUM_APPROVALS} approvals, the most allowed.`,
      );
    }
    approvals.set(caller, state);
    this.events.publish(
      pullRequest,
      'PULL_REQUEST_APPROVAL_STATE_CHANGED',
      caller,
      state === 'APPROVE' ? 'approved' : 'approval revoked',
      {
        approvalStateChangedEventMetadata: { revisionId: pullRequest.revisionId, approvalStatus: state },
      },
    );
  }

  private override(input: OverridePullRequestApprovalRulesCommandInput, caller: string) {
    const pullRequest = this.find(input.pullRequestId);
    const revision = pullRequest.currentRevision(input.revisionId);
    const status = oneOf('OverrideStatus', input.overrideStatus, ['OVERRIDE', 'REVOKE']);
    pullRequest.mustBeOpen();
    if (status === 'OVERRIDE' && revision.overrider) {
      throw new AwsError(
        'OverrideAlreadySetException',
        `The approval rules of pull request ${pullRequest.id} are already overridden by ${revision.overrider}.`,
      );
    }
    revision.overrider = status === 'OVERRIDE' ? caller : undefined;
    this.events.publish(
      pullRequest,
      'PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN',
      caller,
      status === 'OVERRIDE' ? 'approval rules overridden' : 'approval rules in force again',
      {
        approvalRuleOverriddenEventMetadata: {
          revisionId: pullRequest.revisionId,
          overrideStatus: status,
        },
      },
    );
  }
}

/**
 * Approvals of the current revision against the rules. A pull request without rules counts as approved, since nothing
 * keeps it from being merged; AWS's guide does not say what it answers there.
 */
export function evaluate(pullRequest: PullRequest): Evaluation {
  const { approvals, overrider } = pullRequest.revision(pullRequest.revisionId);
  const approvers = [...approvals].filter(([, state]) => state === 'APPROVE').map(([arn]) => arn);
  const satisfied: string[] = [];
  const notSatisfied: string[] = [];
  for (const { approvalRuleName, approvalRuleContent } of pullRequest.approvalRules) {
    const content = parseContent(approvalRuleContent, 'ApprovalRule');
    (isSatisfied(content, approvers) ? satisfied : notSatisfied).push(approvalRuleName!);
  }
  const overridden = overrider !== undefined;
  return {
    approved: overridden || notSatisfied.length === 0,
    overridden,
    approvalRulesSatisfied: satisfied,
    approvalRulesNotSatisfied: notSatisfied,
  };
}

/** @throws `<kind>RequiredException`, `Invalid<kind>Exception` */
function oneOf<Value extends string>(
  kind: string,
  value: Value | undefined,
  allowed: readonly Value[],
): Value {
  if (!value) throw new AwsError(`${kind}RequiredException`, `${kind} is required: ${allowed.join(' or ')}.`);
  if (allowed.includes(value)) return value;
  throw new AwsError(`Invalid${kind}Exception`, `${kind} is ${value}; allowed are ${allowed.join(' and ')}.`);
}
