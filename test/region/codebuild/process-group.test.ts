import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';

const REGION = `
  const { ProcessGroup } = require('./region/codebuild/process-group');
  const group = new ProcessGroup('bash', ['-c', 'sleep 600 & echo $! $$; wait'], { cwd: '.', env: {} });
  group.child.stdout.pipe(process.stdout);
`;

test('kill -9 of the region ends the processes of its builds', async () => {
  const region = spawn(process.execPath, ['-r', 'ts-node/register', '-e', REGION], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(region.stdout.setEncoding('utf8'), 'data');
  const pids = line.trim().split(' ').map(Number);
  expect(pids.map(alive)).toEqual([true, true]);
  region.kill('SIGKILL');
  await once(region, 'exit');
  while (pids.some(alive)) await new Promise((resolve) => setImmediate(resolve));
});

/** A process that has ended and waits to be collected counts as ended. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
