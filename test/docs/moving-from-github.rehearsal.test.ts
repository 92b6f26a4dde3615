import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ListPipelineExecutionsCommandOutput } from '@aws-sdk/client-codepipeline';
import { Region } from '../../region/region';
import { temporaryFolder } from '../support/folder';

const run = promisify(execFile);
const DOCUMENT = path.join(__dirname, '../../docs/moving-from-github.md');
const folder = temporaryFolder('moving');
let region: Region;

/** The page's shell commands under a heading, as it prints them. */
function commands(heading: string): string {
  const document = fs.readFileSync(DOCUMENT, 'utf8');
  const section = document.split(/^## /m).find((one) => one.startsWith(`${heading}\n`))!;
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code).join('\n');
}

async function bash(script: string, cwd = folder): Promise<string> {
  const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com' };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    timeout: 20_000,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...author,
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
    },
  });
  return stdout.trim();
}

/** A bare repository that stands for GitHub: two branches, a tag, and a reference of a pull request. */
const GITHUB = `
git init -q -b main tree && cd tree
echo one > file && git add . && git commit -qm One
git tag -a v1 -m 'Version 1'
git checkout -qb feature && echo two > file && git commit -qam Two
git checkout -q main && echo three > file && git commit -qam Three
git init -q --bare -b main ../github.git
git push -q ../github.git main feature v1 feature:refs/pull/7/head
`;

/** A repository with a pipeline on its branch, started by the same rule as the CDK declares. */
async function repositoryWithPipeline(): Promise<void> {
  const call = async (
    service: 'codecommit' | 'codepipeline' | 'events' | 's3',
    operation: string,
    input: object,
  ) => region.home.service(service).operations[operation]!(input) as any;
  const { repositoryMetadata } = await call('codecommit', 'CreateRepository', { repositoryName: 'harbor' });
  await call('s3', 'CreateBucket', { Bucket: 'artifacts' });
  const action = (name: string, category: string, provider: string) => ({
    name,
    actionTypeId: { category, owner: 'AWS', provider, version: '1' },
  });
  await call('codepipeline', 'CreatePipeline', {
    pipeline: {
      name: 'road',
      roleArn: 'arn:aws:iam::111111111111:role/pipeline',
      artifactStore: { type: 'S3', location: 'artifacts' },
      stages: [
        {
          name: 'Source',
          actions: [
            {
              ...action('Source', 'Source', 'CodeCommit'),
              configuration: { RepositoryName: 'harbor', BranchName: 'main', PollForSourceChanges: 'false' },
              outputArtifacts: [{ name: 'Code' }],
            },
          ],
        },
        { name: 'Wait', actions: [action('Approve', 'Approval', 'Manual')] },
      ],
    },
  });
  await call('events', 'PutRule', {
    Name: 'push',
    EventPattern: JSON.stringify({
      source: ['aws.codecommit'],
      resources: [repositoryMetadata.Arn],
      'detail-type': ['CodeCommit Repository State Change'],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
    }),
  });
  await call('events', 'PutTargets', {
    Rule: 'push',
    Targets: [
      {
        Id: 'pipeline',
        Arn: 'arn:aws:codepipeline:us-east-1:111111111111:road',
        RoleArn: 'arn:aws:iam::111111111111:role/start',
      },
    ],
  });
}

/** The executions that pushes have started. */
async function startedByPush() {
  const { pipelineExecutionSummaries = [] } = (await region.home.service('codepipeline').operations
    .ListPipelineExecutions!({ pipelineName: 'road' })) as ListPipelineExecutionsCommandOutput;
  return pipelineExecutionSummaries.filter(({ trigger }) => trigger?.triggerType === 'CloudWatchEvent');
}

beforeAll(async () => {
  region = await Region.start({ folder: path.join(folder, 'region') });
  await repositoryWithPipeline();
  await bash(GITHUB);
});

afterAll(() => region?.stop());

test("the page's commands move branches and tags, and the push of the branch starts the pipeline once", async () => {
  const { userName, password } = region.gitCredentials;
  const to = new URL(`${region.endpoint}/v1/repos/harbor`);
  to.username = encodeURIComponent(userName);
  to.password = encodeURIComponent(password);
  const [addresses, ...rest] = commands('The move').split(/\n(?=git clone)/);
  expect(addresses).toMatch(/^from=\S+\nto=\S+\s*$/);
  const own = `from=${path.join(folder, 'github.git')}\nto='${to.href}'\n`;
  const since = region.journal.position;

  expect(await bash([own, ...rest, commands('After')].join('\n'))).toBe('');
  expect(await bash(`git ls-remote '${to.href}' | cut -f 2`)).toBe(
    ['HEAD', 'refs/heads/feature', 'refs/heads/main', 'refs/tags/v1', 'refs/tags/v1^{}'].join('\n'),
  );
  await region.journal.waitFor(
    ({ source, message }) => source === 'codepipeline' && message.includes('Wait'),
    { since },
  );
  const commitId = await bash('git -C github.git rev-parse main');
  expect(await startedByPush()).toMatchObject([{ sourceRevisions: [{ revisionId: commitId }] }]);
}, 30_000);
