import fs from 'node:fs';
import path from 'node:path';
import { ScaledClock } from '../../../../region/clock/clock';
import { CloudWatchAgent, UNIT } from '../../../../region/hosts/cloudwatch-agent/agent';
import type { AgentHost } from '../../../../region/hosts/cloudwatch-agent/collector';
import { notPlayed, parseConfig } from '../../../../region/hosts/cloudwatch-agent/config';
import { control } from '../../../../region/hosts/cloudwatch-agent/control';
import { ServiceManager } from '../../../../region/hosts/supervisor/service-manager';
import { temporaryFolder } from '../../../support/folder';

const folder = temporaryFolder('cloudwatch-agent');
const managers: ServiceManager[] = [];
afterEach(() => {
  for (const manager of managers.splice(0)) manager.kill();
});

const CONFIG = JSON.stringify({
  logs: { logs_collected: { files: { collect_list: [{ file_path: '/a.log', timezone: 'UTC' }] } } },
  metrics: { metrics_collected: { mem: {} } },
});

/** An installed agent, and the way to call its control command. */
function installed() {
  const root = fs.mkdtempSync(path.join(folder, 'root-'));
  const notes: string[] = [];
  const clock = new ScaledClock();
  const host: AgentHost = {
    instanceId: 'i-1',
    root,
    awsTime: (wall) => wall,
    note: (message) => notes.push(message),
    failed: (message) => notes.push(message),
  };
  const emit = async (service: string, operation: string, input: any) => {
    expect([service, operation, input]).toEqual(['ssm', 'GetParameter', { Name: 'config' }]);
    return { Parameter: { Value: CONFIG } };
  };
  const agent = new CloudWatchAgent(host, emit, clock);
  const manager = new ServiceManager({
    root,
    logs: path.join(root, 'logs'),
    environment: { PATH: process.env.PATH! },
    clock,
    note() {},
    changed: () => {},
  });
  managers.push(manager);
  const units = path.join(root, 'etc/systemd/system');
  fs.mkdirSync(units, { recursive: true });
  fs.writeFileSync(
    path.join(units, UNIT),
    '[Service]\nExecStart=/usr/bin/tail -f /dev/null\n[Install]\nWantedBy=multi-user.target\n',
  );
  fs.writeFileSync(path.join(root, 'agent.json'), CONFIG);
  return { root, notes, manager, call: (...args: string[]) => control({ agent, manager, host, emit }, args) };
}

test.each(['file:/agent.json', 'ssm:config'])(
  'fetch-config takes %s, names what is not played, and starts the unit',
  async (source) => {
    const { call, manager, notes } = installed();
    expect((await call('-a', 'status')).stdout).toMatch(/stopped.*not configured/s);
    expect(await call('-a', 'fetch-config', '-m', 'ec2', '-s', '-c', source)).toMatchObject({
      exitStatus: 0,
    });
    expect(notes).toEqual([
      `${source}: recorded, not played: logs.logs_collected.files.collect_list[].timezone, metrics`,
    ]);
    expect(manager.load(UNIT)!.state).toBe('active');
    expect(manager.isEnabled(UNIT)).toBe(true);
    expect((await call('-a', 'status')).stdout).toMatch(/running.*"configured"/s);
    await call('-a', 'stop');
    expect(manager.load(UNIT)!.state).toBe('inactive');
  },
);

test.each([
  [['-a', 'start'], 'the agent has no configuration'],
  [
    ['-a', 'append-config', '-c', 'file:/agent.json'],
    '-a append-config is not played; played are fetch-config',
  ],
  [['-a', 'fetch-config', '-c', 'default'], '-c default; played are ssm:'],
  [['-a', 'fetch-config', '-m', 'onPremise'], '-m onPremise; allowed are ec2 and auto'],
  [['-a', 'fetch-config', '-c', 'file:/none.json'], 'ENOENT'],
])('%j is refused', async (args, message) => {
  const { exitStatus, stderr } = await installed().call(...args);
  expect(exitStatus).toBe(1);
  expect(stderr).toContain(message);
});

test('a configuration with a mistake is not taken', async () => {
  const { call, root } = installed();
  const list = [{ file_path: 'a.log' }];
  const config = { logs: { logs_collected: { files: { collect_list: list } } } };
  fs.writeFileSync(path.join(root, 'bad.json'), JSON.stringify(config));
  const { exitStatus, stderr } = await call('-a', 'fetch-config', '-s', '-c', 'file:/bad.json');
  expect(exitStatus).toBe(1);
  expect(stderr).toContain('file_path is a.log; allowed is an absolute path');
  expect((await call('-a', 'status')).stdout).toMatch(/stopped.*not configured/s);
});

test('a configuration is a JSON object, and its unplayed branches are named by their topmost key', () => {
  expect(() => parseConfig('{', 'x.json')).toThrow(/^x\.json is not JSON/);
  expect(() => parseConfig('[]', 'x.json')).toThrow('x.json holds []; allowed is an object');
  const config = { agent: { a: 1, b: 2 }, logs: { list: [{ path: 1, zone: 2 }, { zone: 3 }], other: {} } };
  expect(notPlayed(config, ['logs.list[].path'])).toEqual(['agent', 'logs.list[].zone', 'logs.other']);
  expect(notPlayed(config, ['logs', 'agent.a'])).toEqual(['agent.b']);
});
