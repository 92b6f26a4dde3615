import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Clock } from '../clock/clock';
import type { AgentOutcome } from './agent/agent';
import type { LifecycleCommand } from './host';
import { type AwsCall, CONTROL_CHANNEL, type FromSupervisor, type ToSupervisor } from './supervisor/protocol';

/** Wall milliseconds that a supervisor has to end by itself before it is killed. */
const PATIENCE = 2_000;

type JournalMessage = Extract<FromSupervisor, { type: 'journal' }>;

/** What a supervisor finds in the region. */
export interface Region {
  readonly clock: Pick<Clock, 'deadline'>;
  journal(entry: JournalMessage['entry']): void;
  call(call: AwsCall): Promise<unknown>;
}

/** The region's end of one host's supervisor: its process, and the channel whose end is the host's end. */
export class SupervisorProcess {
  readonly ended: Promise<void>;
  /** Resolves when the first boot is over. */
  readonly booted: Promise<void>;
  private readonly child: ChildProcess;
  private readonly channel: Socket;
  private readonly log: string;
  private readonly running = new Map<number, (outcome: AgentOutcome) => void>();
  private readonly measuring = new Map<number, (milliseconds?: number) => void>();
  private readonly expected = new Map<FromSupervisor['type'], () => void>();
  private requests = 0;
  private hasEnded = false;
  /** Whether the CodeDeploy agent takes commands. */
  agentActive = false;
  private agentListeners: (() => void)[] = [];

  /** @param folder where `supervisor.log` takes what the program writes */
  constructor(
    [command, ...args]: readonly string[],
    folder: string,
    private readonly region: Region,
  ) {
    this.log = path.join(folder, 'supervisor.log');
    const output = fs.openSync(this.log, 'w');
    const stdio = Array(CONTROL_CHANNEL + 1).fill(output);
    stdio[0] = 'ignore';
    stdio[CONTROL_CHANNEL] = 'pipe';
    // A session of its own, so that Ctrl-C in a terminal reaches the region alone.
    this.child = spawn(command, args, {
      stdio,
      detached: true,
      env: { PATH: process.env.PATH },
      cwd: folder,
    });
    fs.closeSync(output);
    this.channel = this.child.stdio[CONTROL_CHANNEL] as Socket;
    this.channel.on('error', () => {}); // Its end is told by the process's own.
    createInterface(this.channel).on('line', (line) => this.receive(JSON.parse(line)));
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.hasEnded = true;
        for (const settle of this.running.values()) settle(lost());
        for (const settle of this.measuring.values()) settle();
        resolve();
      };
      this.child.once('exit', end);
      this.child.once('error', end);
    });
    this.booted = new Promise((resolve) => this.expected.set('booted', resolve));
  }

  get pid(): number {
    return this.child.pid!;
  }

  send(message: ToSupervisor): void {
    if (!this.channel.writableEnded) this.channel.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves with the first message of that type; rejects with what the program wrote when it ends before. */
  expect(type: FromSupervisor['type']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.expected.set(type, () => {
        this.expected.delete(type);
        resolve();
      });
      this.ended.then(() => {
        // After that message the end of a host is no error, and its log may be gone.
        if (!this.expected.has(type)) return;
        reject(new Error(`the host's supervisor ended: ${fs.readFileSync(this.log, 'utf8').trim()}`));
      });
    });
  }

  /** Resolves when the CodeDeploy agent takes commands. */
  agent(): Promise<void> {
    if (this.agentActive) return Promise.resolve();
    return new Promise((resolve) => this.agentListeners.push(resolve));
  }

  run(command: LifecycleCommand): Promise<AgentOutcome> {
    if (this.hasEnded) return Promise.resolve(lost());
    const id = ++this.requests;
    return new Promise((resolve) => {
      this.running.set(id, resolve);
      this.send({ type: 'run', id, command });
    });
  }

  /** Milliseconds of CPU time that the host has used; undefined when that cannot be told. */
  cpuTime(): Promise<number | undefined> {
    if (this.hasEnded) return Promise.resolve(undefined);
    const id = ++this.requests;
    return new Promise((resolve) => {
      this.measuring.set(id, resolve);
      this.send({ type: 'cpu', id });
    });
  }

  /** Ends the host and resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.channel.end();
    const impatient = this.region.clock.deadline(PATIENCE, () => this.child.kill('SIGKILL'));
    await this.ended;
    impatient.cancel();
    this.channel.destroy();
  }

  private receive(message: FromSupervisor): void {
    if (message.type === 'journal') this.region.journal(message.entry);
    else if (message.type === 'call') void this.answer(message);
    else if (message.type === 'agent') {
      this.agentActive = message.active;
      if (message.active) for (const resolve of this.agentListeners.splice(0)) resolve();
    } else if (message.type === 'outcome') {
      this.running.get(message.id)?.(message.outcome);
      this.running.delete(message.id);
    } else if (message.type === 'cpu') {
      this.measuring.get(message.id)?.(message.milliseconds);
      this.measuring.delete(message.id);
    } else this.expected.get(message.type)?.();
  }

  private async answer({ id, ...call }: AwsCall & { id: number }): Promise<void> {
    try {
      this.send({ type: 'answer', id, output: await this.region.call(call) });
    } catch (error) {
      const { name, message } = error as Error;
      this.send({ type: 'answer', id, error: { name, message } });
    }
  }
}

function lost(): AgentOutcome {
  const message = 'the instance ended while the lifecycle event was under way';
  return {
    status: 'Failed',
    diagnostics: { errorCode: 'UnknownError', scriptName: '', message, logTail: '' },
  };
}
