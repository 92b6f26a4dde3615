import type { Comment } from '@aws-sdk/client-codecommit';
import type { Scope } from '../service';
import type { CommentPlace } from './comments';
import { consoleUrl } from './event-text';

/** What people wrote on a pull request: an event on the default bus and a journal entry. */
export class CommentEvents {
  constructor(private readonly scope: Scope) {}

  /** @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html */
  publish(
    event: 'commentOnPullRequestCreated' | 'commentOnPullRequestUpdated',
    { pullRequest, beforeCommitId, afterCommitId }: CommentPlace,
    { commentId, inReplyTo, lastModifiedDate, content }: Comment,
    callerUserArn: string,
  ): void {
    pullRequest.lastActivityDate = lastModifiedDate!;
    const { repositoryName, repositoryId, Arn } = pullRequest.repository.metadata;
    const happened = event === 'commentOnPullRequestCreated' ? 'comment' : 'comment changed';
    const message = `pull request ${pullRequest.id} of ${repositoryName}: ${happened}`;
    const detail = {
      event,
      pullRequestId: pullRequest.id,
      repositoryName,
      repositoryId,
      commentId,
      inReplyTo,
      beforeCommitId,
      afterCommitId,
      callerUserArn,
      notificationBody: `AWS CodeCommit, ${message}, by ${callerUserArn}. ${consoleUrl(this.scope, repositoryName, pullRequest.id)}`,
    };
    this.scope.journal.append({
      source: 'codecommit',
      type: 'CommentOnPullRequest',
      subject: repositoryName,
      message,
      detail: { ...detail, content },
    });
    this.scope.service('events').emit({
      source: 'aws.codecommit',
      detailType: 'CodeCommit Comment on Pull Request',
      resources: [Arn],
      detail,
    });
  }
}
