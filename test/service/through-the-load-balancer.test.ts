import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { createService } from '../../service/src/server';
import { atEnd } from '../support/folder';

const SERVICE = path.join(__dirname, '../../service');
const KINDS = ['test:integration', 'test:end-to-end', 'test:synthetic'];

/** Runs a script of the service as the pipeline does. */
async function run(script: string, SERVICE_URL: string): Promise<'passed' | 'failed'> {
  const { PATH } = process.env;
  return promisify(execFile)('npm', ['run', '--if-present', script, '--prefix', SERVICE], {
    env: { PATH, SERVICE_URL },
  }).then(
    () => 'passed',
    ({ code }) => (code === 1 ? 'failed' : Promise.reject(new Error(`npm ended with ${code}`))),
  );
}

let url: string;

beforeAll(async () => {
  const service = createService('3f2a');
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  atEnd(() => service.stop());
  url = `http://127.0.0.1:${service.port()}`;
});

test.each(KINDS)('%s passes on the service', async (script) => {
  expect(await run(script, url)).toBe('passed');
});

test.each(KINDS)('%s fails on a service whose quotes are wrong', async (script) => {
  expect(await run(script, await broken())).toBe('failed');
});

test('a kind that a service does not bring is left out', async () => {
  expect(await run('test:load', url)).toBe('passed');
});

/** The address of the same service behind something that answers quotes with an error. */
async function broken(): Promise<string> {
  const server = http.createServer(async (request, response) => {
    const quote = request.url!.startsWith('/quote');
    const answer = quote ? undefined : await fetch(`${url}${request.url}`);
    response.writeHead(answer?.status ?? 500).end(answer ? await answer.text() : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
