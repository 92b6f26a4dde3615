import type { PullRequestEvent, PullRequestEventType } from '@aws-sdk/client-codecommit';
import type { Scope } from '../service';
import { contentSha256 } from './approval-rule-content';
import { consoleUrl, eventDate } from './event-text';
import type { PullRequest } from './pull-request';

/** The names that the API and EventBridge have for the same event. */
const EVENTS: Record<PullRequestEventType, string> = {
  PULL_REQUEST_CREATED: 'pullRequestCreated',
  PULL_REQUEST_SOURCE_REFERENCE_UPDATED: 'pullRequestSourceBranchUpdated',
  PULL_REQUEST_STATUS_CHANGED: 'pullRequestStatusChanged',
  PULL_REQUEST_MERGE_STATE_CHANGED: 'pullRequestMergeStatusUpdated',
  PULL_REQUEST_APPROVAL_RULE_CREATED: 'pullRequestApprovalRuleCreated',
  PULL_REQUEST_APPROVAL_RULE_UPDATED: 'pullRequestApprovalRuleUpdated',
  PULL_REQUEST_APPROVAL_RULE_DELETED: 'pullRequestApprovalRuleDeleted',
  PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN: 'pullRequestApprovalRuleOverridden',
  PULL_REQUEST_APPROVAL_STATE_CHANGED: 'pullRequestApprovalStateChanged',
};

/** What an event of the API says besides its type, date and actor. */
export type EventMetadata = Omit<
  PullRequestEvent,
  'pullRequestId' | 'eventDate' | 'pullRequestEventType' | 'actorArn'
>;

/** What happened to a pull request: its history in the API, an event on the default bus and a journal entry. */
export class PullRequestEvents {
  constructor(private readonly scope: Scope) {}

  /**
   * @param happened what happened, for a person: `approved`
   * @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
   */
  publish(
    pullRequest: PullRequest,
    type: PullRequestEventType,
    callerUserArn: string,
    happened: string,
    metadata: EventMetadata,
  ): void {
    const now = new Date(this.scope.clock.now());
    pullRequest.lastActivityDate = now;
    pullRequest.events.push({
      pullRequestId: pullRequest.id,
      eventDate: now,
      pullRequestEventType: type,
      actorArn: callerUserArn,
      ...metadata,
    });
    const { repositoryName, Arn } = pullRequest.repository.metadata;
    const message = `pull request ${pullRequest.id} of ${repositoryName}: ${happened}`;
    const link = consoleUrl(this.scope, repositoryName, pullRequest.id);
    const detail = {
      event: EVENTS[type],
      ...state(pullRequest),
      ...specific(metadata),
      callerUserArn,
      notificationBody: `AWS CodeCommit, ${message}, by ${callerUserArn}. ${link}`,
    };
    this.scope.journal.append({
      source: 'codecommit',
      type: 'PullRequestStateChange',
      subject: repositoryName,
      message,
      detail,
    });
    this.scope.service('events').emit({
      source: 'aws.codecommit',
      detailType: 'CodeCommit Pull Request State Change',
      resources: [Arn],
      detail,
    });
  }
}

/** What every event says of the pull request. */
function state(pullRequest: PullRequest) {
  return {
    pullRequestId: pullRequest.id,
    title: pullRequest.title,
    description: pullRequest.description,
    author: pullRequest.authorArn,
    pullRequestStatus: pullRequest.status === 'OPEN' ? 'Open' : 'Closed',
    isMerged: pullRequest.merge.isMerged ? 'True' : 'False',
    repositoryNames: [pullRequest.repository.name],
    revisionId: pullRequest.revisionId,
    sourceReference: pullRequest.sourceReference,
    sourceCommit: pullRequest.sourceCommit,
    destinationReference: pullRequest.destinationReference,
    destinationCommit: pullRequest.destinationCommit,
    creationDate: eventDate(pullRequest.creationDate),
    lastModifiedDate: eventDate(pullRequest.lastActivityDate),
  };
}

/** What the event says of itself. */
function specific(metadata: EventMetadata) {
  const { approvalRuleEventMetadata: rule } = metadata;
  return {
    ...(rule && {
      approvalRuleId: rule.approvalRuleId,
      approvalRuleName: rule.approvalRuleName,
      approvalRuleContentSha256: contentSha256(rule.approvalRuleContent ?? ''),
    }),
    approvalStatus: metadata.approvalStateChangedEventMetadata?.approvalStatus,
    overrideStatus: metadata.approvalRuleOverriddenEventMetadata?.overrideStatus,
    mergeOption: metadata.pullRequestMergedStateChangedEventMetadata?.mergeMetadata?.mergeOption,
  };
}
