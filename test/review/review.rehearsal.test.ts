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
import { App, Stack } from 'aws-cdk-lib';
import { IpAddresses, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { compareAssemblies } from '../../lib/review/compare/compare';
import { temporaryFolder } from '../support/folder';
import { repositoryName, reviewedRepository } from './reviewed-repository';

let played: Awaited<ReturnType<typeof reviewedRepository>>;
let codecommit: CodeCommitClient;

beforeAll(async () => {
  played = await reviewedRepository();
  codecommit = new CodeCommitClient(played.config);
}, 60_000);

/** Creates a pull request with a commit on top of the destination branch. */
async function create(branch: string, files: Record<string, string>) {
  await played.git('fetch', '-q');
  await played.git('checkout', '-q', '-B', branch, 'origin/main');
  const commit = await played.push(branch, files);
  const { pullRequest } = await codecommit.send(
    new CreatePullRequestCommand({ title: branch, targets: [{ repositoryName, sourceReference: branch }] }),
  );
  return { pullRequestId: pullRequest!.pullRequestId!, commit };
}

/** Creates a pull request and waits for the comment on it. */
async function reviewed(branch: string, files: Record<string, string>) {
  const since = played.region.journal.position;
  return { ...(await create(branch, files)), comment: await played.commented(since) };
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

  const since = played.region.journal.position;
  const mended = await played.push('bad', { tests: 'true # mended' });
  expect(await played.commented(since)).toContain(`## Review of ${mended.slice(0, 8)}: passed`);
  expect(await comments(pullRequestId)).toHaveLength(1);
  await merge(pullRequestId);
});

test('one build for each pull request and each update of it, and none for what is pushed without one', async () => {
  await played.push('lonely', { tests: 'true # lonely' });
  const { ids } = await new CodeBuildClient(played.config).send(new ListBuildsCommand());
  expect(ids).toHaveLength(3);
});

test('without the review nothing keeps a failing one from being merged', async () => {
  const events = new EventBridgeClient(played.config);
  const { Rules } = await events.send(new ListRulesCommand());
  for (const { Name } of Rules!) await events.send(new DisableRuleCommand({ Name }));

  const { pullRequestId } = await create('unreviewed', { tests: 'exit 1' });
  expect((await merge(pullRequestId)).pullRequest!.pullRequestStatus).toBe('CLOSED');
});

async function somebodyElse(): Promise<CodeCommitClient> {
  const { Credentials } = await new STSClient(played.config).send(
    new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111111111111:role/Team', RoleSessionName: 'bob' }),
  );
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
  };
  return new CodeCommitClient({ ...played.config, credentials });
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
