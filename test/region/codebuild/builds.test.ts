import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Build } from '@aws-sdk/client-codebuild';
import type { CodeBuild } from '../../../region/codebuild/codebuild';
import { Isolation } from '../../../region/codebuild/isolation';
import { unzip, zip } from '../../../region/zip/zip';
import { temporaryFolder } from '../../support/folder';
import { testScope } from '../../support/scope';

const emitted: any[] = [];
const logged: string[] = [];
const stored = new Map<string, Buffer>();
const scope = testScope({
  events: { operations: {}, emit: (event: unknown) => emitted.push(event) },
  logs: {
    operations: {
      CreateLogGroup: () => {
        throw Object.assign(new Error('exists'), { name: 'ResourceAlreadyExistsException' });
      },
      CreateLogStream: () => ({}),
      PutLogEvents: (input: any) => logged.push(...input.logEvents.map((event: any) => event.message)),
    },
  },
  ssm: {
    operations: {
      GetParameter: ({ Name }: any) => {
        if (Name !== '/known')
          throw Object.assign(new Error(`${Name} not found`), { name: 'ParameterNotFound' });
        return { Parameter: { Value: 'from the store' } };
      },
    },
  },
  s3: {
    operations: {},
    read: async (bucket: string, key: string) => stored.get(`${bucket}/${key}`),
    write: async (bucket: string, key: string, body: Buffer) => stored.set(`${bucket}/${key}`, body),
  },
});
const codebuild = scope.service('codebuild') as CodeBuild;
const { operations } = codebuild;
const [provider] = codebuild.resources;
const folder = temporaryFolder('builds');

let projects = 0;

/** A project made as CloudFormation makes it. */
async function project(properties: Record<string, unknown> = {}): Promise<string> {
  const { physicalId } = await provider.create(
    {
      Source: { Type: 'NO_SOURCE', BuildSpec: 'version: 0.2\nphases: {}\n' },
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: {
        Type: 'LINUX_CONTAINER',
        Image: 'aws/codebuild/standard:7.0',
        ComputeType: 'BUILD_GENERAL1_SMALL',
      },
      ServiceRole: 'arn:aws:iam::111111111111:role/build',
      ...properties,
    },
    { logicalId: `Project${projects++}` } as never,
  );
  return physicalId;
}

const noSource = (buildspec: string) => ({ Source: { Type: 'NO_SOURCE', BuildSpec: buildspec } });
const pipelineProject = (buildspec?: string) => ({
  Source: { Type: 'CODEPIPELINE', BuildSpec: buildspec },
  Artifacts: { Type: 'CODEPIPELINE' },
});

async function build(projectName: string, input: object = {}, pipeline?: Parameters<CodeBuild['start']>[1]) {
  const { id } = codebuild.start({ projectName, ...input }, pipeline);
  const finished = await codebuild.finished(id!);
  const log = fs.readFileSync(
    path.join(scope.folder('codebuild'), 'logs', `${id!.split(':')[1]}.log`),
    'utf8',
  );
  return { ...finished, log, lines: log.split('\n').filter((line) => !line.startsWith('[Container]')) };
}

async function archive(files: Record<string, string>): Promise<Buffer> {
  const root = fs.mkdtempSync(path.join(folder, 'archive-'));
  const entries = Object.entries(files).map(([name, content]): [string, string] => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    return [name, file];
  });
  return zip(new Map(entries));
}

async function namesIn(archived: Buffer): Promise<string[]> {
  const root = fs.mkdtempSync(path.join(folder, 'unpacked-'));
  await unzip(archived, root);
  return (fs.readdirSync(root, { recursive: true }) as string[])
    .filter((name) => fs.statSync(path.join(root, name)).isFile())
    .sort();
}

const workFolder = (built: Build) =>
  path.join(scope.folder('codebuild'), 'builds', `${built.projectName}-${built.buildNumber}`);

const statuses = (result: { build: any }) =>
  result.build.phases.map((phase: any) => `${phase.phaseType} ${phase.phaseStatus ?? ''}`.trim());

test('a build of a pipeline: sources, one shell for all phases, artifacts, exported variables', async () => {
  const name = await project(pipelineProject());
  const source = await archive({
    'bin/hello.sh': '#!/bin/sh\necho hello from $1',
    'buildspec.yml': `
version: 0.2
env:
  exported-variables: [RELEASE, NOTHING]
phases:
  install:
    commands: ['cd bin', 'greet() { ./hello.sh "$1"; }']
  build:
    commands:
      - greet "$CODEBUILD_INITIATOR"
      - export RELEASE=r-$CODEBUILD_RESOLVED_SOURCE_VERSION
      - cat "$CODEBUILD_SRC_DIR_config/settings"
      - mkdir -p ../dist/sub && echo 1 >../dist/a.js && echo 2 >../dist/sub/.b.js && echo 3 >../dist/sub/c.map
artifacts:
  base-directory: dist
  files: ['**/*']
  exclude-paths: ['**/*.map']
`,
  });
  const settings = await archive({ settings: 'the settings' });
  const result = await build(
    name,
    {},
    {
      pipelineName: 'road',
      executionId: 'e',
      actionName: 'Build',
      sources: [
        { name: 'source', zip: source },
        { name: 'config', zip: settings },
      ],
      outputs: ['Out'],
      sourceVersion: 'c0ffee',
    },
  );
  expect(statuses(result)).toEqual([
    'SUBMITTED SUCCEEDED',
    'QUEUED SUCCEEDED',
    'PROVISIONING SUCCEEDED',
    'DOWNLOAD_SOURCE SUCCEEDED',
    'INSTALL SUCCEEDED',
    'PRE_BUILD SUCCEEDED',
    'BUILD SUCCEEDED',
    'POST_BUILD SUCCEEDED',
    'UPLOAD_ARTIFACTS SUCCEEDED',
    'FINALIZING SUCCEEDED',
    'COMPLETED',
  ]);
  expect(result.lines).toEqual(expect.arrayContaining(['hello from codepipeline/road', 'the settings']));
  expect(result.build).toMatchObject({
    buildStatus: 'SUCCEEDED',
    buildComplete: true,
    initiator: 'codepipeline/road',
    resolvedSourceVersion: 'c0ffee',
  });
  expect(result.exportedVariables).toEqual({ RELEASE: 'r-c0ffee', NOTHING: '' });
  expect(await namesIn(result.artifacts.Out)).toEqual(['a.js', 'sub/.b.js']);
});

test('several outputs are the secondary artifacts of their names', async () => {
  const name = await project(
    pipelineProject(
      'version: 0.2\nphases: {build: {commands: [mkdir x, echo 1 >x/one, echo 2 >x/two]}}\n' +
        'artifacts: {files: [none], secondary-artifacts: {A: {files: [x/one], discard-paths: yes}, B: {files: [x/two]}}}',
    ),
  );
  const pipeline = { pipelineName: 'p', executionId: 'e', actionName: 'a', sources: [], outputs: ['A', 'B'] };
  const { artifacts } = await build(name, {}, pipeline);
  expect(await Promise.all([namesIn(artifacts.A), namesIn(artifacts.B)])).toEqual([['one'], ['x/two']]);
});

test('a failed BUILD runs finally, POST_BUILD and UPLOAD_ARTIFACTS, and says which command failed', async () => {
  const since = scope.journal.position;
  emitted.length = 0;
  const name = await project(
    noSource(`
version: 0.2
phases:
  build:
    commands: ['export KEPT=1', 'echo last words; exit 7', 'echo never']
    finally: ['echo finally $KEPT']
  post_build:
    commands: ['echo succeeding $CODEBUILD_BUILD_SUCCEEDING']
`),
  );
  const result = await build(name);
  expect(statuses(result).slice(6)).toEqual([
    'BUILD FAILED',
    'POST_BUILD SUCCEEDED',
    'UPLOAD_ARTIFACTS SUCCEEDED',
    'FINALIZING SUCCEEDED',
    'COMPLETED',
  ]);
  expect(result.build.phases![6].contexts).toEqual([
    {
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: 'Error while executing command: echo last words; exit 7. Reason: exit status 7',
    },
  ]);
  expect(result.lines).toEqual(expect.arrayContaining(['last words', 'finally 1', 'succeeding 0']));
  expect(result.lines).not.toContain('never');
  expect(logged).toContain('last words');

  const entry = await scope.journal.waitFor(({ detail }) => detail.buildStatus === 'FAILED', { since });
  expect(entry.message).toContain('failed: BUILD: Error while executing command: echo last words; exit 7');
  expect(entry.detail.log).toContain('last words');
  const states = emitted.filter((event) => event.detailType === 'CodeBuild Build State Change');
  expect(states.map((event) => event.detail['build-status'])).toEqual(['IN_PROGRESS', 'FAILED']);
  expect(states[1]).toMatchObject({
    source: 'aws.codebuild',
    resources: [result.build.arn],
    detail: {
      'project-name': name,
      'build-id': result.build.arn,
      'additional-information': { 'build-complete': true },
    },
  });
  const phases = emitted.filter((event) => event.detail['completed-phase'] === 'BUILD');
  expect(phases[0].detail).toMatchObject({ 'completed-phase-status': 'FAILED' });
});

test.each([
  [
    'PRE_BUILD fails',
    'pre_build: {commands: ["false"]}',
    ['PRE_BUILD FAILED', 'FINALIZING SUCCEEDED', 'COMPLETED'],
    'FAILED',
  ],
  [
    'PRE_BUILD fails and may',
    'pre_build: {on-failure: CONTINUE, commands: ["false"]}',
    [
      'PRE_BUILD FAILED',
      'BUILD SUCCEEDED',
      'POST_BUILD SUCCEEDED',
      'UPLOAD_ARTIFACTS SUCCEEDED',
      'FINALIZING SUCCEEDED',
      'COMPLETED',
    ],
    'SUCCEEDED',
  ],
  [
    'BUILD aborts',
    'build: {on-failure: ABORT, commands: ["false"]}',
    ['BUILD FAILED', 'FINALIZING SUCCEEDED', 'COMPLETED'],
    'FAILED',
  ],
])('transitions: %s', async (_, phase, expected, status) => {
  const result = await build(await project(noSource(`version: 0.2\nphases:\n  ${phase}\n`)));
  expect(statuses(result).slice(-expected.length)).toEqual(expected);
  expect(result.build.buildStatus).toBe(status);
});

test.each([
  ['RETRY-2', 'SUCCEEDED', 3],
  ['RETRY-1', 'FAILED', 2],
  ['RETRY-flak[ey]', 'SUCCEEDED', 3],
  ['RETRY-solid', 'FAILED', 1],
])('on-failure %s: %s after %i attempts', async (onFailure, status, attempts) => {
  const spec = `
version: 0.2
phases:
  build:
    on-failure: ${onFailure}
    commands: ['echo x >>tries', 'echo flaky; [ "$(wc -l <tries)" -ge 3 ]']
`;
  const { build: built, lines } = await build(await project(noSource(spec)));
  expect(built.buildStatus).toBe(status);
  expect(lines.filter((line) => line === 'flaky')).toHaveLength(attempts);
});

test('variables: start over project over buildspec, Parameter Store read, values literal', async () => {
  const spec = `
version: 0.2
env:
  variables: {A: spec, B: spec, C: spec}
  parameter-store: {STORED: /known}
phases: {build: {commands: ['echo "$A|$B|$C|$STORED|$D"']}}
`;
  const name = await project({
    ...noSource(spec),
    Environment: {
      Type: 'LINUX_CONTAINER',
      Image: 'i',
      ComputeType: 'BUILD_GENERAL1_SMALL',
      EnvironmentVariables: [
        { Name: 'B', Value: 'project' },
        { Name: 'C', Value: 'project' },
        { Name: 'D', Value: "it's $A", Type: 'PLAINTEXT' },
      ],
    },
  });
  const environmentVariablesOverride = [{ name: 'C', value: 'start', type: 'PLAINTEXT' }];
  const { lines } = await build(name, { environmentVariablesOverride });
  expect(lines).toContain("spec|project|start|from the store|it's $A");
});

test.each([
  [
    'a parameter that is missing',
    'env: {parameter-store: {X: /none}}\nphases: {}',
    /X: parameter \/none: \/none not found/,
  ],
  ['a secret', 'env: {secrets-manager: {X: id}}\nphases: {}', /X: SECRETS_MANAGER variables are not played/],
  ['a buildspec that does not parse', 'phases: {deploy: {}}', /buildspec:2: phases\.deploy: unknown phase/],
])('%s fails DOWNLOAD_SOURCE', async (_, spec, message) => {
  const result = await build(await project(noSource(`version: 0.2\n${spec}\n`)));
  expect(statuses(result).slice(-2)).toEqual(['DOWNLOAD_SOURCE FAILED', 'COMPLETED']);
  expect(result.build.phases!.at(-2)!.contexts![0].message).toMatch(message);
});

test('nothing of the user is in the environment; HOME and the npm prefix are the build’s own', async () => {
  Object.assign(process.env, {
    AWS_PROFILE: 'mine',
    npm_config_prefix: '/mine',
    GIT_DIR: '/mine',
    MY_SECRET: 'x',
  });
  process.env.PATH = `/project/node_modules/.bin:${process.env.PATH}`;
  const { lines, build: built } = await build(
    await project(noSource('version: 0.2\nphases: {build: {commands: [env]}}\n')),
  );
  const environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
  expect(environment).not.toHaveProperty('AWS_PROFILE');
  expect(environment).not.toHaveProperty('GIT_DIR');
  expect(environment).not.toHaveProperty('MY_SECRET');
  expect(environment.PATH).not.toContain('/project/node_modules');
  const own = workFolder(built);
  expect([environment.HOME, environment.npm_config_prefix]).toEqual([
    path.join(own, 'home'),
    path.join(own, 'npm'),
  ]);
  expect(environment.PATH.startsWith(path.join(own, 'npm', 'bin'))).toBe(true);
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL: scope.endpoint,
    CODEBUILD_BUILD_ID: built.id,
    CODEBUILD_CI: 'true',
  });
  while (fs.existsSync(own)) await new Promise((resolve) => setImmediate(resolve));
});

test('a source finds neither a git repository nor a package above its own folder', async () => {
  const spec =
    'version: 0.2\nphases: {build: {commands: ["git rev-parse --git-dir || echo none; npm prefix", "node -p \\"try { require.resolve(\'yaml\') } catch (e) { e.code }\\""]}}\n';
  const { lines, build: built } = await build(await project(noSource(spec)));
  expect(lines).toContain('none');
  expect(lines).toContain(workFolder(built));
  if (new Isolation().available) expect(lines).toContain('MODULE_NOT_FOUND');
});

test('StopBuild ends every process of the build', async () => {
  const sleeper = newSleeper('wait');
  const name = await project(sleeper.source);
  const running = codebuild.start({ projectName: name });
  await sleeper.started();
  await operations.StopBuild({ id: running.id });
  const { build: ended } = await codebuild.finished(running.id!);
  expect(ended.buildStatus).toBe('STOPPED');
  expect(statuses({ build: ended }).slice(-2)).toEqual(['BUILD STOPPED', 'COMPLETED']);
  await sleeper.ended();
});

test('a time limit is wall time; what a build left running ends with it', async () => {
  const sleeper = newSleeper('wait');
  let expire = () => {};
  const deadline = jest.spyOn(scope.clock, 'deadline').mockImplementation((ms, callback) => {
    expect(ms).toBe(7 * 60_000);
    expire = callback;
    return { cancel() {} };
  });
  const name = await project({
    ...sleeper.source,
    TimeoutInMinutes: '7',
  });
  const running = codebuild.start({ projectName: name });
  await sleeper.started();
  expire();
  deadline.mockRestore();
  const { build: ended } = await codebuild.finished(running.id!);
  expect(ended.phases!.at(-2)).toMatchObject({
    phaseStatus: 'TIMED_OUT',
    contexts: [{ statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out.' }],
  });
  await sleeper.ended();
});

test('a background process neither holds a build up nor outlives it', async () => {
  const sleeper = newSleeper('true');
  expect((await build(await project(sleeper.source))).build.buildStatus).toBe('SUCCEEDED');
  await sleeper.ended();
});

test('a local custom cache keeps folders from build to build of one project', async () => {
  const spec = `
version: 0.2
phases: {build: {commands: ['ls kept/deep 2>/dev/null || echo empty', 'mkdir -p kept/deep && touch kept/deep/$CODEBUILD_BUILD_NUMBER', 'cat ~/.tool/x || true; mkdir -p ~/.tool && echo home >~/.tool/x']}}
cache: {paths: ['kept/**/*', '/root/.tool/**/*']}
`;
  const cached = await project({
    ...noSource(spec),
    Cache: { Type: 'LOCAL', Modes: ['LOCAL_CUSTOM_CACHE'] },
  });
  expect((await build(cached)).lines).toContain('empty');
  expect((await build(cached)).lines).toEqual(expect.arrayContaining(['1', 'home']));
  await operations.InvalidateProjectCache({ projectName: cached });
  expect((await build(cached)).lines).toContain('empty');
  const plain = await project(noSource(spec));
  await build(plain);
  expect((await build(plain)).lines).toContain('empty');
});

test('S3 artifacts: packed under the name that the buildspec computes, or file by file', async () => {
  const spec = `
version: 0.2
phases: {build: {commands: [echo 1 >one]}}
artifacts: {files: [one], name: 'n/$CODEBUILD_BUILD_NUMBER'}
`;
  const artifacts = { Type: 'S3', Location: 'bucket', Path: 'p', Name: 'own' };
  const zipped = await project({
    ...noSource(spec),
    Artifacts: { ...artifacts, Packaging: 'ZIP', OverrideArtifactName: true },
  });
  const { build: built } = await build(zipped);
  expect(built.artifacts?.location).toBe('arn:aws:s3:::bucket/p/n/1');
  expect(await namesIn(stored.get('bucket/p/n/1')!)).toEqual(['one']);
  await build(await project({ ...noSource(spec), Artifacts: artifacts }));
  expect(stored.get('bucket/p/own/one')?.toString()).toBe('1\n');
});

test('S3 and CodeCommit sources', async () => {
  stored.set(
    'sources/app.zip',
    await archive({ 'buildspec.yml': 'version: 0.2\nphases: {build: {commands: [echo from s3]}}' }),
  );
  const s3 = await project({ Source: { Type: 'S3', Location: 'sources/app.zip' } });
  expect((await build(s3)).lines).toContain('from s3');

  const { commitId } = (await scope.service('codecommit').operations.CreateCommit({
    repositoryName: await repository(),
    branchName: 'main',
    putFiles: [
      {
        filePath: 'buildspec.yml',
        fileContent: Buffer.from('version: 0.2\nphases: {build: {commands: [git log --format=%s]}}'),
      },
    ],
    commitMessage: 'From CodeCommit',
  })) as any;
  const location = `${scope.endpoint}/v1/repos/app`;
  const { lines, build: built } = await build(
    await project({ Source: { Type: 'CODECOMMIT', Location: location }, SourceVersion: 'refs/heads/main' }),
  );
  expect(lines).toContain('From CodeCommit');
  expect(built.resolvedSourceVersion).toBe(commitId);
});

test('reports are recorded under the project’s name', async () => {
  const { build: built } = await build(
    await project({
      ...noSource('version: 0.2\nphases: {}\nreports: {unit: {files: [r.xml]}}'),
      Name: 'named',
    }),
  );
  expect(built.reportArns![0]).toMatch(/^arn:aws:codebuild:us-east-1:111111111111:report\/named-unit:/);
});

test('projects and builds are listed; RetryBuild starts the same again', async () => {
  const name = await project();
  const first = await build(name, { environmentVariablesOverride: [{ name: 'X', value: '1' }] });
  const { build: again }: any = await operations.RetryBuild({ id: first.build.id });
  await codebuild.finished(again.arn);
  expect(await operations.ListBuildsForProject({ projectName: name })).toEqual({
    ids: [again.id, first.build.id],
  });
  expect(await operations.BatchGetBuilds({ ids: [again.id, 'none'] })).toMatchObject({
    builds: [{ buildNumber: 2, environment: { environmentVariables: [{ name: 'X' }] } }],
    buildsNotFound: ['none'],
  });
  expect(await operations.BatchGetProjects({ names: [name, 'none'] })).toMatchObject({
    projects: [{ name, timeoutInMinutes: 60 }],
    projectsNotFound: ['none'],
  });
  await provider.delete(name, {}, {} as never);
  expect(() => codebuild.start({ projectName: name })).toThrow('Project cannot be found');
});

test.each([
  [{ Source: { Type: 'GITHUB' } }, /source type GITHUB is not played; allowed are CODECOMMIT/],
  [{ TimeoutInMinutes: 4 }, /timeoutInMinutes is 4; allowed are 5 to 2160/],
  [{ Artifacts: { Type: 'CODEPIPELINE' } }, /both be of type CODEPIPELINE, or neither/],
])('a project with %j is refused', async (properties, message) => {
  await expect(project(properties)).rejects.toThrow(message);
});

async function repository(): Promise<string> {
  await scope.service('codecommit').operations.CreateRepository({ repositoryName: 'app' });
  return 'app';
}

let sleepers = 0;

/** A build that leaves a long sleep in the background (in a session of its own where that can be ended too). */
function newSleeper(then: string) {
  const argument = `600.${process.pid}${sleepers++}`;
  const session = new Isolation().available ? 'setsid' : '';
  const running = () => execFileSync('ps', ['-A', '-o', 'args=']).toString().includes(`sleep ${argument}`);
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    source: noSource(
      `version: 0.2\nphases: {build: {commands: ["${session} sleep ${argument} & ${then}"]}}\n`,
    ),
    started: () => until(running),
    ended: () => until(() => !running()),
  };
}
