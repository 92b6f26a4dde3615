import { ANN, BOB, pullRequestScope } from './pull-request-scope';

const repositoryName = 'shop';
const { call, commit, details, emitted, open } = pullRequestScope(repositoryName);
let place: { pullRequestId: string; repositoryName: string; beforeCommitId: string; afterCommitId: string };

beforeAll(async () => {
  await call('CreateRepository', { repositoryName });
  const beforeCommitId = await commit('main', { a: '1' });
  const afterCommitId = await commit('topic', { a: '2' });
  const { pullRequestId } = await open('topic');
  place = { pullRequestId, repositoryName, beforeCommitId, afterCommitId };
});

test('a comment is posted once for a token, replied to, changed by its author and deleted', async () => {
  const post = (content: string) =>
    call('PostCommentForPullRequest', { ...place, content, clientRequestToken: 'once' }, BOB);
  const { comment, ...where } = await post('build: green');
  expect(where).toEqual(place);
  expect(comment).toMatchObject({ content: 'build: green', authorArn: BOB, deleted: false });
  expect((await post('build: green')).comment.commentId).toBe(comment.commentId);
  await expect(post('other')).rejects.toMatchObject({ name: 'IdempotencyParameterMismatchException' });
  expect(emitted.at(-1)).toEqual({
    source: 'aws.codecommit',
    detailType: 'CodeCommit Comment on Pull Request',
    resources: ['arn:aws:codecommit:us-east-1:111111111111:shop'],
    detail: {
      event: 'commentOnPullRequestCreated',
      pullRequestId: place.pullRequestId,
      repositoryName,
      repositoryId: expect.any(String),
      commentId: comment.commentId,
      beforeCommitId: place.beforeCommitId,
      afterCommitId: place.afterCommitId,
      callerUserArn: BOB,
      notificationBody: expect.stringContaining('pull-requests/1'),
    },
  });

  const reply = (await call('PostCommentReply', { inReplyTo: comment.commentId, content: 'thanks' })).comment;
  const { commentId } = comment;
  await expect(call('UpdateComment', { commentId, content: 'x' }, ANN)).rejects.toMatchObject({
    name: 'CommentNotCreatedByCallerException',
  });
  const updated = (await call('UpdateComment', { commentId, content: 'build: red' }, BOB)).comment;
  expect(updated).toMatchObject({ commentId, content: 'build: red' });
  const { commentsForPullRequestData } = await call('GetCommentsForPullRequest', {
    pullRequestId: place.pullRequestId,
  });
  expect(commentsForPullRequestData).toMatchObject([
    {
      ...place,
      comments: [
        { commentId, content: 'build: red' },
        { commentId: reply.commentId, inReplyTo: commentId, authorArn: ANN },
      ],
    },
  ]);

  await call('DeleteCommentContent', { commentId }, BOB);
  await expect(call('GetComment', { commentId })).rejects.toMatchObject({ name: 'CommentDeletedException' });
  const [{ comments }] = (await call('GetCommentsForPullRequest', place)).commentsForPullRequestData;
  expect(comments[0]).toMatchObject({ commentId, deleted: true, content: undefined });
  expect(details('CodeCommit Comment on Pull Request').map(({ event }) => event)).toEqual([
    'commentOnPullRequestCreated',
    'commentOnPullRequestCreated',
    'commentOnPullRequestUpdated',
    'commentOnPullRequestUpdated',
  ]);
});

test('a comment on a line names the blobs; comments of other commits are told apart', async () => {
  const location = { filePath: 'a', filePosition: 1, relativeFileVersion: 'AFTER' };
  const posted = await call('PostCommentForPullRequest', { ...place, location, content: 'why 2?' });
  expect(posted).toMatchObject({
    location,
    beforeBlobId: expect.stringMatching(/^[0-9a-f]{40}$/),
    afterBlobId: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  expect(posted.beforeBlobId).not.toBe(posted.afterBlobId);
  const afterCommitId = await commit('topic', { a: '3' });
  await call('PostCommentForPullRequest', { ...place, afterCommitId, content: 'better' });
  const data = async (input: object) =>
    (
      await call('GetCommentsForPullRequest', { pullRequestId: place.pullRequestId, ...input })
    ).commentsForPullRequestData.flatMap((group: any) => group.comments.map((one: any) => one.content));
  expect(await data({ afterCommitId })).toEqual(['better']);
  expect(await data({ repositoryName, afterCommitId: place.afterCommitId })).toContain('why 2?');
  const first = await call('GetCommentsForPullRequest', {
    pullRequestId: place.pullRequestId,
    maxResults: 1,
  });
  expect(first.commentsForPullRequestData).toHaveLength(1);
  expect(await data({ nextToken: first.nextToken })).toContain('better');
});

test.each([
  [{ content: '' }, 'CommentContentRequiredException'],
  [{ content: 'x'.repeat(10_241) }, 'CommentContentSizeLimitExceededException'],
  [{ pullRequestId: '99' }, 'PullRequestDoesNotExistException'],
  [{ repositoryName: undefined }, 'RepositoryNameRequiredException'],
  [{ afterCommitId: undefined }, 'CommitIdRequiredException'],
  [{ afterCommitId: 'f'.repeat(40) }, 'CommitDoesNotExistException'],
  [{ location: { filePath: 'none' } }, 'PathDoesNotExistException'],
])('PostCommentForPullRequest with %.80j: %s', async (input, name) => {
  await expect(call('PostCommentForPullRequest', { ...place, content: 'x', ...input })).rejects.toMatchObject(
    { name },
  );
});

test('a comment that does not exist is an error', async () => {
  await expect(call('PostCommentReply', { inReplyTo: 'none', content: 'x' })).rejects.toMatchObject({
    name: 'CommentDoesNotExistException',
  });
  await expect(call('GetComment', {})).rejects.toMatchObject({ name: 'CommentIdRequiredException' });
});
