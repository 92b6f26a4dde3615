import { ANN, BOB, pullRequestScope, STATE_CHANGE } from './pull-request-scope';

const repositoryName = 'shop';
const { call, codecommit, commit, details, emitted, get, open, scope, tip } =
  pullRequestScope(repositoryName);

beforeAll(async () => {
  await call('CreateRepository', { repositoryName });
  await commit('main', { a: '1' });
});

const events = (id: string) => details(STATE_CHANGE, id).map(({ event }) => event);

test('a pull request is created, listed and described, with an event in the documented shape', async () => {
  const base = await tip('main');
  const source = await commit('created', { b: '1' });
  const pullRequest = await open('created', { description: 'why', clientRequestToken: 'token' });
  const target = {
    repositoryName,
    sourceReference: 'refs/heads/created',
    destinationReference: 'refs/heads/main',
    sourceCommit: source,
    destinationCommit: base,
    mergeBase: base,
    mergeMetadata: { isMerged: false },
  };
  expect(pullRequest).toMatchObject({
    pullRequestId: '1',
    title: 'Merge created',
    description: 'why',
    authorArn: ANN,
    pullRequestStatus: 'OPEN',
    pullRequestTargets: [target],
    revisionId: expect.stringMatching(/^[0-9a-f]{64}$/),
    approvalRules: [],
    clientRequestToken: 'token',
  });
  expect(emitted.at(-1)).toEqual({
    source: 'aws.codecommit',
    detailType: STATE_CHANGE,
    resources: ['arn:aws:codecommit:us-east-1:111111111111:shop'],
    detail: {
      event: 'pullRequestCreated',
      pullRequestId: '1',
      title: 'Merge created',
      description: 'why',
      author: ANN,
      callerUserArn: ANN,
      pullRequestStatus: 'Open',
      isMerged: 'False',
      repositoryNames: [repositoryName],
      revisionId: pullRequest.revisionId,
      sourceReference: 'refs/heads/created',
      sourceCommit: source,
      destinationReference: 'refs/heads/main',
      destinationCommit: base,
      creationDate: 'Thu Jan 01 00:00:00 UTC 2026',
      lastModifiedDate: 'Thu Jan 01 00:00:00 UTC 2026',
      notificationBody: expect.stringContaining('/repositories/shop/pull-requests/1?region=us-east-1'),
    },
  });
  expect(scope.journal.entries().at(-1)).toMatchObject({
    source: 'codecommit',
    type: 'PullRequestStateChange',
    message: 'pull request 1 of shop: created: Merge created',
  });

  expect((await open('created', { description: 'why', clientRequestToken: 'token' })).pullRequestId).toBe(
    '1',
  );
  await expect(open('created', { clientRequestToken: 'token' })).rejects.toMatchObject({
    name: 'IdempotencyParameterMismatchException',
  });
  expect(await call('ListPullRequests', { repositoryName, pullRequestStatus: 'OPEN' })).toMatchObject({
    pullRequestIds: ['1'],
  });
  expect(await call('ListPullRequests', { repositoryName, authorArn: BOB })).toMatchObject({
    pullRequestIds: [],
  });
});

test('a push to the source branch is a new revision; one to the destination branch moves the merge base', async () => {
  const first = await commit('pushed', { c: '1' });
  const { pullRequestId, revisionId } = await open('pushed');
  const second = await commit('pushed', { c: '2' });
  const updated = await get(pullRequestId);
  expect(updated.revisionId).not.toBe(revisionId);
  expect(updated.pullRequestTargets[0].sourceCommit).toBe(second);
  expect(details(STATE_CHANGE, pullRequestId).at(-1)).toMatchObject({
    event: 'pullRequestSourceBranchUpdated',
    sourceCommit: second,
    revisionId: updated.revisionId,
  });
  const main = await commit('main', { main: '1' });
  const behind = await get(pullRequestId);
  expect(behind.revisionId).toBe(updated.revisionId);
  expect(behind.pullRequestTargets[0]).toMatchObject({ destinationCommit: main });
  expect(behind.pullRequestTargets[0].mergeBase).not.toBe(main);

  const { pullRequestEvents } = await call('DescribePullRequestEvents', {
    pullRequestId,
    pullRequestEventType: 'PULL_REQUEST_SOURCE_REFERENCE_UPDATED',
  });
  expect(pullRequestEvents).toMatchObject([
    {
      actorArn: ANN,
      pullRequestSourceReferenceUpdatedEventMetadata: {
        repositoryName,
        beforeCommitId: first,
        afterCommitId: second,
      },
    },
  ]);
});

test('title, description and status change; a closed pull request stays as it is', async () => {
  await commit('edited', { d: '1' });
  const { pullRequestId } = await open('edited');
  await call('UpdatePullRequestTitle', { pullRequestId, title: 'New' });
  await call('UpdatePullRequestDescription', { pullRequestId, description: 'because' });
  expect(await get(pullRequestId)).toMatchObject({ title: 'New', description: 'because' });
  const { pullRequest } = await call(
    'UpdatePullRequestStatus',
    { pullRequestId, pullRequestStatus: 'CLOSED' },
    BOB,
  );
  expect(pullRequest.pullRequestStatus).toBe('CLOSED');
  expect(details(STATE_CHANGE, pullRequestId).at(-1)).toMatchObject({
    event: 'pullRequestStatusChanged',
    pullRequestStatus: 'Closed',
    isMerged: 'False',
    callerUserArn: BOB,
  });
  await expect(call('UpdatePullRequestTitle', { pullRequestId, title: 'x' })).rejects.toMatchObject({
    name: 'PullRequestAlreadyClosedException',
  });
  await expect(
    call('UpdatePullRequestStatus', { pullRequestId, pullRequestStatus: 'OPEN' }),
  ).rejects.toMatchObject({ name: 'InvalidPullRequestStatusUpdateException' });
  await commit('edited', { d: '2' });
  expect(events(pullRequestId)).toEqual(['pullRequestCreated', 'pullRequestStatusChanged']);
});

test('a deleted branch closes its pull requests', async () => {
  await commit('deleted', { e: '1' });
  const { pullRequestId } = await open('deleted');
  await call('DeleteBranch', { repositoryName, branchName: 'deleted' });
  expect(await get(pullRequestId)).toMatchObject({ pullRequestStatus: 'CLOSED' });
  expect(events(pullRequestId)).toEqual(['pullRequestCreated', 'pullRequestStatusChanged']);
});

test('a destination branch that is moved to the tip of the source merged it, even when the source is deleted with it', async () => {
  const source = await commit('by-git', { f: '1' });
  const { pullRequestId } = await open('by-git');
  // What `git push origin by-git:main :by-git` leaves behind.
  const repository = codecommit.find(repositoryName);
  await repository.run(['update-ref', 'refs/heads/main', source]);
  await repository.run(['update-ref', '-d', 'refs/heads/by-git']);
  await commit('other', { g: '1' });
  expect(await get(pullRequestId)).toMatchObject({
    pullRequestStatus: 'CLOSED',
    pullRequestTargets: [
      { mergeMetadata: { isMerged: true, mergeOption: 'FAST_FORWARD_MERGE', mergeCommitId: source } },
    ],
  });
  expect(events(pullRequestId)).toEqual(['pullRequestCreated', 'pullRequestMergeStatusUpdated']);
});

const target = { repositoryName, sourceReference: 'other' };
test.each([
  [{ title: '' }, 'TitleRequiredException'],
  [{ title: 'x'.repeat(151) }, 'InvalidTitleException'],
  [{ targets: [] }, 'TargetsRequiredException'],
  [{ targets: [target, target] }, 'InvalidTargetsException'],
  [{ targets: [{ ...target, repositoryName: 'none' }] }, 'RepositoryDoesNotExistException'],
  [{ targets: [{ ...target, sourceReference: 'none' }] }, 'ReferenceDoesNotExistException'],
  [{ targets: [{ ...target, sourceReference: 'refs/tags/v1' }] }, 'ReferenceTypeNotSupportedException'],
  [
    { targets: [{ ...target, destinationReference: 'refs/heads/other' }] },
    'SourceAndDestinationAreSameException',
  ],
])('CreatePullRequest with %j: %s', async (input, name) => {
  await expect(call('CreatePullRequest', { title: 't', targets: [target], ...input })).rejects.toMatchObject({
    name,
  });
});

test.each([
  [undefined, 'PullRequestIdRequiredException'],
  ['one', 'InvalidPullRequestIdException'],
  ['999', 'PullRequestDoesNotExistException'],
])('GetPullRequest of %s: %s', async (pullRequestId, name) => {
  await expect(call('GetPullRequest', { pullRequestId })).rejects.toMatchObject({ name });
});

test('a deleted repository takes its pull requests with it', async () => {
  const { call: callGone, ...gone } = pullRequestScope('gone');
  await callGone('CreateRepository', { repositoryName: 'gone' });
  await gone.commit('main', { a: '1' });
  await gone.commit('topic', { a: '2' });
  const { pullRequestId } = await gone.open('topic');
  await callGone('DeleteRepository', { repositoryName: 'gone' });
  await expect(gone.get(pullRequestId)).rejects.toMatchObject({ name: 'PullRequestDoesNotExistException' });
});
