import fs from 'node:fs';
import path from 'node:path';
import { Isolation } from '../../../region/codebuild/isolation';
import { build, noSource, project, scope, statuses, workFolder } from './bench';

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
