import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ScaledClock } from '../../clock/clock';
import { Agent } from '../agent/agent';
import { killAll } from './processes';
import {
  CONTROL_CHANNEL,
  type FromSupervisor,
  hostMarker,
  type SupervisorConfig,
  type ToSupervisor,
} from './protocol';
import { ServiceManager } from './service-manager';
import { systemctl } from './systemctl-command';

/** The first program of a host: the CodeDeploy agent, and the service manager that its scripts talk to. */
const config: SupervisorConfig = JSON.parse(process.argv[2]);
const channel = new net.Socket({ fd: CONTROL_CHANNEL });
const clock = new ScaledClock();

function send(message: FromSupervisor): void {
  channel.write(`${JSON.stringify(message)}\n`);
}

function note(message: string): void {
  send({ type: 'journal', entry: { type: 'NotPlayed', message } });
}

const agent = new Agent({ ...config, clock, note });
const manager = new ServiceManager({
  root: config.root,
  environment: config.environment,
  logs: path.join(config.folder, 'units'),
  clock,
  note,
  changed: ({ name, state, result, mainPid }) => {
    const why = state === 'failed' ? ` (${result})` : '';
    const entry = {
      type: 'UnitStateChange',
      message: `${name} is ${state}${why}`,
      detail: { name, state, result, mainPid },
    };
    send({ type: 'journal', entry });
  },
});

async function handle(message: ToSupervisor): Promise<void> {
  if (message.type === 'run') {
    send({ type: 'outcome', id: message.id, outcome: await agent.run(message.command) });
  } else {
    const { address, gateway } = message;
    const commands = [
      `address add ${address}/30 dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
    ];
    const ip = promisify(execFile)('ip', ['-batch', '-']);
    ip.child.stdin!.end(commands.join('\n'));
    await ip;
    send({ type: 'ready' });
  }
}

/** Ends all that the host has started. In a namespace, the end of its first process does the rest. */
function end(): void {
  manager.kill();
  if (config.mode === 'process') killAll(hostMarker(config.folder));
  process.exit();
}

function serveSystemctl(): Promise<void> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    createInterface(socket).once('line', async (line) => {
      socket.end(JSON.stringify(await systemctl(manager, JSON.parse(line))));
    });
  });
  process.chdir(config.folder);
  fs.rmSync('systemctl.socket', { force: true });
  return new Promise((resolve) => server.listen('systemctl.socket', resolve));
}

async function main(): Promise<void> {
  for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => {}); // The region decides when to end.
  channel.on('error', end);
  await serveSystemctl();
  createInterface(channel)
    .on('line', (line) => void handle(JSON.parse(line)))
    .on('close', end);
  send({ type: 'started' });
}

void main();
