import fs from 'node:fs';
import path from 'node:path';
import { ScaledClock } from '../../../../region/clock/clock';
import { ServiceManager } from '../../../../region/hosts/supervisor/service-manager';
import { systemctl } from '../../../../region/hosts/supervisor/systemctl-command';
import { temporaryFolder } from '../../../support/folder';

const folder = temporaryFolder('units');
const managers: ServiceManager[] = [];

afterEach(() => {
  for (const manager of managers.splice(0)) manager.kill();
});

/** A service manager on a root of its own, and the way to call systemctl on it. */
function machine(environment: Record<string, string> = {}) {
  const root = fs.mkdtempSync(path.join(folder, 'root-'));
  const notes: string[] = [];
  const states: string[] = [];
  let listeners: (() => void)[] = [];
  const manager = new ServiceManager({
    root,
    logs: path.join(root, 'logs'),
    environment: { PATH: process.env.PATH!, ROOT: root, ...environment },
    clock: new ScaledClock(),
    note: (message) => notes.push(message),
    changed: ({ name, state, result }) => {
      states.push(`${name} ${state} ${result}`);
      for (const listener of listeners) listener();
    },
  });
  managers.push(manager);
  return {
    root,
    notes,
    states,
    manager,
    write(name: string, text: string) {
      const file = path.join(root, 'etc/systemd/system', name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    },
    call: (...args: string[]) => systemctl(manager, args),
    /** Resolves once that state change has happened. */
    until: (state: string) =>
      new Promise<void>((resolve) => {
        const look = () => states.includes(state) && resolve();
        listeners = [...listeners, look];
        look();
      }),
    output: () => fs.readFileSync(path.join(root, 'logs/a.service.log'), 'utf8'),
  };
}

/** Whether the process is there and no mere zombie, which has no command line any more. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/cmdline`;
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8') !== '';
}

const service = (lines: string) =>
  `[Unit]\nDescription=A\n[Service]\n${lines}\n[Install]\nWantedBy=multi-user.target\n`;

test('start, is-active, show, status and stop', async () => {
  const { write, call } = machine();
  write('a.service', service('ExecStart=/bin/sleep 1000'));
  expect(await call('is-active', 'a')).toEqual({ exitStatus: 3, stdout: 'inactive\n', stderr: '' });
  expect((await call('start', 'a')).exitStatus).toBe(0);
  expect(await call('is-active', 'a.service')).toEqual({ exitStatus: 0, stdout: 'active\n', stderr: '' });
  const { stdout } = await call('show', 'a', '-p', 'MainPID', '--value');
  expect(fs.readFileSync(`/proc/${stdout.trim()}/cmdline`, 'utf8')).toContain('sleep');
  expect((await call('status', 'a')).stdout).toMatch(/● a\.service - A\n.*disabled\)\n\s+Active: active/);
  expect((await call('stop', 'a')).exitStatus).toBe(0);
  expect(isRunning(stdout.trim())).toBe(false);
  expect((await call('is-active', '--quiet', 'a')).stdout).toBe('');
});

test.each([
  ['with a network of its own', {}, 'http://127.0.0.1:4318'],
  ['without one', { HOST: '127.64.0.9' }, 'http://127.64.0.9:4318'],
])('loopback in the variables of a unit, on a host %s', async (_name, environment, expected) => {
  const { root, write, call, output } = machine(environment);
  fs.writeFileSync(path.join(root, 'variables'), 'COLLECTOR=http://127.0.0.1:4318\n');
  write(
    'a.service',
    service('Type=oneshot\nEnvironmentFile=/variables\nExecStart=/usr/bin/printenv COLLECTOR'),
  );
  expect((await call('start', 'a')).exitStatus).toBe(0);
  expect(output()).toBe(`${expected}\n`);
});

test('exit statuses of what is not there', async () => {
  const { call } = machine();
  expect(await call('start', 'no')).toMatchObject({
    exitStatus: 5,
    stderr: expect.stringMatching(/not found/),
  });
  expect(await call('stop', 'no')).toMatchObject({
    exitStatus: 5,
    stderr: expect.stringMatching(/not loaded/),
  });
  expect((await call('status', 'no')).exitStatus).toBe(4);
  expect((await call('enable', 'no')).exitStatus).toBe(1);
  expect(await call('mask', 'no')).toMatchObject({
    exitStatus: 1,
    stderr: expect.stringMatching(/mask: not played/),
  });
  expect(await call('start', '--force', 'no')).toMatchObject({
    exitStatus: 1,
    stderr: expect.stringMatching(/--force/),
  });
});

test('a unit file is read again at daemon-reload only', async () => {
  const { write, call, output } = machine();
  const oneshot = (word: string) => service(`Type=oneshot\nExecStart=/bin/echo ${word}`);
  write('a.service', oneshot('old'));
  await call('start', 'a');
  write('a.service', oneshot('new'));
  expect((await call('restart', 'a')).stderr).toMatch(/changed on disk/);
  await call('daemon-reload');
  expect((await call('restart', 'a')).stderr).toBe('');
  expect(output()).toBe('old\nold\nnew\n');
});

test('environment, environment file and working directory; settings that are not played are said', async () => {
  const { root, write, call, output, notes } = machine();
  fs.mkdirSync(path.join(root, 'opt'));
  fs.writeFileSync(path.join(root, 'opt/env'), '# comment\nB=file\n');
  write(
    'a.service',
    service(
      'Type=oneshot\nUser=somebody\nEnvironment=A=unit B=unit\nEnvironmentFile=/opt/env\nEnvironmentFile=-/opt/none\n' +
        'WorkingDirectory=/opt\nExecStart=/bin/echo $A $B\nExecStart=/bin/pwd',
    ),
  );
  expect((await call('start', 'a')).exitStatus).toBe(0);
  expect(output()).toBe(`unit file\n${path.join(root, 'opt')}\n`);
  expect(notes).toEqual(['a.service: recorded, not played: Service.User']);
});

test('output is appended to a file of the host', async () => {
  const { root, write, call, until } = machine();
  fs.mkdirSync(path.join(root, 'var/log'), { recursive: true });
  write(
    'a.service',
    service(
      "Type=oneshot\nStandardOutput=append:/var/log/a.log\nExecStart=/bin/sh -c 'echo out; echo err >&2'",
    ),
  );
  await call('start', 'a');
  await until('a.service inactive success');
  await call('start', 'a');
  expect(fs.readFileSync(path.join(root, 'var/log/a.log'), 'utf8')).toBe('out\nerr\n'.repeat(2));
});

test('restart on failure, until the start limit', async () => {
  const { write, call, states, until, output } = machine();
  write('a.service', service("Restart=on-failure\nRestartSec=1ms\nExecStart=/bin/sh -c 'echo ran; exit 3'"));
  expect((await call('start', 'a')).exitStatus).toBe(0);
  await until('a.service failed start-limit-hit');
  expect(output()).toBe('ran\n'.repeat(5));
  expect(states).toContain('a.service activating exit-code');
  expect((await call('show', 'a', '-p', 'ExecMainStatus,NRestarts')).stdout).toBe(
    'ExecMainStatus=3\nNRestarts=5\n',
  );
});

test('no restart after a clean end', async () => {
  const { write, call, until } = machine();
  write('a.service', service('Restart=on-failure\nExecStart=/bin/true'));
  await call('start', 'a');
  await until('a.service inactive success');
});

test('a service that does not stop is killed, with all it has started', async () => {
  const { root, write, call, states } = machine();
  const started = path.join(root, 'started');
  write(
    'a.service',
    service(
      `TimeoutStopSec=200ms\nExecStart=/bin/bash -c 'trap "" TERM; setsid sleep 1000 & echo $! > ${started}; wait; wait'`,
    ),
  );
  await call('start', 'a');
  while (!fs.existsSync(started) || !fs.readFileSync(started, 'utf8')) await new Promise(setImmediate);
  await call('stop', 'a');
  expect(states.at(-1)).toBe('a.service failed timeout');
  expect(isRunning(fs.readFileSync(started, 'utf8').trim())).toBe(false);
});

test('enable and disable make and remove the link; --now starts', async () => {
  const { root, write, call } = machine();
  write('a.service', service('ExecStart=/bin/sleep 1000'));
  const link = path.join(root, 'etc/systemd/system/multi-user.target.wants/a.service');
  expect((await call('enable', '--now', 'a')).stderr).toContain(link);
  expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  expect((await call('is-active', 'a')).exitStatus).toBe(0);
  await call('disable', '--now', 'a');
  expect(fs.existsSync(link)).toBe(false);
  expect((await call('is-active', 'a')).exitStatus).toBe(3);
});
