import { isSatisfied, parseContent } from '../../../region/codecommit/approval-rule-content';
import { ANN, BOB, CARL, pullRequestScope, rule, STATE_CHANGE } from './pull-request-scope';

const repositoryName = 'shop';
const { call, commit, details, get, open } = pullRequestScope(repositoryName);
let count = 0;

beforeAll(async () => {
  await call('CreateRepository', { repositoryName });
  await commit('main', { a: '1' });
  await commit('release/1', { a: '1.1' });
});

/** A pull request by Ann from a branch of its own. */
async function opened(destinationReference = 'main') {
  const branch = `topic-${++count}`;
  await commit(branch, { [branch]: '1' });
  const pullRequest = await open(branch, {
    targets: [{ repositoryName, sourceReference: branch, destinationReference }],
  });
  return { ...pullRequest, branch };
}

const approve = (pullRequestId: string, revisionId: string, who: string, approvalState = 'APPROVE') =>
  call('UpdatePullRequestApprovalState', { pullRequestId, revisionId, approvalState }, who);
const evaluation = async (pullRequestId: string) => {
  const { revisionId } = await get(pullRequestId);
  return (await call('EvaluatePullRequestApprovalRules', { pullRequestId, revisionId })).evaluation;
};

test('approvals count for the current revision, not for its author, and can be revoked', async () => {
  const { pullRequestId, revisionId, branch } = await opened();
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: true });
  await call('CreatePullRequestApprovalRule', {
    pullRequestId,
    approvalRuleName: 'two',
    approvalRuleContent: rule(2),
  });
  await expect(approve(pullRequestId, revisionId, ANN)).rejects.toMatchObject({
    name: 'PullRequestCannotBeApprovedByAuthorException',
  });
  await approve(pullRequestId, revisionId, BOB);
  await approve(pullRequestId, revisionId, BOB);
  expect(await evaluation(pullRequestId)).toEqual({
    approved: false,
    overridden: false,
    approvalRulesSatisfied: [],
    approvalRulesNotSatisfied: ['two'],
  });
  await approve(pullRequestId, revisionId, CARL);
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: true, approvalRulesSatisfied: ['two'] });
  await approve(pullRequestId, revisionId, CARL, 'REVOKE');
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: false });
  expect(await call('GetPullRequestApprovalStates', { pullRequestId, revisionId })).toEqual({
    approvals: [
      { userArn: BOB, approvalState: 'APPROVE' },
      { userArn: CARL, approvalState: 'REVOKE' },
    ],
  });
  expect(details(STATE_CHANGE, pullRequestId).at(-1)).toMatchObject({
    event: 'pullRequestApprovalStateChanged',
    approvalStatus: 'REVOKE',
    callerUserArn: CARL,
    revisionId,
  });
  await approve(pullRequestId, revisionId, CARL);

  await commit(branch, { more: '1' });
  const now = await get(pullRequestId);
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: false });
  await expect(approve(pullRequestId, revisionId, BOB)).rejects.toMatchObject({
    name: 'RevisionNotCurrentException',
  });
  expect(await call('GetPullRequestApprovalStates', { pullRequestId, revisionId: now.revisionId })).toEqual({
    approvals: [],
  });
});

test('an override sets the rules aside for one revision', async () => {
  const { pullRequestId, revisionId, branch } = await opened();
  await call('CreatePullRequestApprovalRule', {
    pullRequestId,
    approvalRuleName: 'one',
    approvalRuleContent: rule(1),
  });
  const override = (overrideStatus: string) =>
    call('OverridePullRequestApprovalRules', { pullRequestId, revisionId, overrideStatus }, BOB);
  await override('OVERRIDE');
  expect(await evaluation(pullRequestId)).toMatchObject({
    approved: true,
    overridden: true,
    approvalRulesNotSatisfied: ['one'],
  });
  expect(await call('GetPullRequestOverrideState', { pullRequestId, revisionId })).toEqual({
    overridden: true,
    overrider: BOB,
  });
  await expect(override('OVERRIDE')).rejects.toMatchObject({ name: 'OverrideAlreadySetException' });
  expect(details(STATE_CHANGE, pullRequestId).at(-1)).toMatchObject({
    event: 'pullRequestApprovalRuleOverridden',
    overrideStatus: 'OVERRIDE',
  });
  await override('REVOKE');
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: false, overridden: false });
  await override('OVERRIDE');
  await commit(branch, { more: '2' });
  expect(await evaluation(pullRequestId)).toMatchObject({ approved: false, overridden: false });
});

test('a rule of a pull request is changed and deleted, with events', async () => {
  const { pullRequestId } = await opened();
  const name = { pullRequestId, approvalRuleName: 'own' };
  const { approvalRule } = await call('CreatePullRequestApprovalRule', {
    ...name,
    approvalRuleContent: rule(2),
  });
  expect(approvalRule).toMatchObject({
    approvalRuleName: 'own',
    approvalRuleContent: rule(2),
    lastModifiedUser: ANN,
    ruleContentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  await expect(
    call('CreatePullRequestApprovalRule', { ...name, approvalRuleContent: rule(1) }),
  ).rejects.toMatchObject({ name: 'ApprovalRuleNameAlreadyExistsException' });
  await expect(
    call('UpdatePullRequestApprovalRuleContent', {
      ...name,
      newRuleContent: rule(1),
      existingRuleContentSha256: '0',
    }),
  ).rejects.toMatchObject({ name: 'InvalidRuleContentSha256Exception' });
  await call('UpdatePullRequestApprovalRuleContent', {
    ...name,
    newRuleContent: rule(1),
    existingRuleContentSha256: approvalRule.ruleContentSha256,
  });
  expect((await get(pullRequestId)).approvalRules).toMatchObject([{ approvalRuleContent: rule(1) }]);
  expect(await call('DeletePullRequestApprovalRule', name)).toEqual({
    approvalRuleId: approvalRule.approvalRuleId,
  });
  expect((await get(pullRequestId)).approvalRules).toEqual([]);
  expect(details(STATE_CHANGE, pullRequestId).slice(1)).toMatchObject([
    {
      event: 'pullRequestApprovalRuleCreated',
      approvalRuleName: 'own',
      approvalRuleContentSha256: approvalRule.ruleContentSha256,
    },
    { event: 'pullRequestApprovalRuleUpdated' },
    { event: 'pullRequestApprovalRuleDeleted' },
  ]);
});

test('an associated template makes a rule on new pull requests to its branches, which cannot be taken off', async () => {
  const TEMPLATE_CHANGE = 'CodeCommit Approval Rule Template Change';
  const approvalRuleTemplateName = 'reviewed';
  const content = rule(1, undefined, ['refs/heads/rel*']);
  const { approvalRuleTemplate } = await call('CreateApprovalRuleTemplate', {
    approvalRuleTemplateName,
    approvalRuleTemplateContent: content,
    approvalRuleTemplateDescription: 'd',
  });
  const before = await opened('release/1');
  const association = { approvalRuleTemplateName, repositoryName };
  await call('AssociateApprovalRuleTemplateWithRepository', association);
  expect(await call('ListAssociatedApprovalRuleTemplatesForRepository', { repositoryName })).toMatchObject({
    approvalRuleTemplateNames: [approvalRuleTemplateName],
  });
  expect(await call('ListRepositoriesForApprovalRuleTemplate', { approvalRuleTemplateName })).toMatchObject({
    repositoryNames: [repositoryName],
  });
  const after = await opened('release/1');
  const elsewhere = await opened('main');
  expect([before.approvalRules, elsewhere.approvalRules]).toEqual([[], []]);
  expect(after.approvalRules).toMatchObject([
    {
      approvalRuleName: approvalRuleTemplateName,
      approvalRuleContent: content,
      originApprovalRuleTemplate: {
        approvalRuleTemplateId: approvalRuleTemplate.approvalRuleTemplateId,
        approvalRuleTemplateName,
      },
    },
  ]);
  const rulePath = { pullRequestId: after.pullRequestId, approvalRuleName: approvalRuleTemplateName };
  await expect(call('DeletePullRequestApprovalRule', rulePath)).rejects.toMatchObject({
    name: 'CannotDeleteApprovalRuleFromTemplateException',
  });
  await expect(
    call('UpdatePullRequestApprovalRuleContent', { ...rulePath, newRuleContent: rule(2) }),
  ).rejects.toMatchObject({ name: 'CannotModifyApprovalRuleFromTemplateException' });
  await expect(call('DeleteApprovalRuleTemplate', { approvalRuleTemplateName })).rejects.toMatchObject({
    name: 'ApprovalRuleTemplateInUseException',
  });

  const renamed = { approvalRuleTemplateName: 'approved' };
  await call('UpdateApprovalRuleTemplateName', {
    oldApprovalRuleTemplateName: approvalRuleTemplateName,
    newApprovalRuleTemplateName: 'approved',
  });
  await call('UpdateApprovalRuleTemplateContent', { ...renamed, newRuleContent: rule(3) });
  await call('UpdateApprovalRuleTemplateDescription', { ...renamed, approvalRuleTemplateDescription: 'e' });
  expect(await call('GetApprovalRuleTemplate', renamed)).toMatchObject({
    approvalRuleTemplate: {
      ...renamed,
      approvalRuleTemplateContent: rule(3),
      approvalRuleTemplateDescription: 'e',
    },
  });
  expect((await get(after.pullRequestId)).approvalRules[0].approvalRuleContent).toBe(content);
  await call('DisassociateApprovalRuleTemplateFromRepository', { ...renamed, repositoryName });
  await call('DeleteApprovalRuleTemplate', renamed);
  await expect(call('GetApprovalRuleTemplate', renamed)).rejects.toMatchObject({
    name: 'ApprovalRuleTemplateDoesNotExistException',
  });
  expect(details(TEMPLATE_CHANGE).map(({ event }) => event)).toEqual([
    'approvalRuleTemplateCreated',
    'approvalRuleTemplateAssociatedWithRepository',
    'approvalRuleTemplateUpdated',
    'approvalRuleTemplateUpdated',
    'approvalRuleTemplateUpdated',
    'approvalRuleTemplateDisassociatedFromRepository',
    'approvalRuleTemplateDeleted',
  ]);
  expect(details(TEMPLATE_CHANGE)[1]).toMatchObject({
    repositories: { shop: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    approvalRuleTemplateContentSha256: approvalRuleTemplate.ruleContentSha256,
  });
});

test.each([
  ['CodeCommitApprovers:111111111111:bob', BOB, true],
  ['CodeCommitApprovers:222222222222:bob', BOB, false],
  ['CodeCommitApprovers:111111111111:bob', 'arn:aws:sts::111111111111:federated-user/bob', true],
  ['CodeCommitApprovers:111111111111:carl', CARL, false],
  ['CodeCommitApprovers:111111111111:*carl', CARL, true],
  ['CodeCommitApprovers:111111111111:Reviewer/carl', CARL, true],
  ['CodeCommitApprovers:111111111111:Reviewer/*', CARL, true],
  ['arn:aws:sts::111111111111:assumed-role/Reviewer/*', CARL, true],
  ['arn:aws:sts::111111111111:assumed-role/Reviewer', CARL, true],
  ['arn:aws:sts::111111111111:assumed-role/Review', CARL, false],
  ['arn:aws:sts::111111111111:assumed-role/Reviewer/dora', CARL, false],
  ['arn:aws:iam::111111111111:user/b.b', BOB, false],
])('pool member %s and %s: %s', (member, approver, expected) => {
  expect(isSatisfied(parseContent(rule(1, [member]), 'ApprovalRule'), [approver])).toBe(expected);
});

const statement = { Type: 'Approvers', NumberOfApprovalsNeeded: 1 };
test.each([
  ['', 'ContentRequiredException', ''],
  ['{', 'InvalidXContentException', 'JSON'],
  [JSON.stringify({ Version: '2012-10-17', Statements: [statement] }), 'InvalidXContentException', 'Version'],
  [JSON.stringify({ Version: '2018-11-08', Statements: [] }), 'InvalidXContentException', 'Statements'],
  [rule(0), 'InvalidXContentException', 'Statements.0.NumberOfApprovalsNeeded'],
  [rule(1, ['bob']), 'InvalidXContentException', 'Statements.0.ApprovalPoolMembers.0'],
  [rule(1, [], ['main']), 'InvalidXContentException', 'DestinationReferences.0'],
  [rule(1, [], ['refs/heads/*']), 'InvalidXContentException', 'DestinationReferences.0'],
  [
    rule(1, Array(100).fill(`CodeCommitApprovers:111111111111:${'b'.repeat(40)}`)),
    'InvalidXContentException',
    '3000',
  ],
])('content %.60s: %s', async (content, code, reason) => {
  const { pullRequestId } = await opened();
  const named = (kind: string) => ({
    name: code.startsWith('Invalid') ? code.replace('X', kind) : `${kind}${code}`,
    message: expect.stringContaining(reason),
  });
  await expect(
    call('CreatePullRequestApprovalRule', {
      pullRequestId,
      approvalRuleName: 'x',
      approvalRuleContent: content,
    }),
  ).rejects.toMatchObject(named('ApprovalRule'));
  await expect(
    call('CreateApprovalRuleTemplate', {
      approvalRuleTemplateName: 'x',
      approvalRuleTemplateContent: content,
    }),
  ).rejects.toMatchObject(named('ApprovalRuleTemplate'));
});

test.each<[string, Record<string, string>, string]>([
  ['UpdatePullRequestApprovalState', {}, 'RevisionIdRequiredException'],
  ['UpdatePullRequestApprovalState', { revisionId: 'x' }, 'InvalidRevisionIdException'],
  ['UpdatePullRequestApprovalState', { revisionId: 'current' }, 'ApprovalStateRequiredException'],
  [
    'UpdatePullRequestApprovalState',
    { revisionId: 'current', approvalState: 'NO' },
    'InvalidApprovalStateException',
  ],
  ['OverridePullRequestApprovalRules', { revisionId: 'current' }, 'OverrideStatusRequiredException'],
  ['CreatePullRequestApprovalRule', { approvalRuleContent: rule(1) }, 'ApprovalRuleNameRequiredException'],
  ['CreatePullRequestApprovalRule', { approvalRuleName: 'a/b' }, 'InvalidApprovalRuleNameException'],
])('%s with %j: %s', async (operation, input, name) => {
  const { pullRequestId, revisionId } = await opened();
  const current = input.revisionId === 'current' ? { revisionId } : {};
  await expect(call(operation, { pullRequestId, ...input, ...current }, BOB)).rejects.toMatchObject({ name });
});
