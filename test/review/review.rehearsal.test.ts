import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { CodeBuildClient, ListBuildsCommand } from '@aws-sdk/client-codebuild';
import {
  CodeCommitClient,
  CreatePullRequestCommand,
  GetCommentsForPullRequestCommand,
  GetPullRequestCommand,
  MergePullRequestByFastForwardCommand,
  PullRequestApprovalRulesNotSatisfiedException,
  PullRequestCannotBeApprovedByAuthorException,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { IpAddresses, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { compareAssemblies } from '../../lib/review/compare/compare';
import { PullRequestReview } from '../../lib/review/pull-request-review';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { atEnd, temporaryFolder } from '../support/folder';
import { deploy } from './deploy';

/** In place of npm and the CDK: the comparison is in the sources, and a file says whether the tests pass. */
const BUILDSPEC = `
version: 0.2
phases: {build: {commands: ['git merge-base HEAD "$DESTINATION_COMMIT"', 'cat comparison.json', 'sh ./tests']}}
artifacts: {files: [comparison.json]}
`;

let region: Region;
let codecommit: CodeCommitClient;
let config: { endpoint: string; region: string; credentials: any };
let git: (...args: string[]) => Promise<string>;
let work: string;
const repositoryName = 'shop';

beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('review') });
  atEnd(() => region.stop());
  config = { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() };
  codecommit = new CodeCommitClient(config);

  await deploy(region, (stack) => {
    const repository = new Repository(stack, 'Repository', { repositoryName });
    const logGroup = new LogGroup(stack, 'Logs', { removalPolicy: RemovalPolicy.DESTROY });
    const bucket = new Bucket(stack, 'Artifacts');
    new Role(stack, 'Team', { roleName: 'Team', assumedBy: new AccountRootPrincipal() });
    const review = new PullRequestReview(stack, 'Review', {
      ...{ repository, bucket, logGroup },
      roleName: 'shop-review',
    });
    const project = review.node.findAll().find((child) => child instanceof CfnProject);
    (project as CfnProject).addPropertyOverride('Source.BuildSpec', BUILDSPEC);
  });

  work = temporaryFolder('clone');
  const env = { ...process.env, HOME: work, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  git = async (...args) => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
    const options = { cwd: work, env, timeout: 20_000 };
    return (await promisify(execFile)('git', [...identity, ...args], options)).stdout.trim();
  };
  const { userName, password } = region.gitCredentials;
  const origin = new URL(region.home.service('codecommit').find(repositoryName).metadata.cloneUrlHttp!);
  Object.assign(origin, { username: userName, password });
  await git('clone', '-q', origin.href, '.');
  await push('main', { tests: 'true', 'comparison.json': 'null' });
}, 60_000);

/** Commits files to a branch and pushes it. */
async function push(branch: string, files: Record<string, string>): Promise<string> {
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(work, name), content);
  await git('add', '--all');
  await git('commit', '-q', '-m', `Change ${branch}`);
  await git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
  return git('rev-parse', 'HEAD');
}

/** Creates a pull request with a commit on top of the destination branch. */
async function create(branch: string, files: Record<string, string>) {
  await git('fetch', '-q');
  await git('checkout', '-q', '-B', branch, 'origin/main');
  const commit = await push(branch, files);
  const { pullRequest } = await codecommit.send(
    new CreatePullRequestCommand({ title: branch, targets: [{ repositoryName, sourceReference: branch }] }),
  );
  return { pullRequestId: pullRequest!.pullRequestId!, commit };
}

/** Creates a pull request and waits for the comment on it. */
async function reviewed(branch: string, files: Record<string, string>) {
  const since = region.journal.position;
  return { ...(await create(branch, files)), comment: await commented(since) };
}

/** What the next comment of the review says. */
async function commented(since: number): Promise<string> {
  const isComment = ({ type }: JournalEntry) => type === 'CommentOnPullRequest';
  return String((await region.journal.waitFor(isComment, { since })).detail['content']);
}

async function comments(pullRequestId: string) {
  const { commentsForPullRequestData } = await codecommit.send(
    new GetCommentsForPullRequestCommand({ pullRequestId, repositoryName }),
  );
  return commentsForPullRequestData!.flatMap((one) => one.comments!);
}

function merge(pullRequestId: string) {
  return codecommit.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }));
}

test('a good pull request is approved by its build and can be merged; the comment says what it changes', async () => {
  const comparison = JSON.stringify(compareAssemblies(assembly('10.0.0.0/16'), assembly('10.1.0.0/16', 22)));
  const { pullRequestId, commit, comment } = await reviewed('good', { 'comparison.json': comparison });

  expect(comment).toContain(`## Review of ${commit.slice(0, 8)}: passed`);
  expect(comment).toMatch(/\[Log of the build\]\(https:\/\/\S+\)/);
  expect(comment).toMatch(/\*\*Resources replaced: \d+\*\*\n\n- `Shop: AWS::EC2::VPC Vpc\w+ \(CidrBlock\)`/);
  expect(comment).toMatch(
    /\*\*Network opened: 1\*\*\n\n- `Shop: Group\w+: Let in tcp 22 from 0\.0\.0\.0\/0`/,
  );

  const { pullRequest } = await codecommit.send(new GetPullRequestCommand({ pullRequestId }));
  expect(pullRequest!.approvalRules).toMatchObject([{ approvalRuleName: 'Review' }]);
  expect((await merge(pullRequestId)).pullRequest!.pullRequestTargets![0]!.mergeMetadata).toMatchObject({
    isMerged: true,
    mergeCommitId: commit,
  });
});

test('a failing one cannot be merged, whoever approves it, until an update of it has passed; there is one comment', async () => {
  const { pullRequestId, comment } = await reviewed('bad', { tests: 'echo no; exit 3' });
  expect(comment).toContain(': failed');
  expect(comment).toContain('Failed in BUILD: Error while executing command: sh ./tests.');
  await expect(merge(pullRequestId)).rejects.toThrow(PullRequestApprovalRulesNotSatisfiedException);

  const { revisionId } = (await codecommit.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest!;
  const approve = () =>
    new UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId, approvalState: 'APPROVE' });
  await expect(codecommit.send(approve())).rejects.toThrow(PullRequestCannotBeApprovedByAuthorException);
  await (await somebodyElse()).send(approve());
  await expect(merge(pullRequestId)).rejects.toThrow(PullRequestApprovalRulesNotSatisfiedException);

  const since = region.journal.position;
  const mended = await push('bad', { tests: 'true # mended' });
  expect(await commented(since)).toContain(`## Review of ${mended.slice(0, 8)}: passed`);
  expect(await comments(pullRequestId)).toHaveLength(1);
  await merge(pullRequestId);
});

test('one build for each pull request and each update of it, and none for what is pushed without one', async () => {
  await push('lonely', { tests: 'true # lonely' });
  const { ids } = await new CodeBuildClient(config).send(new ListBuildsCommand());
  expect(ids).toHaveLength(3);
});

test('without the review nothing keeps a failing one from being merged', async () => {
  const events = new EventBridgeClient(config);
  const { Rules } = await events.send(new ListRulesCommand());
  for (const { Name } of Rules!) await events.send(new DisableRuleCommand({ Name }));

  const { pullRequestId } = await create('unreviewed', { tests: 'exit 1' });
  expect((await merge(pullRequestId)).pullRequest!.pullRequestStatus).toBe('CLOSED');
});

async function somebodyElse(): Promise<CodeCommitClient> {
  const { Credentials } = await new STSClient(config).send(
    new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111111111111:role/Team', RoleSessionName: 'bob' }),
  );
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
  };
  return new CodeCommitClient({ ...config, credentials });
}

/** The cloud assembly of a network whose one group lets a port in. */
function assembly(cidr: string, port?: number): string {
  const outdir = temporaryFolder('assembly');
  const app = new App({ outdir });
  const stack = new Stack(app, 'Shop');
  const vpc = new Vpc(stack, 'Vpc', { ipAddresses: IpAddresses.cidr(cidr), natGateways: 0 });
  const group = new SecurityGroup(stack, 'Group', { vpc });
  if (port) group.addIngressRule(Peer.anyIpv4(), Port.tcp(port));
  app.synth();
  return outdir;
}
