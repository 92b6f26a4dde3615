import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { DESCRIPTION, synthesize } from '../../support/synthesize';
import { stageOf } from './stages';

const [beta, prod] = DESCRIPTION.environments;
const gamma = { ...beta, name: 'gamma' };
const { pipeline } = synthesize({ ...DESCRIPTION, environments: [beta, gamma, prod] });

/** The step that tests an environment, with the commands of its build. */
function testOf(name: string) {
  const action = stageOf(pipeline, name).Actions.find(({ Name }: { Name: string }) => Name.endsWith('Test'));
  const project = pipeline.toJSON().Resources[action.Configuration.ProjectName.Ref];
  const { phases } = JSON.parse(project.Properties.Source.BuildSpec);
  return { action, phases, commands: phases.build.commands as string[] };
}

const { commands } = testOf('beta');

test.each([
  ['beta', 'IntegrationTest', 'test:integration'],
  ['gamma', 'EndToEndTest', 'test:end-to-end'],
  ['prod', 'SyntheticTest', 'test:synthetic'],
])(
  '%s is tested by %s, whose tests are the script %s of the service, if it has one',
  (name, step, script) => {
    const { action, commands } = testOf(name);
    expect(action.Name).toBe(step);
    expect(commands.at(-1)).toBe(`npm run --if-present ${script} --prefix service`);
  },
);

test('it learns the address from the stack and the revision from the source, and reads the sources', () => {
  const { Configuration, InputArtifacts } = testOf('prod').action;
  expect(JSON.parse(Configuration.EnvironmentVariables)).toEqual([
    { name: 'REVISION', type: 'PLAINTEXT', value: expect.stringMatching(/^#\{Source.*\.CommitId\}$/) },
    { name: 'SERVICE_URL', type: 'PLAINTEXT', value: expect.stringMatching(/^#\{.*\.Url\}$/) },
  ]);
  const [source] = stageOf(pipeline, 'Source').Actions;
  expect(InputArtifacts).toEqual(source.OutputArtifacts);
});

test('nothing is installed for it but the runtime', () => {
  expect(testOf('prod').phases.install).toEqual({ 'runtime-versions': { nodejs: '22' } });
});

const smokeTests = commands.slice(0, 2);

/** Runs the first commands as CodeBuild does, the first failure ending them, against a service that answers so. */
async function smokeTest(
  answer: (url: string) => { status: number; body: string },
): Promise<'passed' | 'failed'> {
  const server = http.createServer(({ url }, response) => {
    const { status, body } = answer(url!);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const SERVICE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Without its retries, which would take a minute to give up.
  const script = smokeTests.join('\n').replaceAll(/--retry\S* \d+|--retry-all-errors/g, '');
  try {
    await promisify(execFile)('bash', ['-e', '-c', script], {
      env: { PATH: process.env.PATH, SERVICE_URL, REVISION: 'c0ffee' },
    });
    return 'passed';
  } catch {
    return 'failed';
  } finally {
    server.close();
  }
}

const page = (body: string) => ({ status: 200, body });

test('passes when the service is healthy and shows the revision', async () => {
  expect(await smokeTest(() => page('<p>Revision c0ffee</p>'))).toBe('passed');
});

test('fails when another revision answers', async () => {
  expect(await smokeTest(() => page('<p>Revision deadbeef</p>'))).toBe('failed');
});

test('fails when the health check does', async () => {
  const sick = (url: string) => (url === '/health' ? { status: 500, body: '' } : page('c0ffee'));
  expect(await smokeTest(sick)).toBe('failed');
});

test('retries for a bounded time', () => {
  for (const command of smokeTests)
    expect(command).toMatch(/--max-time 5 --retry 12 --retry-delay 5 --retry-all-errors/);
});
