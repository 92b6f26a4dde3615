import { archive, build, codebuild, namesIn, noSource, project, scope, stored } from './bench';

/** HOME in AWS's own build images. */
const BUILD_HOME = '/root';

test('a local custom cache keeps folders from build to build of one project', async () => {
  const spec = `
version: 0.2
phases: {build: {commands: ['ls kept/deep 2>/dev/null || echo empty', 'mkdir -p kept/deep && touch kept/deep/$CODEBUILD_BUILD_NUMBER', 'cat ~/.tool/x || true; mkdir -p ~/.tool && echo home >~/.tool/x']}}
cache: {paths: ['kept/**/*', '${BUILD_HOME}/.tool/**/*']}
`;
  const cached = await project({
    ...noSource(spec),
    Cache: { Type: 'LOCAL', Modes: ['LOCAL_CUSTOM_CACHE'] },
  });
  expect((await build(cached)).lines).toContain('empty');
  expect((await build(cached)).lines).toEqual(expect.arrayContaining(['1', 'home']));
  await codebuild.operations.InvalidateProjectCache({ projectName: cached });
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

async function repository(): Promise<string> {
  await scope.service('codecommit').operations.CreateRepository({ repositoryName: 'app' });
  return 'app';
}
