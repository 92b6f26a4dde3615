import { build, codebuild, noSource, project, provider } from './bench';

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
  const { build: again }: any = await codebuild.operations.RetryBuild({ id: first.build.id });
  await codebuild.finished(again.arn);
  expect(await codebuild.operations.ListBuildsForProject({ projectName: name })).toEqual({
    ids: [again.id, first.build.id],
  });
  expect(await codebuild.operations.BatchGetBuilds({ ids: [again.id, 'none'] })).toMatchObject({
    builds: [{ buildNumber: 2, environment: { environmentVariables: [{ name: 'X' }] } }],
    buildsNotFound: ['none'],
  });
  expect(await codebuild.operations.BatchGetProjects({ names: [name, 'none'] })).toMatchObject({
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
