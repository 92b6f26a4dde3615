import type * as sdk from '@aws-sdk/client-codecommit';
import { AwsError, type Scope } from '../service';
import { branchName } from './event-text';
import { Idempotency } from './idempotency';
import { mergeBase } from './merge';
import { page } from './page';
import { PullRequest } from './pull-request';
import type { PullRequestEvents } from './pull-request-events';
import { checkDescription, checkTarget, checkTitle } from './pull-request-input';
import type { ReferenceChange } from './reference-changes';
import type { FindRepository, Repository } from './repository';

const MAXIMUM_OPEN = 1000;

/** The pull requests of an account and region, and how they follow their branches. */
export class PullRequests {
  private readonly kept = new Map<string, PullRequest>();
  private readonly creations = new Idempotency<PullRequest>();
  private count = 0;

  /** @param rules the approval rules that a new pull request begins with */
  constructor(
    private readonly scope: Scope,
    private readonly events: PullRequestEvents,
    private readonly repository: FindRepository,
    private readonly rules: (
      repository: Repository,
      destinationReference: string,
      now: Date,
    ) => sdk.ApprovalRule[],
  ) {}

  readonly operations = {
    CreatePullRequest: async (input: sdk.CreatePullRequestCommandInput, caller: string) => {
      const created = await this.creations.once(input.clientRequestToken, input, () =>
        this.create(input, caller),
      );
      return { pullRequest: created.describe() };
    },
    GetPullRequest: (input: sdk.GetPullRequestCommandInput) => ({
      pullRequest: this.find(input.pullRequestId).describe(),
    }),
    ListPullRequests: (input: sdk.ListPullRequestsCommandInput) => {
      const found = this.of(this.repository(input.repositoryName)).filter(
        ({ status, authorArn }) =>
          (input.pullRequestStatus ?? status) === status && (input.authorArn ?? authorArn) === authorArn,
      );
      const { items, next } = page(found.reverse(), input.maxResults, input.nextToken);
      return { pullRequestIds: items.map(({ id }) => id), nextToken: next };
    },
    UpdatePullRequestTitle: (input: sdk.UpdatePullRequestTitleCommandInput) =>
      this.edit(input.pullRequestId, { title: checkTitle(input.title) }),
    UpdatePullRequestDescription: (input: sdk.UpdatePullRequestDescriptionCommandInput) =>
      this.edit(input.pullRequestId, { description: checkDescription(input.description) }),
    UpdatePullRequestStatus: (input: sdk.UpdatePullRequestStatusCommandInput, caller: string) => {
      const pullRequest = this.find(input.pullRequestId);
      if (!input.pullRequestStatus) {
        throw new AwsError('PullRequestStatusRequiredException', 'A pull request status is required.');
      }
      if (input.pullRequestStatus !== 'CLOSED' || pullRequest.status !== 'OPEN') {
        throw new AwsError(
          'InvalidPullRequestStatusUpdateException',
          `Pull request ${pullRequest.id} is ${pullRequest.status}; the only update allowed is from OPEN to CLOSED.`,
        );
      }
      this.close(pullRequest, caller, 'closed');
      return { pullRequest: pullRequest.describe() };
    },
    DescribePullRequestEvents: (input: sdk.DescribePullRequestEventsCommandInput) => {
      const found = this.find(input.pullRequestId).events.filter(
        ({ pullRequestEventType: type, actorArn }) =>
          (input.pullRequestEventType ?? type) === type && (input.actorArn ?? actorArn) === actorArn,
      );
      const { items, next } = page(found, input.maxResults, input.nextToken);
      return { pullRequestEvents: items, nextToken: next };
    },
  };

  /** @throws PullRequestIdRequiredException, InvalidPullRequestIdException, PullRequestDoesNotExistException */
  readonly find = (pullRequestId: string | undefined): PullRequest => {
    if (!pullRequestId)
      throw new AwsError('PullRequestIdRequiredException', 'A pull request ID is required.');
    if (!/^\d+$/.test(pullRequestId)) {
      throw new AwsError(
        'InvalidPullRequestIdException',
        `The pull request ID ${pullRequestId} is not valid: allowed are digits.`,
      );
    }
    const pullRequest = this.kept.get(pullRequestId);
    if (pullRequest) return pullRequest;
    throw new AwsError('PullRequestDoesNotExistException', `Pull request ${pullRequestId} does not exist.`);
  };

  /**
   * What a push (or an operation on a branch) means for the open pull requests of its repository: a new tip of the
   * source branch is a new revision; a destination branch at the source's tip was merged by fast-forward; a deleted
   * branch closes.
   * @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-merge-pull-request.html
   */
  async follow(repository: Repository, changes: readonly ReferenceChange[], caller: string): Promise<void> {
    for (const pullRequest of this.of(repository)) {
      if (pullRequest.status !== 'OPEN') continue;
      const source = changes.find(({ name }) => name === pullRequest.sourceReference);
      const destination = changes.find(({ name }) => name === pullRequest.destinationReference);
      if (!source && !destination) continue;
      if (destination?.after === (source?.after ?? pullRequest.sourceCommit)) {
        if (source?.after) await this.sourceUpdated(pullRequest, source.after, caller);
        this.merged(pullRequest, 'FAST_FORWARD_MERGE', pullRequest.sourceCommit, caller);
        continue;
      }
      const deleted = [source, destination].find((change) => change && !change.after);
      if (deleted) {
        this.close(pullRequest, caller, `closed, for ${branchName(deleted.name)} was deleted`);
        continue;
      }
      if (destination?.after) {
        pullRequest.destinationCommit = destination.after;
        pullRequest.mergeBase = await mergeBase(repository, pullRequest.sourceCommit, destination.after);
      }
      if (source?.after) await this.sourceUpdated(pullRequest, source.after, caller);
    }
  }

  /** Closes a pull request whose destination branch has been moved. */
  merged(pullRequest: PullRequest, option: sdk.MergeOptionTypeEnum, commitId: string, caller: string): void {
    pullRequest.status = 'CLOSED';
    pullRequest.merge = { isMerged: true, mergedBy: caller, mergeCommitId: commitId, mergeOption: option };
    this.events.publish(
      pullRequest,
      'PULL_REQUEST_MERGE_STATE_CHANGED',
      caller,
      `merged into ${branchName(pullRequest.destinationReference)} as ${commitId.slice(0, 8)}`,
      {
        pullRequestMergedStateChangedEventMetadata: {
          repositoryName: pullRequest.repository.name,
          destinationReference: pullRequest.destinationReference,
          mergeMetadata: pullRequest.merge,
        },
      },
    );
  }

  /** Forgets the pull requests of a repository that was deleted. */
  forget(repository: Repository): void {
    for (const { id } of this.of(repository)) this.kept.delete(id);
  }

  private of(repository: Repository): PullRequest[] {
    return [...this.kept.values()].filter((pullRequest) => pullRequest.repository === repository);
  }

  private async create(input: sdk.CreatePullRequestCommandInput, caller: string): Promise<PullRequest> {
    const title = checkTitle(input.title);
    const description = checkDescription(input.description);
    const target = await checkTarget(input.targets, this.repository);
    const { repository, sourceCommit, destinationCommit, destinationReference } = target;
    if (this.of(repository).filter(({ status }) => status === 'OPEN').length >= MAXIMUM_OPEN) {
      throw new AwsError(
        'MaximumOpenPullRequestsExceededException',
        `${repository.name} has ${MAXIMUM_OPEN} open pull requests, the most allowed.`,
      );
    }
    const base = await mergeBase(repository, sourceCommit, destinationCommit);
    const now = new Date(this.scope.clock.now());
    const pullRequest = new PullRequest({
      id: String(++this.count),
      title,
      description,
      ...target,
      mergeBase: base,
      authorArn: caller,
      clientRequestToken: input.clientRequestToken,
      approvalRules: this.rules(repository, destinationReference, now),
      creationDate: now,
    });
    this.kept.set(pullRequest.id, pullRequest);
    this.events.publish(pullRequest, 'PULL_REQUEST_CREATED', caller, `created: ${title}`, {
      pullRequestCreatedEventMetadata: {
        repositoryName: repository.name,
        sourceCommitId: sourceCommit,
        destinationCommitId: destinationCommit,
        mergeBase: base,
      },
    });
    return pullRequest;
  }

  private edit(
    pullRequestId: string | undefined,
    changes: Pick<Partial<PullRequest>, 'title' | 'description'>,
  ) {
    const pullRequest = this.find(pullRequestId);
    pullRequest.mustBeOpen();
    Object.assign(pullRequest, changes);
    pullRequest.lastActivityDate = new Date(this.scope.clock.now());
    return { pullRequest: pullRequest.describe() };
  }

  private close(pullRequest: PullRequest, caller: string, happened: string): void {
    pullRequest.status = 'CLOSED';
    this.events.publish(pullRequest, 'PULL_REQUEST_STATUS_CHANGED', caller, happened, {
      pullRequestStatusChangedEventMetadata: { pullRequestStatus: 'CLOSED' },
    });
  }

  private async sourceUpdated(pullRequest: PullRequest, after: string, caller: string): Promise<void> {
    const { repository, sourceCommit: before } = pullRequest;
    pullRequest.sourceCommit = after;
    pullRequest.newRevision();
    pullRequest.mergeBase = await mergeBase(repository, after, pullRequest.destinationCommit);
    this.events.publish(
      pullRequest,
      'PULL_REQUEST_SOURCE_REFERENCE_UPDATED',
      caller,
      `${branchName(pullRequest.sourceReference)} is now at ${after.slice(0, 8)}`,
      {
        pullRequestSourceReferenceUpdatedEventMetadata: {
          repositoryName: repository.name,
          beforeCommitId: before,
          afterCommitId: after,
          mergeBase: pullRequest.mergeBase,
        },
      },
    );
  }
}
