import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { CodePipelineSource } from 'aws-cdk-lib/pipelines';
import { smokeTestStep } from '../../../lib/pipeline/smoke-test-step';

const stack = new Stack();
const source = CodePipelineSource.codeCommit(
  Repository.fromRepositoryName(stack, 'Repository', 'harbor'),
  'main',
);
const { commands } = smokeTestStep(source, new CfnOutput(stack, 'Url', { value: 'http://example.com' }));

/** Runs the commands as CodeBuild does, the first failure ending them, against a service that answers so. */
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
  const script = commands.join('\n').replaceAll(/--retry\S* \d+|--retry-all-errors/g, '');
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
  for (const command of commands)
    expect(command).toMatch(/--max-time 5 --retry 12 --retry-delay 5 --retry-all-errors/);
});
