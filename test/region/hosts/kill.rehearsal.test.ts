import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { ScaledClock } from '../../../region/clock/clock';
import type { Host } from '../../../region/hosts/host';
import { createHosts } from '../../../region/hosts/hosts';
import { namespacesWork } from '../../../region/hosts/namespace';
import { Journal } from '../../../region/journal/journal';
import { temporaryFolder } from '../../support/folder';
import { writeZip } from '../../support/zip';
import { deploy } from './deployer';

const files = temporaryFolder('kill');
const modes: Host['mode'][] = namespacesWork(files).works ? ['namespace', 'process'] : ['process'];

/** Processes of this machine whose command line has the word. */
function processesNaming(word: string): number[] {
  const names = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.map(Number).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false; // It has just ended.
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

/** A revision that starts a unit and, as far from its parent as a process gets, a stray: each known by its name. */
async function prepare() {
  const folder = fs.mkdtempSync(path.join(files, 'case-'));
  const [instanceId, unit, stray] = ['i', 'unit', 'stray'].map((name) => `${name}-${randomUUID()}`);
  const bundle = path.join(folder, 'bundle.zip');
  await writeZip(bundle, {
    'appspec.yml': { content: APPSPEC },
    'sleeper.service': {
      content: `[Service]\nExecStart=/bin/bash -c "exec -a ${unit} sleep 10000"\nRestart=always\n`,
    },
    'start.sh': {
      content: `#!/bin/bash
systemctl start sleeper
setsid bash -c "exec -a ${stray} sleep 10000" < /dev/null &> /dev/null &
`,
    },
  });
  return { folder, instanceId, bundle, words: [instanceId, unit, stray] };
}

const APPSPEC = `version: 0.0
os: linux
files:
  - source: sleeper.service
    destination: /etc/systemd/system
hooks:
  ApplicationStart:
    - location: start.sh
`;

test.each(modes)('nothing of a host (%s) outlives the kill -9 of its region', async (mode) => {
  const { folder, instanceId, bundle, words } = await prepare();
  const program = path.join(__dirname, 'doomed-region.ts');
  const args = ['-r', 'ts-node/register', program, folder, mode, instanceId, bundle];
  const region = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [outcome] = await once(region.stdout, 'data');
  expect(JSON.parse(outcome)).toEqual({ status: 'Succeeded' });
  await until(() => words.every((word) => processesNaming(word).length > 0));

  region.kill('SIGKILL');
  await once(region, 'exit');
  await until(() => words.every((word) => processesNaming(word).length === 0));
});

test.each(modes)('nothing of a host (%s) outlives the kill -9 of its first program', async (mode) => {
  const { folder, instanceId, bundle, words } = await prepare();
  const clock = new ScaledClock();
  const hosts = createHosts(path.join(folder, 'hosts'), clock, new Journal(clock), { mode });
  const host = await hosts.launch({ instanceId });
  expect(await deploy(host, 'd-1', bundle)).toEqual({ status: 'Succeeded' });
  await until(() => words.every((word) => processesNaming(word).length > 0));

  // The newest of those that name the instance: in a namespace, the others only surround it.
  process.kill(Math.max(...processesNaming(instanceId)), 'SIGKILL');
  await host.ended;
  await until(() => words.every((word) => processesNaming(word).length === 0));
  await hosts.stop();
});
