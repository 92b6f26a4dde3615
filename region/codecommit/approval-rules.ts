import { randomUUID } from 'node:crypto';
import type {
  ApprovalRule,
  CreatePullRequestApprovalRuleCommandInput,
  DeletePullRequestApprovalRuleCommandInput,
  OriginApprovalRuleTemplate,
  UpdatePullRequestApprovalRuleContentCommandInput,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { contentSha256, parseContent } from './approval-rule-content';
import type { PullRequest } from './pull-request';
import type { PullRequestEvents } from './pull-request-events';

const MAXIMUM_RULES = 30;

/** The approval rules of single pull requests. */
export class ApprovalRules {
  constructor(
    private readonly find: (pullRequestId: string | undefined) => PullRequest,
    private readonly events: PullRequestEvents,
    private readonly now: () => Date,
  ) {}

  readonly operations = {
    CreatePullRequestApprovalRule: (input: CreatePullRequestApprovalRuleCommandInput, caller: string) =>
      this.create(input, caller),
    UpdatePullRequestApprovalRuleContent: (
      input: UpdatePullRequestApprovalRuleContentCommandInput,
      caller: string,
    ) => this.update(input, caller),
    DeletePullRequestApprovalRule: (input: DeletePullRequestApprovalRuleCommandInput, caller: string) =>
      this.delete(input, caller),
  };

  private create(input: CreatePullRequestApprovalRuleCommandInput, caller: string) {
    const pullRequest = this.find(input.pullRequestId);
    const name = checkName(input.approvalRuleName, 'ApprovalRule');
    pullRequest.mustBeOpen();
    if (ruleNamed(pullRequest, name)) {
      throw new AwsError(
        'ApprovalRuleNameAlreadyExistsException',
        `Pull request ${pullRequest.id} has an approval rule ${name} already.`,
      );
    }
    if (pullRequest.approvalRules.length >= MAXIMUM_RULES) {
      throw new AwsError(
        'NumberOfRulesExceededException',
        `Pull request ${pullRequest.id} has ${MAXIMUM_RULES} approval rules, the most allowed.`,
      );
    }
    const approvalRule = newApprovalRule(name, input.approvalRuleContent, caller, this.now());
    pullRequest.approvalRules.push(approvalRule);
    this.publish(pullRequest, 'CREATED', approvalRule, caller);
    return { approvalRule };
  }

  private update(input: UpdatePullRequestApprovalRuleContentCommandInput, caller: string) {
    const { pullRequest, rule } = this.own(input, 'Modify');
    if (!rule) {
      throw new AwsError(
        'ApprovalRuleDoesNotExistException',
        `Pull request ${pullRequest.id} has no approval rule ${input.approvalRuleName}.`,
      );
    }
    checkSha256(input.existingRuleContentSha256, rule.ruleContentSha256);
    parseContent(input.newRuleContent, 'ApprovalRule');
    const approvalRule: ApprovalRule = {
      ...rule,
      approvalRuleContent: input.newRuleContent,
      ruleContentSha256: contentSha256(input.newRuleContent!),
      lastModifiedDate: this.now(),
      lastModifiedUser: caller,
    };
    pullRequest.approvalRules = pullRequest.approvalRules.map((one) => (one === rule ? approvalRule : one));
    this.publish(pullRequest, 'UPDATED', approvalRule, caller);
    return { approvalRule };
  }

  private delete(input: DeletePullRequestApprovalRuleCommandInput, caller: string) {
    const { pullRequest, rule } = this.own(input, 'Delete');
    // CodeCommit has no error for a rule that is already gone.
    if (!rule) return {};
    pullRequest.approvalRules = pullRequest.approvalRules.filter((one) => one !== rule);
    this.publish(pullRequest, 'DELETED', rule, caller);
    return { approvalRuleId: rule.approvalRuleId };
  }

  /** A rule made for this pull request alone. */
  private own(
    input: Pick<DeletePullRequestApprovalRuleCommandInput, 'pullRequestId' | 'approvalRuleName'>,
    action: 'Modify' | 'Delete',
  ) {
    const pullRequest = this.find(input.pullRequestId);
    const name = checkName(input.approvalRuleName, 'ApprovalRule');
    pullRequest.mustBeOpen();
    const rule = ruleNamed(pullRequest, name);
    if (rule?.originApprovalRuleTemplate) {
      throw new AwsError(
        `Cannot${action}ApprovalRuleFromTemplateException`,
        `Approval rule ${name} was made by the template ${rule.originApprovalRuleTemplate.approvalRuleTemplateName}.`,
      );
    }
    return { pullRequest, rule };
  }

  private publish(
    pullRequest: PullRequest,
    change: 'CREATED' | 'UPDATED' | 'DELETED',
    { approvalRuleId, approvalRuleName, approvalRuleContent }: ApprovalRule,
    caller: string,
  ): void {
    this.events.publish(
      pullRequest,
      `PULL_REQUEST_APPROVAL_RULE_${change}`,
      caller,
      `approval rule ${approvalRuleName} ${change.toLowerCase()}`,
      { approvalRuleEventMetadata: { approvalRuleId, approvalRuleName, approvalRuleContent } },
    );
  }
}

/** @throws what {@link parseContent} throws */
export function newApprovalRule(
  name: string,
  content: string | undefined,
  userArn: string,
  now: Date,
  origin?: OriginApprovalRuleTemplate,
): ApprovalRule {
  parseContent(content, 'ApprovalRule');
  return {
    approvalRuleId: randomUUID(),
    approvalRuleName: name,
    approvalRuleContent: content,
    ruleContentSha256: contentSha256(content!),
    creationDate: now,
    lastModifiedDate: now,
    lastModifiedUser: userArn,
    ...(origin && { originApprovalRuleTemplate: origin }),
  };
}

/**
 * The name of a rule or of a template.
 * @throws `<kind>NameRequiredException`, `Invalid<kind>NameException`
 */
export function checkName(name: string | undefined, kind: 'ApprovalRule' | 'ApprovalRuleTemplate'): string {
  if (!name) throw new AwsError(`${kind}NameRequiredException`, 'A name is required.');
  if (/^[\w. -]{1,100}$/.test(name) && !name.endsWith('.git')) return name;
  throw new AwsError(
    `Invalid${kind}NameException`,
    `The name ${JSON.stringify(name)} is not valid: allowed are 1 to 100 letters, digits, periods, spaces, ` +
      'underscores and dashes, not ending in .git',
  );
}

/** @throws InvalidRuleContentSha256Exception when the content is not the one that the client knows */
export function checkSha256(known: string | undefined, actual: string | undefined): void {
  if (known !== undefined && known !== actual) {
    throw new AwsError('InvalidRuleContentSha256Exception', `The rule's content has the SHA-256 ${actual}.`);
  }
}

function ruleNamed(pullRequest: PullRequest, name: string): ApprovalRule | undefined {
  return pullRequest.approvalRules.find(({ approvalRuleName }) => approvalRuleName === name);
}
