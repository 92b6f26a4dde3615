import { ANN, BOB, pullRequestScope, rule, STATE_CHANGE } from './pull-request-scope';

const repositoryName = 'shop';
const { call, commit, details, emitted, file, get, open, tip } = pullRequestScope(repositoryName);
const LINES = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\n');

beforeAll(async () => {
  await call('CreateRepository', { repositoryName });
  await commit('main', { lines: LINES, other: 'o' });
});

const commitOf = async (commitId: string) => (await call('GetCommit', { repositoryName, commitId })).commit;
const between = (source: string, more: object = {}) => ({
  repositoryName,
  sourceCommitSpecifier: source,
  destinationCommitSpecifier: 'main',
  ...more,
});

test('fast-forward moves the destination branch to the source commit and closes the pull request', async () => {
  const source = await commit('forward', { other: 'forward' });
  const { pullRequestId } = await open('forward');
  expect((await call('GetMergeOptions', between('forward'))).mergeOptions).toEqual([
    'FAST_FORWARD_MERGE',
    'SQUASH_MERGE',
    'THREE_WAY_MERGE',
  ]);
  await expect(
    call('MergePullRequestByFastForward', {
      pullRequestId,
      repositoryName,
      sourceCommitId: await tip('main'),
    }),
  ).rejects.toMatchObject({ name: 'TipOfSourceReferenceIsDifferentException' });
  const { pullRequest } = await call(
    'MergePullRequestByFastForward',
    { pullRequestId, repositoryName, sourceCommitId: source },
    BOB,
  );
  expect(pullRequest).toMatchObject({
    pullRequestStatus: 'CLOSED',
    pullRequestTargets: [
      {
        sourceCommit: source,
        mergeMetadata: {
          isMerged: true,
          mergedBy: BOB,
          mergeCommitId: source,
          mergeOption: 'FAST_FORWARD_MERGE',
        },
      },
    ],
  });
  expect(await tip('main')).toBe(source);
  expect(details(STATE_CHANGE, pullRequestId).map(({ event }) => event)).toEqual([
    'pullRequestCreated',
    'pullRequestMergeStatusUpdated',
  ]);
  expect(details(STATE_CHANGE, pullRequestId).at(-1)).toMatchObject({
    isMerged: 'True',
    pullRequestStatus: 'Closed',
    mergeOption: 'FAST_FORWARD_MERGE',
    callerUserArn: BOB,
  });
  // The moved branch is an event of its own, which starts pipelines.
  expect(emitted.at(-1).detail).toMatchObject({
    event: 'referenceUpdated',
    referenceName: 'main',
    commitId: source,
  });
  await expect(
    call('MergePullRequestByFastForward', { pullRequestId, repositoryName }),
  ).rejects.toMatchObject({ name: 'PullRequestAlreadyClosedException' });
});

test('branches that went apart merge by a squash or a three-way commit, not by fast-forward', async () => {
  const [first, second] = [await commit('squash', { s1: '1' }), await commit('squash', { s2: '2' })];
  const source = await commit('three', { t: '1' });
  const main = await commit('main', { m: '1' });
  const squash = await open('squash');
  const three = await open('three');
  await expect(
    call('MergePullRequestByFastForward', { pullRequestId: squash.pullRequestId, repositoryName }),
  ).rejects.toMatchObject({ name: 'ManualMergeRequiredException' });
  expect(
    await call('GetMergeConflicts', between('squash', { mergeOption: 'FAST_FORWARD_MERGE' })),
  ).toMatchObject({
    mergeable: false,
    conflictMetadataList: [],
  });

  await call('MergePullRequestBySquash', { pullRequestId: squash.pullRequestId, repositoryName });
  const squashed = await commitOf(await tip('main'));
  expect(squashed).toMatchObject({ parents: [main], author: { name: 'ann' } });
  expect(squashed.message).toContain('Change s1');
  expect(squashed.message).toContain('Change s2');
  expect(squashed.parents).not.toContain(first);
  expect(squashed.parents).not.toContain(second);

  await call('MergePullRequestByThreeWay', {
    pullRequestId: three.pullRequestId,
    repositoryName,
    commitMessage: 'Together',
    authorName: 'Ann A',
    email: 'ann@example.com',
  });
  expect(await commitOf(await tip('main'))).toMatchObject({
    parents: [squashed.commitId, source],
    message: expect.stringMatching(/^Together\n?$/),
    author: { name: 'Ann A', email: 'ann@example.com' },
  });
  expect([await file('main', 's1'), await file('main', 't'), await file('main', 'm')]).toEqual([
    '1',
    '1',
    '1',
  ]);
});

test('both sides changed different lines: a conflict of files, not of lines', async () => {
  await commit('lines', { lines: LINES.replace('1', 'one') });
  await commit('main', { lines: LINES.replace('9', 'nine') });
  const { pullRequestId } = await open('lines');
  const options = { mergeOption: 'THREE_WAY_MERGE' };
  expect(await call('GetMergeConflicts', between('lines', options))).toMatchObject({
    mergeable: false,
    conflictMetadataList: [
      {
        filePath: 'lines',
        numberOfConflicts: 1,
        contentConflict: true,
        fileModeConflict: false,
        objectTypeConflict: false,
        mergeOperations: { source: 'M', destination: 'M' },
        fileSizes: { source: 20, destination: 21, base: 18 },
        isBinaryFile: { source: false, destination: false, base: false },
      },
    ],
  });
  expect((await call('GetMergeOptions', between('lines'))).mergeOptions).toEqual([]);
  const lineLevel = { conflictDetailLevel: 'LINE_LEVEL' };
  expect(await call('GetMergeConflicts', between('lines', { ...options, ...lineLevel }))).toMatchObject({
    mergeable: true,
  });
  const merge = { pullRequestId, repositoryName };
  await expect(call('MergePullRequestByThreeWay', merge)).rejects.toMatchObject({
    name: 'ManualMergeRequiredException',
  });
  await call('MergePullRequestByThreeWay', { ...merge, ...lineLevel });
  expect(await file('main', 'lines')).toBe(LINES.replace('1', 'one').replace('9', 'nine'));
});

test.each([
  ['FILE_LEVEL', 'ACCEPT_SOURCE', ['source', '2', 'end']],
  ['FILE_LEVEL', 'ACCEPT_DESTINATION', ['destination', '2', 'changed']],
  ['LINE_LEVEL', 'ACCEPT_SOURCE', ['source', '2', 'changed']],
  ['LINE_LEVEL', 'ACCEPT_DESTINATION', ['destination', '2', 'changed']],
])('the same line changed, %s, %s', async (conflictDetailLevel, conflictResolutionStrategy, expected) => {
  const text = (lines: string[]) => [lines[0], '2', '3', '4', '5', lines[1], ''].join('\n');
  const name = `${conflictDetailLevel}-${conflictResolutionStrategy}`;
  await commit('main', { [name]: text(['start', 'end']) });
  await commit(name, { [name]: text(['source', 'end']) });
  await commit('main', { [name]: text(['destination', 'changed']) });
  const { pullRequestId } = await open(name);
  const merge = { pullRequestId, repositoryName, conflictDetailLevel };
  expect(
    await call('GetMergeConflicts', between(name, { mergeOption: 'SQUASH_MERGE', conflictDetailLevel })),
  ).toMatchObject({ mergeable: false, conflictMetadataList: [{ filePath: name, numberOfConflicts: 1 }] });
  await expect(call('MergePullRequestBySquash', merge)).rejects.toMatchObject({
    name: 'ManualMergeRequiredException',
  });
  await call('MergePullRequestBySquash', { ...merge, conflictResolutionStrategy });
  const lines = (await file('main', name)).split('\n');
  expect([lines[0], lines[1], lines[5]]).toEqual(expected);
});

test('a file deleted on one side and changed on the other is a conflict', async () => {
  await commit('main', { doomed: 'x' });
  await commit('deletes', { doomed: undefined });
  await commit('main', { doomed: 'y' });
  expect(await call('GetMergeConflicts', between('deletes', { mergeOption: 'SQUASH_MERGE' }))).toMatchObject({
    mergeable: false,
    conflictMetadataList: [{ filePath: 'doomed', mergeOperations: { source: 'D', destination: 'M' } }],
  });
  const { pullRequestId } = await open('deletes');
  await call('MergePullRequestBySquash', {
    pullRequestId,
    repositoryName,
    conflictResolutionStrategy: 'ACCEPT_SOURCE',
  });
  await expect(file('main', 'doomed')).rejects.toMatchObject({ name: 'FileDoesNotExistException' });
});

test('rules that are not satisfied refuse every way to merge; an override or an approval lets it through', async () => {
  await commit('ruled', { r: '1' });
  const { pullRequestId, revisionId } = await open('ruled');
  await call('CreatePullRequestApprovalRule', {
    pullRequestId,
    approvalRuleName: 'one',
    approvalRuleContent: rule(1),
  });
  const main = await tip('main');
  for (const way of ['FastForward', 'Squash', 'ThreeWay']) {
    await expect(call(`MergePullRequestBy${way}`, { pullRequestId, repositoryName })).rejects.toMatchObject({
      name: 'PullRequestApprovalRulesNotSatisfiedException',
      message: expect.stringContaining('one'),
    });
  }
  expect(await tip('main')).toBe(main);
  await call('UpdatePullRequestApprovalState', { pullRequestId, revisionId, approvalState: 'APPROVE' }, BOB);
  await call('MergePullRequestByFastForward', { pullRequestId, repositoryName });
  expect(await get(pullRequestId)).toMatchObject({ pullRequestStatus: 'CLOSED', authorArn: ANN });
});

test.each([
  [
    'MergePullRequestByFastForward',
    { pullRequestId: '1', repositoryName: 'none' },
    'RepositoryDoesNotExistException',
  ],
  [
    'MergePullRequestByFastForward',
    { pullRequestId: '1', repositoryName: 'elsewhere' },
    'RepositoryNotAssociatedWithPullRequestException',
  ],
  ['GetMergeConflicts', between('main'), 'MergeOptionRequiredException'],
  ['GetMergeOptions', between('none'), 'CommitDoesNotExistException'],
  [
    'GetMergeOptions',
    between('main', { conflictResolutionStrategy: 'AUTOMERGE' }),
    'InvalidConflictResolutionStrategyException',
  ],
])('%s of %j: %s', async (operation, input, name) => {
  await call('CreateRepository', { repositoryName: 'elsewhere' }).catch(() => {});
  await expect(call(operation, input)).rejects.toMatchObject({ name });
});
