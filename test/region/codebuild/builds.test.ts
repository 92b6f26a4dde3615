import {
  archive,
  build,
  emitted,
  logged,
  namesIn,
  noSource,
  pipelineProject,
  project,
  scope,
  statuses,
} from './bench';

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
