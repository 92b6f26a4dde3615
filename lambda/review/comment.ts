import {
  type CodeCommitClient,
  type Comment,
  GetCommentsForPullRequestCommand,
  PostCommentForPullRequestCommand,
  UpdateCommentCommand,
} from '@aws-sdk/client-codecommit';
import type { ReviewBuild } from './build';

/**
 * Writes the one comment that this function has on a pull request, or brings it up to date.
 * @param identity ARN of the session this function runs in, the author of its comment
 */
export async function comment(
  codecommit: CodeCommitClient,
  { id, pullRequestId, sourceCommit, destinationCommit }: ReviewBuild,
  repositoryName: string,
  identity: string,
  content: string,
): Promise<void> {
  const own = await findOwn(codecommit, pullRequestId, repositoryName, identity);
  if (own) {
    await codecommit.send(new UpdateCommentCommand({ commentId: own.commentId, content }));
    return;
  }
  await codecommit.send(
    new PostCommentForPullRequestCommand({
      pullRequestId,
      repositoryName,
      beforeCommitId: destinationCommit,
      afterCommitId: sourceCommit,
      content,
      clientRequestToken: id, // the same event may come twice at once
    }),
  );
}

async function findOwn(
  codecommit: CodeCommitClient,
  pullRequestId: string,
  repositoryName: string,
  identity: string,
): Promise<Comment | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await codecommit.send(
      new GetCommentsForPullRequestCommand({ pullRequestId, repositoryName, nextToken }),
    );
    const comments = page.commentsForPullRequestData?.flatMap(({ comments }) => comments ?? []) ?? [];
    const own = comments.find(({ authorArn, deleted }) => authorArn === identity && !deleted);
    if (own) return own;
    nextToken = page.nextToken;
  } while (nextToken);
  return undefined;
}
