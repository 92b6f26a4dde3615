import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { PullRequestReview } from '../../lib/review/pull-request-review';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { deploy } from '../support/deploy';
import { atEnd, temporaryFolder } from '../support/folder';

/** In place of npm and the CDK: the comparison is in the sources, and a file says whether the tests pass. */
const BUILDSPEC = `
version: 0.2
phases: {build: {commands: ['git merge-base HEAD "$DESTINATION_COMMIT"', 'cat comparison.json', 'sh ./tests']}}
artifacts: {files: [comparison.json]}
`;

export const repositoryName = 'harbor';

/** A region with a repository whose pull requests are reviewed, a role `Team`, and a clone of the repository. */
export async function reviewedRepository() {
  const region = await Region.start({ folder: temporaryFolder('review') });
  atEnd(() => region.stop());
  await deploy(region, (stack) => {
    const repository = new Repository(stack, 'Repository', { repositoryName });
    const logGroup = new LogGroup(stack, 'Logs', { removalPolicy: RemovalPolicy.DESTROY });
    const bucket = new Bucket(stack, 'Artifacts');
    const roleName = 'harbor-review';
    const review = new PullRequestReview(stack, 'Review', { repository, bucket, logGroup, roleName });
    const project = review.node.findAll().find((child) => child instanceof CfnProject);
    (project as CfnProject).addPropertyOverride('Source.BuildSpec', BUILDSPEC);
    new Role(stack, 'Team', { roleName: 'Team', assumedBy: new AccountRootPrincipal() });
  });

  const work = temporaryFolder('clone');
  const name = { GIT_AUTHOR_NAME: 'Ann', GIT_COMMITTER_NAME: 'Ann' };
  const email = { GIT_AUTHOR_EMAIL: 'ann@example.com', GIT_COMMITTER_EMAIL: 'ann@example.com' };
  const env = { ...process.env, ...name, ...email, HOME: work, GIT_CONFIG_NOSYSTEM: '1' };
  /** Runs a program in the clone. */
  const run = async (program: string, args: string[], more: NodeJS.ProcessEnv = {}) => {
    const options = { cwd: work, env: { ...env, ...more }, timeout: 60_000 };
    return (await promisify(execFile)(program, args, options)).stdout.trim();
  };
  const git = (...args: string[]) => run('git', args);
  /** Commits files to a branch and pushes it. */
  const push = async (branch: string, files: Record<string, string>) => {
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(work, file), content);
    await git('add', '--all');
    await git('commit', '-q', '-m', `Change ${branch}`);
    await git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
    return git('rev-parse', 'HEAD');
  };

  const { userName, password } = region.gitCredentials;
  const origin = new URL(region.home.service('codecommit').find(repositoryName).metadata.cloneUrlHttp!);
  Object.assign(origin, { username: userName, password });
  await git('clone', '-q', origin.href, '.');
  await push('main', { tests: 'true', 'comparison.json': 'null' });

  return {
    region,
    config: { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() },
    work,
    run,
    git,
    push,
    /** What the next comment of the review says. */
    async commented(since: number): Promise<string> {
      const isComment = ({ type }: JournalEntry) => type === 'CommentOnPullRequest';
      return String((await region.journal.waitFor(isComment, { since })).detail['content']);
    },
  };
}
