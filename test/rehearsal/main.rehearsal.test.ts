import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/folder';

const ROOT = path.join(__dirname, '../..');

function start(...args: string[]): { child: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, ['-r', 'ts-node/register', 'rehearsal/main.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return { child, printed: () => text };
}

test.each([
  ['--help', 0, 'Exit codes: 0 every check held'],
  ['--scale=0', 2, '--scale is 0; allowed is a number from 1'],
  ['--speed=2', 2, "Unknown option '--speed'"],
])('%s ends with exit code %i', async (option, expected, text) => {
  const { child, printed } = start(option);
  const [code] = await once(child, 'close');
  expect(printed()).toContain(text);
  expect(code).toBe(expected);
});

test('a second rehearsal leaves a running one as it was, and Ctrl-C in the middle of a release ends everything', async () => {
  const folder = temporaryFolder('interrupted');
  const { child, printed } = start('--folder', folder);
  const building = new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', () => printed().includes('Build / Build started') && resolve());
    child.on('close', () => reject(new Error(`ended before its first build:\n${printed()}`)));
  });
  await building;
  const second = start('--folder', folder);
  const [refused] = await once(second.child, 'close');
  expect(second.printed()).toContain('is in use by another region');
  expect(refused).toBe(1);

  child.removeAllListeners('close');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(printed()).toContain('stopped by SIGINT');
  expect(code).toBe(130);
  expect(processesNaming(folder)).toEqual([]);
  expect(fs.existsSync(path.join(folder, 'region/journal.jsonl'))).toBe(true);
}, 120_000);

/** Command lines of running processes that name the folder. */
function processesNaming(folder: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(folder));
}
