import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CodeCommit } from '../../../region/codecommit/codecommit';
import { temporaryFolder } from '../../support/folder';
import { testScope } from '../../support/scope';

const run = promisify(execFile);
const userArn = 'arn:aws:iam::111111111111:user/developer';
const emitted: any[] = [];
const scope = testScope({
  iam: {
    operations: {},
    verifyGitCredential: (user: string, password: string) =>
      user === 'developer-at-111111111111' && password === 'pass:word',
  },
  events: { operations: {}, emit: (event: unknown) => emitted.push(event) },
});
const codecommit = scope.service('codecommit') as CodeCommit;
const work = temporaryFolder('work');

let server: http.Server;
let origin: string;

beforeAll(async () => {
  server = http.createServer((request, response) => codecommit.handleGit(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://developer-at-111111111111:pass%3Aword@127.0.0.1:${port}/v1/repos`;
  await codecommit.operations.CreateRepository({ repositoryName: 'shop', repositoryDescription: 'd' });
});

afterAll(async () => {
  await codecommit.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, {
    cwd,
    timeout: 20_000,
    env: {
      PATH: process.env.PATH,
      HOME: work,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
    },
  });
  return stdout.trim();
}

async function newClone(repository: string, folder: string): Promise<string> {
  await git(work, 'clone', '-q', `${origin}/${repository}`, folder);
  return path.join(work, folder);
}

function changes(repositoryName: string) {
  return emitted.map((event) => event.detail).filter((detail) => detail.repositoryName === repositoryName);
}

test('a push is an event and a journal entry, HEAD follows the first branch, a clone gets it back', async () => {
  const tree = await newClone('shop', 'first');
  fs.writeFileSync(path.join(tree, 'run.sh'), 'echo hi\n', { mode: 0o755 });
  await git(tree, 'checkout', '-q', '-b', 'trunk');
  await git(tree, 'add', '.');
  await git(tree, 'commit', '-q', '-m', 'One');
  await git(tree, 'push', '-q', 'origin', 'trunk');
  const commitId = await git(tree, 'rev-parse', 'HEAD');

  const { repositoryMetadata } = (await codecommit.operations.GetRepository({
    repositoryName: 'shop',
  })) as any;
  expect(repositoryMetadata).toMatchObject({
    defaultBranch: 'trunk',
    Arn: 'arn:aws:codecommit:us-east-1:111111111111:shop',
    cloneUrlHttp: 'http://127.0.0.1:1/v1/repos/shop',
  });
  expect(emitted.at(-1)).toEqual({
    source: 'aws.codecommit',
    detailType: 'CodeCommit Repository State Change',
    resources: [repositoryMetadata.Arn],
    detail: {
      event: 'referenceCreated',
      repositoryName: 'shop',
      repositoryId: repositoryMetadata.repositoryId,
      referenceType: 'branch',
      referenceName: 'trunk',
      referenceFullName: 'refs/heads/trunk',
      commitId,
      callerUserArn: userArn,
    },
  });
  expect(scope.journal.entries((entry) => entry.source === 'codecommit').at(-1)?.detail).toMatchObject({
    commitId,
  });

  const again = await newClone('shop', 'second');
  expect(await git(again, 'rev-parse', 'HEAD')).toBe(commitId);
});

test('updates, tags and deletions are told apart; a refused push is none of them', async () => {
  await codecommit.operations.CreateRepository({ repositoryName: 'kinds' });
  const tree = await newClone('kinds', 'kinds');
  await git(tree, 'checkout', '-q', '-b', 'main');
  await git(tree, 'commit', '-q', '--allow-empty', '-m', 'One');
  const first = await git(tree, 'rev-parse', 'HEAD');
  await git(tree, 'push', '-q', 'origin', 'main', 'main:topic');
  await git(tree, 'commit', '-q', '--allow-empty', '-m', 'Two');
  const second = await git(tree, 'rev-parse', 'HEAD');
  await git(tree, 'tag', 'v1', first);
  await git(tree, 'push', '-q', 'origin', 'main', 'v1', ':topic');
  await git(tree, 'reset', '-q', '--hard', first);
  await git(tree, 'commit', '-q', '--allow-empty', '-m', 'Other');
  await expect(git(tree, 'push', '-q', 'origin', 'main')).rejects.toThrow();

  expect(
    changes('kinds').map(({ event, referenceFullName, commitId, oldCommitId }) => [
      event,
      referenceFullName,
      commitId,
      oldCommitId,
    ]),
  ).toEqual([
    ['referenceCreated', 'refs/heads/main', first, undefined],
    ['referenceCreated', 'refs/heads/topic', first, undefined],
    ['referenceUpdated', 'refs/heads/main', second, first],
    ['referenceDeleted', 'refs/heads/topic', undefined, first],
    ['referenceCreated', 'refs/tags/v1', first, undefined],
  ]);
});

test('a large push and clone are streamed', async () => {
  await codecommit.operations.CreateRepository({ repositoryName: 'large' });
  const tree = await newClone('large', 'large');
  const noise = require('node:crypto').randomBytes(6_000_000);
  fs.writeFileSync(path.join(tree, 'noise'), noise);
  await git(tree, 'checkout', '-q', '-b', 'main');
  await git(tree, 'add', '.');
  await git(tree, 'commit', '-q', '-m', 'Large');
  await git(tree, 'push', '-q', 'origin', 'main');
  const again = await newClone('large', 'large-again');
  expect(fs.readFileSync(path.join(again, 'noise')).equals(noise)).toBe(true);
});

test('a request that git compresses is understood', async () => {
  await codecommit.operations.CreateRepository({ repositoryName: 'many' });
  const tree = await newClone('many', 'many');
  const empty = await git(tree, 'hash-object', '-w', '-t', 'tree', '/dev/null');
  for (let branch = 0; branch < 40; branch++) {
    const commit = await git(tree, 'commit-tree', empty, '-m', `Branch ${branch}`);
    await git(tree, 'update-ref', `refs/heads/b${branch}`, commit);
  }
  await git(tree, 'push', '-q', 'origin', '--all');
  const encodings: unknown[] = [];
  const listener = (request: http.IncomingMessage) => encodings.push(request.headers['content-encoding']);
  server.on('request', listener);
  const again = await newClone('many', 'many-again');
  server.off('request', listener);
  expect(encodings).toContain('gzip');
  expect((await git(again, 'for-each-ref', 'refs/remotes/origin/b*')).split('\n')).toHaveLength(40);
});

test('wrong or no credentials get a 401 that asks for them; an unknown repository a 404', async () => {
  const url = new URL(`${origin}/shop/info/refs?service=git-upload-pack`);
  url.username = url.password = '';
  const status = async (authorization?: string, target = url.href) =>
    fetch(target, { headers: authorization ? { authorization } : {} });
  expect((await status()).status).toBe(401);
  const wrong = await status(`Basic ${Buffer.from('developer-at-111111111111:no').toString('base64')}`);
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="CodeCommit"']);
  const right = `Basic ${Buffer.from('developer-at-111111111111:pass:word').toString('base64')}`;
  expect((await status(right)).status).toBe(200);
  expect((await status(right, url.href.replace('shop', 'none'))).status).toBe(404);
  expect((await status(right, url.href.replace('/shop/info/refs', '/shop/../../config'))).status).toBe(404);
});

test('content is read and written by the API', async () => {
  await codecommit.operations.CreateRepository({ repositoryName: 'api' });
  const one = (await codecommit.operations.CreateCommit({
    repositoryName: 'api',
    branchName: 'main',
    putFiles: [
      { filePath: 'src/a b.txt', fileContent: Buffer.from('a') },
      { filePath: 'run.sh', fileContent: Buffer.from('#!'), fileMode: 'EXECUTABLE' },
    ],
  })) as any;
  await expect(
    codecommit.operations.PutFile({
      repositoryName: 'api',
      branchName: 'main',
      filePath: 'x',
      fileContent: Buffer.from('x'),
    }),
  ).rejects.toMatchObject({ name: 'ParentCommitIdRequiredException' });
  const two = (await codecommit.operations.PutFile({
    repositoryName: 'api',
    branchName: 'main',
    filePath: 'src/a b.txt',
    fileContent: Buffer.from('bb'),
    parentCommitId: one.commitId,
    name: 'Ann',
    commitMessage: 'Change',
  })) as any;

  const repositoryName = 'api';
  const { operations } = codecommit;
  const file: any = await operations.GetFile({ repositoryName, filePath: 'src/a b.txt' });
  expect([Buffer.from(file.fileContent).toString(), file.fileSize, file.fileMode]).toEqual([
    'bb',
    2,
    'NORMAL',
  ]);
  const blob: any = await operations.GetBlob({ repositoryName, blobId: file.blobId });
  expect(Buffer.from(blob.content).toString()).toBe('bb');
  const folder: any = await operations.GetFolder({ repositoryName, folderPath: '/' });
  expect(folder.subFolders).toMatchObject([{ absolutePath: 'src', relativePath: 'src' }]);
  expect(folder.files).toMatchObject([{ absolutePath: 'run.sh', fileMode: 'EXECUTABLE' }]);
  const { commit }: any = await operations.GetCommit({ repositoryName, commitId: two.commitId });
  expect(commit).toMatchObject({ parents: [one.commitId], message: 'Change', author: { name: 'Ann' } });
  const all: any = await operations.GetDifferences({ repositoryName, afterCommitSpecifier: 'main' });
  expect(all.differences.map((d: any) => [d.changeType, d.afterBlob.path])).toEqual([
    ['A', 'run.sh'],
    ['A', 'src/a b.txt'],
  ]);
  const between: any = await operations.GetDifferences({
    repositoryName,
    beforeCommitSpecifier: one.commitId,
    afterCommitSpecifier: 'main',
  });
  expect(between.differences).toMatchObject([{ changeType: 'M', afterBlob: { path: 'src/a b.txt' } }]);
  expect((await codecommit.archive('api', two.commitId)).subarray(0, 2).toString()).toBe('PK');
});

test.each([
  ['GetBranch', { repositoryName: 'shop', branchName: 'none' }, 'BranchDoesNotExistException'],
  ['GetBranch', { repositoryName: 'none', branchName: 'main' }, 'RepositoryDoesNotExistException'],
  ['GetCommit', { repositoryName: 'shop', commitId: 'f00' }, 'CommitIdDoesNotExistException'],
  ['GetFile', { repositoryName: 'shop', filePath: 'none' }, 'FileDoesNotExistException'],
  ['GetFolder', { repositoryName: 'shop', folderPath: 'none' }, 'FolderDoesNotExistException'],
  ['DeleteBranch', { repositoryName: 'shop', branchName: 'trunk' }, 'DefaultBranchCannotBeDeletedException'],
  ['CreateRepository', { repositoryName: 'shop' }, 'RepositoryNameExistsException'],
  ['CreateRepository', { repositoryName: 'a/b' }, 'InvalidRepositoryNameException'],
])('%s of %j: %s', async (operation, input, code) => {
  await expect((async () => codecommit.operations[operation](input))()).rejects.toMatchObject({ name: code });
});

test('CloudFormation seeds a repository from a zip archive in S3', async () => {
  const archive = await codecommit.archive('api', 'main');
  const s3 = {
    operations: {},
    read: async (bucket: string, key: string) => bucket === 'b' && key === 'k' && archive,
  };
  await codecommit.resources[0].create(
    { RepositoryName: 'seeded', Code: { BranchName: 'trunk', S3: { Bucket: 'b', Key: 'k' } } },
    { scope: { ...scope, service: () => s3 } } as never,
  );
  expect(changes('seeded')).toMatchObject([{ event: 'referenceCreated', referenceName: 'trunk' }]);
  const folder: any = await codecommit.operations.GetFolder({ repositoryName: 'seeded', folderPath: '' });
  expect(folder.files).toMatchObject([{ absolutePath: 'run.sh', fileMode: 'EXECUTABLE' }]);
});

test('CloudFormation creates, renames and deletes a repository; its Ref is the repository id', async () => {
  const [provider] = codecommit.resources;
  const created = await provider.create({ RepositoryName: 'stacked' }, {} as never);
  expect(created).toMatchObject({
    physicalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    attributes: { Name: 'stacked', Arn: 'arn:aws:codecommit:us-east-1:111111111111:stacked' },
  });
  const renamed = await provider.update(
    created.physicalId,
    { RepositoryName: 'renamed' },
    { RepositoryName: 'stacked' },
    {} as never,
  );
  expect(renamed).toMatchObject({ physicalId: created.physicalId, attributes: { Name: 'renamed' } });
  await provider.delete(created.physicalId, { RepositoryName: 'renamed' }, {} as never);
  await provider.delete(created.physicalId, { RepositoryName: 'renamed' }, {} as never);
  expect(() => codecommit.find('renamed')).toThrow('does not exist');
});
