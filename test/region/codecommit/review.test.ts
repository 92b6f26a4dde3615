import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  ListBuildsForProjectCommand,
} from '@aws-sdk/client-codebuild';
import {
  AssociateApprovalRuleTemplateWithRepositoryCommand,
  CodeCommitClient,
  CreateApprovalRuleTemplateCommand,
  CreateCommitCommand,
  CreatePullRequestCommand,
  CreateRepositoryCommand,
  EvaluatePullRequestApprovalRulesCommand,
  GetCommentsForPullRequestCommand,
  GetPullRequestCommand,
  MergePullRequestByFastForwardCommand,
  PullRequestApprovalRulesNotSatisfiedException,
  PullRequestCannotBeApprovedByAuthorException,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { JournalEntry } from '../../../region/journal/journal';
import { Region } from '../../../region/region';
import { zipOf } from '../../../region/zip/zip';
import { atEnd, temporaryFolder } from '../../support/folder';
import { rule } from './pull-request-scope';

const ARN = 'arn:aws';
const ACCOUNT = '111111111111';
const BUILDSPEC = `
version: 0.2
phases: {build: {commands: ['test "$(git rev-parse HEAD)" = "$EXPECTED"', 'git diff --exit-code $DESTINATION -- forbidden']}}
`;
/** Sets the approval state as the build says, and posts the result. */
const REVIEWER = `
  const { CodeCommitClient, PostCommentForPullRequestCommand, UpdatePullRequestApprovalStateCommand } =
    require('@aws-sdk/client-codecommit');
  exports.handler = async ({ detail }) => {
    const variables = Object.fromEntries(
      detail['additional-information'].environment['environment-variables'].map(({ name, value }) => [name, value]));
    const client = new CodeCommitClient({});
    const { PULL_REQUEST: pullRequestId, REVISION: revisionId } = variables;
    const approvalState = detail['build-status'] === 'SUCCEEDED' ? 'APPROVE' : 'REVOKE';
    await client.send(new UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId, approvalState }));
    await client.send(new PostCommentForPullRequestCommand({
      pullRequestId, repositoryName: 'shop', beforeCommitId: variables.DESTINATION, afterCommitId: variables.EXPECTED,
      content: detail['build-status'] }));
  };`;

test('a pull request starts a build by a rule; its result approves or blocks the merge', async () => {
  const region = await Region.start({ folder: temporaryFolder('review') });
  atEnd(() => region.stop());
  const config = { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() };
  const codecommit = new CodeCommitClient(config);
  const codebuild = new CodeBuildClient(config);
  const events = new EventBridgeClient(config);
  const repositoryName = 'shop';
  const on = async (name: string, pattern: object, target: object) => {
    await events.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern) }));
    await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'One', ...(target as any) }] }));
  };

  const { repositoryMetadata } = await codecommit.send(new CreateRepositoryCommand({ repositoryName }));
  await codecommit.send(
    new CreateApprovalRuleTemplateCommand({
      approvalRuleTemplateName: 'checked',
      approvalRuleTemplateContent: rule(
        1,
        [`${ARN}:sts::${ACCOUNT}:assumed-role/reviewer/react`],
        ['refs/heads/main'],
      ),
    }),
  );
  await codecommit.send(
    new AssociateApprovalRuleTemplateWithRepositoryCommand({
      approvalRuleTemplateName: 'checked',
      repositoryName,
    }),
  );
  await codebuild.send(
    new CreateProjectCommand({
      name: 'check',
      source: { type: 'CODECOMMIT', location: repositoryMetadata!.cloneUrlHttp, buildspec: BUILDSPEC },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: `${ARN}:iam::${ACCOUNT}:role/build`,
    }),
  );
  await new LambdaClient(config).send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'react', Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 60 },
      Role: `${ARN}:iam::${ACCOUNT}:role/reviewer`,
      Code: { ZipFile: await zipOf({ 'index.js': REVIEWER }) },
    }),
  );
  const variable = (name: string, value: string) =>
    `{"name":"${name}","type":"PLAINTEXT","value":<${value}>}`;
  await on(
    'pull-request',
    {
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Pull Request State Change'],
      resources: [repositoryMetadata!.Arn],
      detail: { event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'] },
    },
    {
      Arn: `${ARN}:codebuild:us-east-1:${ACCOUNT}:project/check`,
      InputTransformer: {
        InputPathsMap: {
          id: '$.detail.pullRequestId',
          source: '$.detail.sourceCommit',
          destination: '$.detail.destinationCommit',
          revision: '$.detail.revisionId',
        },
        InputTemplate:
          '{"sourceVersion":<source>,"environmentVariablesOverride":[' +
          `${variable('PULL_REQUEST', 'id')},${variable('EXPECTED', 'source')},` +
          `${variable('DESTINATION', 'destination')},${variable('REVISION', 'revision')}]}`,
      },
    },
  );
  await on(
    'checked',
    {
      source: ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      detail: { 'project-name': ['check'], 'build-status': ['SUCCEEDED', 'FAILED'] },
    },
    { Arn: `${ARN}:lambda:us-east-1:${ACCOUNT}:function:react` },
  );

  const file = (filePath: string) => [{ filePath, fileContent: Buffer.from('x') }];
  const first = await codecommit.send(
    new CreateCommitCommand({ repositoryName, branchName: 'main', putFiles: file('README') }),
  );

  // The topic branch comes by a real git push, with a file that the build forbids.
  const { userName, password } = region.gitCredentials;
  const origin = new URL(repositoryMetadata!.cloneUrlHttp!);
  Object.assign(origin, { username: userName, password });
  const work = temporaryFolder('clone');
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
    const env = { ...process.env, HOME: work, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
    const { stdout } = await promisify(execFile)('git', [...identity, ...args], {
      cwd: work,
      env,
      timeout: 20_000,
    });
    return stdout.trim();
  };
  const push = async (...edit: string[]) => {
    await git(...edit);
    await git('commit', '-q', '-m', 'Change');
    await git('push', '-q', 'origin', 'HEAD:refs/heads/topic');
    return git('rev-parse', 'HEAD');
  };
  await git('clone', '-q', origin.href, '.');
  await git('mv', 'README', 'forbidden');
  const bad = await push('add', '--all');

  let since = region.journal.position;
  const happened = async (matches: (entry: JournalEntry) => boolean) => {
    const entry = await region.journal.waitFor(matches, { since });
    since = entry.seq;
    return entry;
  };
  const commented = () => happened(({ type }) => type === 'CommentOnPullRequest');
  const lastBuild = async () => {
    const { ids } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: 'check' }));
    return (await codebuild.send(new BatchGetBuildsCommand({ ids: [ids![0]!] }))).builds![0];
  };

  const { pullRequest } = await codecommit.send(
    new CreatePullRequestCommand({
      title: 'Change',
      targets: [{ repositoryName, sourceReference: 'topic' }],
    }),
  );
  const { pullRequestId, approvalRules, revisionId } = pullRequest!;
  expect(approvalRules).toMatchObject([
    { approvalRuleName: 'checked', originApprovalRuleTemplate: { approvalRuleTemplateName: 'checked' } },
  ]);
  await expect(
    codecommit.send(
      new UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId, approvalState: 'APPROVE' }),
    ),
  ).rejects.toThrow(PullRequestCannotBeApprovedByAuthorException);
  expect((await commented()).detail['content']).toBe('FAILED');
  expect(await lastBuild()).toMatchObject({
    buildStatus: 'FAILED',
    sourceVersion: bad,
    resolvedSourceVersion: bad,
    initiator: 'rule/pull-request',
  });
  const merge = () =>
    codecommit.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }));
  await expect(merge()).rejects.toThrow(PullRequestApprovalRulesNotSatisfiedException);

  const good = await push('mv', 'forbidden', 'allowed');
  expect((await commented()).detail['content']).toBe('SUCCEEDED');
  expect(await lastBuild()).toMatchObject({ buildStatus: 'SUCCEEDED', resolvedSourceVersion: good });
  const updated = (await codecommit.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest!;
  expect(updated.revisionId).not.toBe(revisionId);
  const { evaluation } = await codecommit.send(
    new EvaluatePullRequestApprovalRulesCommand({ pullRequestId, revisionId: updated.revisionId }),
  );
  expect(evaluation).toMatchObject({ approved: true, approvalRulesSatisfied: ['checked'] });
  expect((await merge()).pullRequest).toMatchObject({
    pullRequestStatus: 'CLOSED',
    pullRequestTargets: [
      { destinationCommit: first.commitId, mergeMetadata: { isMerged: true, mergeCommitId: good } },
    ],
  });
  const { commentsForPullRequestData } = await codecommit.send(
    new GetCommentsForPullRequestCommand({ pullRequestId }),
  );
  expect(
    commentsForPullRequestData!.map(({ afterCommitId, comments }) => [afterCommitId, comments![0]!.content]),
  ).toEqual([
    [bad, 'FAILED'],
    [good, 'SUCCEEDED'],
  ]);
  expect(commentsForPullRequestData![0]!.comments![0]).toMatchObject({
    authorArn: `${ARN}:sts::${ACCOUNT}:assumed-role/reviewer/react`,
    creationDate: expect.any(Date),
  });
}, 60_000);
