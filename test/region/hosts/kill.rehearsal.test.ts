import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { namespacesWork } from '../../../region/hosts/namespace';
import { temporaryFolder } from '../../support/folder';
import { writeZip } from '../../support/zip';

const files = temporaryFolder('kill');
const modes = namespacesWork(files).works ? ['namespace', 'process'] : ['process'];

/** Command lines on this machine that name one of the words. */
function commandsWith(words: string[]): string[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // It has just ended.
      }
    })
    .filter((command) => words.some((word) => command.includes(word)));
}

test.each(modes)('nothing of a host (%s) outlives the kill -9 of its region', async (mode) => {
  const folder = fs.mkdtempSync(path.join(files, 'kill-'));
  const [instanceId, unit, stray] = ['i', 'unit', 'stray'].map((name) => `${name}-${randomUUID()}`);
  const bundle = path.join(folder, 'bundle.zip');
  await writeZip(bundle, {
    'appspec.yml': { content: APPSPEC },
    'sleeper.service': {
      content: `[Service]\nExecStart=/bin/bash -c "exec -a ${unit} sleep 10000"\nRestart=always\n`,
    },
    // A session of its own and no output left open: as far from its parent as a process gets.
    'start.sh': {
      content: `#!/bin/bash
systemctl start sleeper
setsid bash -c "exec -a ${stray} sleep 10000" < /dev/null &> /dev/null &
`,
    },
  });
  const program = path.join(__dirname, 'doomed-region.ts');
  const args = ['-r', 'ts-node/register', program, folder, mode, instanceId, bundle];
  const region = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [outcome] = await once(region.stdout, 'data');
  expect(JSON.parse(outcome)).toEqual({ status: 'Succeeded' });
  const started = () => [unit, stray].map((word) => commandsWith([word]).length);
  while (started().includes(0)) await new Promise(setImmediate);

  region.kill('SIGKILL');
  await once(region, 'exit');
  while (commandsWith([instanceId, unit, stray]).length > 0) await new Promise(setImmediate);
});

const APPSPEC = `version: 0.0
os: linux
files:
  - source: sleeper.service
    destination: /etc/systemd/system
hooks:
  ApplicationStart:
    - location: start.sh
`;
