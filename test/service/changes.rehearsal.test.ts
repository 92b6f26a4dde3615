import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/folder';

const SERVICE = path.join(__dirname, '../../service');
const files = temporaryFolder('service');

beforeAll(() => {
  // Found from every copy below.
  for (const file of ['package.json', 'package-lock.json'])
    fs.copyFileSync(path.join(SERVICE, file), path.join(files, file));
  execFileSync('npm', ['ci', '--silent', '--prefer-offline', '--prefix', files]);
});

/** A copy of the service with one text replaced, which must stand there exactly once. */
function changed(name: string, file: string, from: string, to: string): string {
  const folder = path.join(files, name);
  fs.cpSync(SERVICE, folder, {
    recursive: true,
    filter: (entry) => !/(node_modules|build|revision)$/.test(entry),
  });
  const parts = fs.readFileSync(path.join(folder, file), 'utf8').split(from);
  expect(parts).toHaveLength(2);
  fs.writeFileSync(path.join(folder, file), parts.join(to));
  return folder;
}

/** Tests, builds and starts the service; asks it for each path in turn, and stops it. */
async function play(folder: string, paths: string[]): Promise<{ status: number; body: string }[]> {
  for (const script of ['test', 'build']) {
    execFileSync('npm', ['run', script, '--silent', '--prefix', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0' };
  const service = spawn(process.execPath, ['revision/server.js'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = await once(service.stdout, 'data');
    const [url] = /127\.0\.0\.1:\d+/.exec(line)!;
    return await Promise.all(
      paths.map(async (request) => {
        const response = await fetch(`http://${url}${request}`);
        return { status: response.status, body: await response.text() };
      }),
    );
  } finally {
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
  }
}

test('a good change is to be seen on the page', async () => {
  const folder = changed('good', 'src/page.ts', 'A berth for the night', 'A berth for every night');
  const [page] = await play(folder, ['/']);
  expect(page).toMatchObject({
    status: 200,
    body: expect.stringContaining('<h1>A berth for every night</h1>'),
  });
});

test('a bad change passes the tests and the health check, and fails for passes that are no longer sold alone', async () => {
  const folder = changed('bad', 'src/quote.ts', '(PASSES[pass]?.percentOff ?? 0)', 'PASSES[pass].percentOff');
  const answers = await play(folder, [
    '/health',
    '/',
    '/quote?nights=3',
    '/quote?nights=3&pass=MEMBER',
    '/quote?nights=3&pass=REGATTA',
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 500]);
});
