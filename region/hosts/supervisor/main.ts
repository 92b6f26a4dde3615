import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ScaledClock } from '../../clock/clock';
import { Agent } from '../agent/agent';
import { UNIT as CLOUDWATCH_AGENT, CloudWatchAgent } from '../cloudwatch-agent/agent';
import type { AgentHost, Emit } from '../cloudwatch-agent/collector';
import { control } from '../cloudwatch-agent/control';
import { Channel } from './channel';
import { runUserData } from './cloud-init';
import { cpuTime } from './cpu-time';
import { CODEDEPLOY_AGENT, dnf, Packages } from './packages';
import { killAll } from './processes';
import { type CommandAnswer, hostMarker, type SupervisorConfig, type ToSupervisor } from './protocol';
import { ServiceManager } from './service-manager';
import { systemctl } from './systemctl-command';

/** The first program of a host: it boots it, and plays its service manager and its agents. */
const config: SupervisorConfig = JSON.parse(process.argv[2]);
const channel = new Channel();
const clock = new ScaledClock();
const note = (message: string) => channel.journal('NotPlayed', message);

let endUserData = () => {};
const packages = new Packages(config);
const codedeployAgent = new Agent({ ...config, clock, note });
const emit: Emit = (service, operation, input) => channel.call({ service, operation, input });
const host: AgentHost = {
  instanceId: config.instanceId,
  root: config.root,
  address: config.environment.HOST,
  awsTime: (wall) => config.time.aws + (wall - config.time.wall) * config.time.scale,
  note,
  failed: (message) => channel.journal('CloudWatchAgentFailed', message),
};
const cloudWatchAgent = new CloudWatchAgent(host, emit, clock);
const manager = new ServiceManager({
  root: config.root,
  environment: config.environment,
  logs: path.join(config.folder, 'units'),
  clock,
  note,
  changed: ({ name, state, result, mainPid }) => {
    if (name === CLOUDWATCH_AGENT) void cloudWatchAgent.follow(state === 'active');
    if (name === CODEDEPLOY_AGENT) channel.send({ type: 'agent', active: state === 'active' });
    const why = state === 'failed' ? ` (${result})` : '';
    channel.journal('UnitStateChange', `${name} is ${state}${why}`, { name, state, result, mainPid });
  },
});

/** The commands of a host that are answered here. */
const COMMANDS: Readonly<Record<string, (args: string[]) => CommandAnswer | Promise<CommandAnswer>>> = {
  systemctl: (args) => systemctl(manager, args),
  dnf: (args) => dnf(packages, args),
  yum: (args) => dnf(packages, args),
  'amazon-cloudwatch-agent-ctl': (args) => control({ agent: cloudWatchAgent, manager, host, emit }, args),
};

async function handle(order: Exclude<ToSupervisor, { type: 'answer' }>): Promise<void> {
  if (order.type === 'run') {
    channel.send({ type: 'outcome', id: order.id, outcome: await codedeployAgent.run(order.command) });
  } else if (order.type === 'cpu') {
    channel.send({ type: 'cpu', id: order.id, milliseconds: cpuTime(config) });
  } else {
    await joinNetwork(order);
    channel.send({ type: 'ready' });
    await boot();
  }
}

async function joinNetwork({ address, gateway }: { address: string; gateway: string }): Promise<void> {
  const commands = [
    `address add ${address}/30 dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway}`,
  ];
  const ip = promisify(execFile)('ip', ['-batch', '-']);
  ip.child.stdin!.end(commands.join('\n'));
  await ip;
}

/** The first boot. An instance without user data is one of an image with the CodeDeploy agent on it. */
async function boot(): Promise<void> {
  const outcome = await runUserData(config, (end) => {
    endUserData = end;
  });
  if (!outcome) {
    packages.bake('codedeploy-agent');
    await manager.load(CODEDEPLOY_AGENT)!.start();
  } else if (outcome.exitStatus === 0)
    channel.journal('UserDataFinished', 'The user data has run', { ...outcome });
  else {
    const [lastLine] = outcome.tail.split('\n').slice(-1);
    const message = `The user data of ${config.instanceId} failed with status ${outcome.exitStatus}: ${lastLine}`;
    channel.journal('UserDataFailed', message, { ...outcome });
  }
  channel.send({ type: 'booted' });
}

/** Ends all that the host has started. In a namespace, the end of its first process does the rest. */
function end(): void {
  endUserData();
  manager.kill();
  if (config.mode === 'process') killAll(hostMarker(config.folder));
  process.exit();
}

function serveCommands(): Promise<void> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    createInterface(socket).once('line', async (line) => {
      const [command, ...args]: string[] = JSON.parse(line);
      socket.end(JSON.stringify(await COMMANDS[command]!(args)));
    });
  });
  for (const command of ['systemctl', 'dnf', 'yum']) packages.standIn(`/usr/bin/${command}`);
  process.chdir(config.folder);
  fs.rmSync('commands.socket', { force: true });
  return new Promise((resolve) => server.listen('commands.socket', resolve));
}

async function main(): Promise<void> {
  for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => {}); // The region decides when to end.
  channel.open((order) => void handle(order), end);
  await serveCommands();
  channel.send({ type: 'started' });
  if (config.mode === 'process') await boot();
}

void main();
