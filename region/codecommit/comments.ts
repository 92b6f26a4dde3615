import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type * as sdk from '@aws-sdk/client-codecommit';
import { AwsError, type Scope } from '../service';
import { CommentEvents } from './comment-events';
import { listTree } from './content';
import { Idempotency } from './idempotency';
import { page } from './page';
import type { PullRequest } from './pull-request';
import type { FindRepository } from './repository';

const MAXIMUM_LENGTH = 10_240;

/** Where a comment stands: on a pull request as a whole, on one of its files, or on a line. */
export interface CommentPlace {
  readonly pullRequest: PullRequest;
  readonly beforeCommitId: string;
  readonly afterCommitId: string;
  readonly beforeBlobId?: string;
  readonly afterBlobId?: string;
  readonly location?: sdk.Location;
}

interface Kept {
  comment: sdk.Comment;
  readonly place: CommentPlace;
}

/** Comments on pull requests, and replies to them. Comments on commits are not played. */
export class Comments {
  private readonly kept = new Map<string, Kept>();
  private readonly posts = new Idempotency<Kept>();
  private readonly events: CommentEvents;

  constructor(
    private readonly scope: Scope,
    private readonly pullRequest: (pullRequestId: string | undefined) => PullRequest,
    private readonly repository: FindRepository,
  ) {
    this.events = new CommentEvents(scope);
  }

  readonly operations = {
    PostCommentForPullRequest: async (input: sdk.PostCommentForPullRequestCommandInput, caller: string) => {
      const { comment, place } = await this.posts.once(input.clientRequestToken, input, async () =>
        this.post(await this.place(input), input, caller),
      );
      return { ...describe(place), comment };
    },
    PostCommentReply: async (input: sdk.PostCommentReplyCommandInput, caller: string) => {
      const { comment } = await this.posts.once(input.clientRequestToken, input, () =>
        this.post(this.find(input.inReplyTo).place, input, caller),
      );
      return { comment };
    },
    GetComment: (input: sdk.GetCommentCommandInput) => ({ comment: this.undeleted(input.commentId).comment }),
    GetCommentsForPullRequest: (input: sdk.GetCommentsForPullRequestCommandInput) => this.list(input),
    UpdateComment: (input: sdk.UpdateCommentCommandInput, caller: string) => {
      const kept = this.undeleted(input.commentId);
      if (kept.comment.authorArn !== caller) {
        throw new AwsError(
          'CommentNotCreatedByCallerException',
          `Comment ${input.commentId} was written by ${kept.comment.authorArn}, not by ${caller}.`,
        );
      }
      return this.change(kept, { content: checkContent(input.content) }, caller);
    },
    DeleteCommentContent: (input: sdk.DeleteCommentContentCommandInput, caller: string) =>
      this.change(this.undeleted(input.commentId), { content: undefined, deleted: true }, caller),
  };

  private post(
    place: CommentPlace,
    input: { content?: string; clientRequestToken?: string; inReplyTo?: string },
    caller: string,
  ): Kept {
    const now = new Date(this.scope.clock.now());
    const comment: sdk.Comment = {
      commentId: randomUUID(),
      content: checkContent(input.content),
      inReplyTo: input.inReplyTo,
      creationDate: now,
      lastModifiedDate: now,
      authorArn: caller,
      deleted: false,
      clientRequestToken: input.clientRequestToken,
      callerReactions: [],
      reactionCounts: {},
    };
    const kept = { comment, place };
    this.kept.set(comment.commentId!, kept);
    this.events.publish('commentOnPullRequestCreated', place, comment, caller);
    return kept;
  }

  private change(kept: Kept, changes: Partial<sdk.Comment>, caller: string) {
    kept.comment = { ...kept.comment, ...changes, lastModifiedDate: new Date(this.scope.clock.now()) };
    this.events.publish('commentOnPullRequestUpdated', kept.place, kept.comment, caller);
    return { comment: kept.comment };
  }

  private async place(input: sdk.PostCommentForPullRequestCommandInput): Promise<CommentPlace> {
    const pullRequest = this.associated(input.pullRequestId, input.repositoryName);
    const { repository } = pullRequest;
    const { beforeCommitId, afterCommitId, location } = input;
    if (!beforeCommitId || !afterCommitId) {
      throw new AwsError(
        'CommitIdRequiredException',
        'A before commit ID and an after commit ID are required.',
      );
    }
    if (beforeCommitId === afterCommitId) {
      throw new AwsError(
        'BeforeCommitIdAndAfterCommitIdAreSameException',
        `The before commit ID and the after commit ID are the same: ${afterCommitId}`,
      );
    }
    await repository.resolve(beforeCommitId);
    await repository.resolve(afterCommitId);
    if (!location) return { pullRequest, beforeCommitId, afterCommitId };

    const { filePath, relativeFileVersion = 'AFTER' } = location;
    if (!filePath)
      throw new AwsError('PathRequiredException', 'The location of a comment needs a file path.');
    const blob = async (commit: string) => (await listTree(repository, commit, filePath))[0]?.id;
    const blobs = { beforeBlobId: await blob(beforeCommitId), afterBlobId: await blob(afterCommitId) };
    if (!blobs[relativeFileVersion === 'BEFORE' ? 'beforeBlobId' : 'afterBlobId']) {
      throw new AwsError(
        'PathDoesNotExistException',
        `${filePath} does not exist at ${relativeFileVersion === 'BEFORE' ? beforeCommitId : afterCommitId}`,
      );
    }
    return { pullRequest, beforeCommitId, afterCommitId, ...blobs, location };
  }

  private list(input: sdk.GetCommentsForPullRequestCommandInput) {
    const pullRequest = this.associated(input.pullRequestId, input.repositoryName, true);
    const found = [...this.kept.values()].filter(
      ({ place }) =>
        place.pullRequest === pullRequest &&
        (input.beforeCommitId ?? place.beforeCommitId) === place.beforeCommitId &&
        (input.afterCommitId ?? place.afterCommitId) === place.afterCommitId,
    );
    const groups: { place: CommentPlace; comments: sdk.Comment[] }[] = [];
    for (const { place, comment } of found) {
      const group = groups.find((one) => isDeepStrictEqual(describe(one.place), describe(place)));
      if (group) group.comments.push(comment);
      else groups.push({ place, comments: [comment] });
    }
    const { items, next } = page(groups, input.maxResults, input.nextToken);
    return {
      commentsForPullRequestData: items.map(({ place, comments }) => ({ ...describe(place), comments })),
      nextToken: next,
    };
  }

  /** @throws RepositoryNotAssociatedWithPullRequestException, and what finding either of them throws */
  private associated(pullRequestId?: string, repositoryName?: string, optional = false): PullRequest {
    const pullRequest = this.pullRequest(pullRequestId);
    if (optional && !repositoryName) return pullRequest;
    pullRequest.mustBeOf(this.repository(repositoryName));
    return pullRequest;
  }

  private undeleted(commentId: string | undefined): Kept {
    const kept = this.find(commentId);
    if (!kept.comment.deleted) return kept;
    throw new AwsError('CommentDeletedException', `Comment ${commentId} was deleted.`);
  }

  private find(commentId: string | undefined): Kept {
    if (!commentId) throw new AwsError('CommentIdRequiredException', 'A comment ID is required.');
    const kept = this.kept.get(commentId);
    if (kept) return kept;
    throw new AwsError('CommentDoesNotExistException', `Comment ${commentId} does not exist.`);
  }
}

function describe({ pullRequest, ...place }: CommentPlace) {
  return { pullRequestId: pullRequest.id, repositoryName: pullRequest.repository.name, ...place };
}

function checkContent(content: string | undefined): string {
  if (!content)
    throw new AwsError('CommentContentRequiredException', 'The content of a comment is required.');
  if (content.length > MAXIMUM_LENGTH) {
    throw new AwsError(
      'CommentContentSizeLimitExceededException',
      `The comment has ${content.length} characters; allowed are ${MAXIMUM_LENGTH}.`,
    );
  }
  return content;
}
