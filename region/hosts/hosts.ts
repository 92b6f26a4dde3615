import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock';
import type { Journal } from '../journal/journal';
import type { AgentOutcome } from './agent/agent';
import { DeploymentRoot } from './agent/deployment-root';
import type { Host, Hosts, LaunchOptions, LifecycleCommand, LifecycleOutcome } from './host';
import { namespaceCommand, namespacesWork } from './namespace';
import { Backstop, linkToNamespace } from './network';
import { linkIntoRoot, loopbackAddress, plainCommand } from './plain-process';
import { bundleProgram, type Program } from './program';
import { USER_DATA } from './supervisor/cloud-init';
import { killAll } from './supervisor/processes';
import { hostMarker, type SupervisorConfig } from './supervisor/protocol';
import { SupervisorProcess } from './supervisor-process';

/** How long CodeDeploy waits for a lifecycle event to be started, AWS milliseconds. @see CodeDeploy User Guide: Quotas */
const AGENT_LIMIT = 5 * 60_000;
const NO_AGENT =
  'the CodeDeploy agent has not taken the lifecycle event within five minutes: it is not installed, or does not run';

export interface HostsOptions {
  /** @default namespaces where this machine allows them, else plain processes */
  readonly mode?: Host['mode'];
}

/** @param folder where the hosts' folders are made, one for each instance id */
export function createHosts(
  folder: string,
  clock: Clock,
  journal: Journal,
  options: HostsOptions = {},
): Hosts {
  return new SupervisedHosts(path.resolve(folder), clock, journal, options);
}

class SupervisedHosts implements Hosts {
  readonly mode: Host['mode'];
  private readonly program: Program;
  private readonly supervisors = new Set<SupervisorProcess>();
  private readonly backstop = new Backstop();
  private backstopReady?: Promise<void>;

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly journal: Journal,
    options: HostsOptions,
  ) {
    const { works, why } = options.mode
      ? { works: options.mode === 'namespace', why: 'asked for' }
      : namespacesWork(folder);
    this.mode = works ? 'namespace' : 'process';
    this.program = bundleProgram(path.join(folder, '.program'));
    journal.append({
      source: 'hosts',
      type: 'HostsMode',
      subject: this.mode,
      message: works
        ? 'Instances are Linux namespaces with file systems and addresses of their own'
        : `Instances are plain processes with a root folder and a loopback address each (${why})`,
    });
  }

  async launch({ instanceId, userData, call = noAws }: LaunchOptions): Promise<Host> {
    const folder = path.join(this.folder, instanceId);
    for (const name of ['deployment-root', 'root', 'bin', 'log'])
      fs.mkdirSync(path.join(folder, name), { recursive: true });
    if (this.mode === 'process') linkIntoRoot(folder);
    if (userData) fs.writeFileSync(path.join(folder, USER_DATA), userData, { mode: 0o700 });
    // A copy for each host: by its own place it finds the host that it belongs to.
    const command = this.program.command;
    fs.copyFileSync(path.join(this.program.folder, command), path.join(folder, 'bin', command));
    const loopback = loopbackAddress();
    const place = { instanceId, host: folder, program: this.program, time: timeOf(this.clock) };
    const supervisor = new SupervisorProcess(
      this.mode === 'namespace' ? namespaceCommand(place) : plainCommand(place, loopback),
      folder,
      {
        clock: this.clock,
        journal: (entry) => this.journal.append({ ...entry, source: 'hosts', subject: instanceId }),
        call: ({ service, operation, input }) => call(service, operation, input),
      },
    );
    this.supervisors.add(supervisor);
    void supervisor.ended.then(() => this.supervisors.delete(supervisor));
    let address = loopback;
    try {
      await supervisor.expect('started');
      if (this.mode === 'namespace') address = await this.connect(supervisor);
    } catch (error) {
      await supervisor.end();
      throw new Error(`instance ${instanceId} did not start: ${(error as Error).message}`);
    }
    const host = new SupervisedHost(instanceId, this.mode, address, folder, supervisor, this.clock);
    this.append(instanceId, 'HostLaunched', `${instanceId} is at ${address}`, { address, mode: this.mode });
    void host.ended.then(() => this.append(instanceId, 'HostEnded', `${instanceId} has ended`, {}));
    return host;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.supervisors].map((supervisor) => supervisor.end()));
    await this.backstop.stop();
  }

  private async connect(supervisor: SupervisorProcess): Promise<string> {
    this.backstopReady ??= this.backstop.start();
    await this.backstopReady;
    const { address, gateway } = await linkToNamespace(supervisor.pid);
    const ready = supervisor.expect('ready');
    supervisor.send({ type: 'network', address, gateway });
    await ready;
    return address;
  }

  private append(subject: string, type: string, message: string, detail: Record<string, unknown>): void {
    this.journal.append({ source: 'hosts', type, subject, message, detail });
  }
}

class SupervisedHost implements Host {
  readonly ended: Promise<void>;
  private readonly deploymentRoot: DeploymentRoot;

  constructor(
    readonly instanceId: string,
    readonly mode: Host['mode'],
    readonly address: string,
    private readonly folder: string,
    private readonly supervisor: SupervisorProcess,
    private readonly clock: Clock,
  ) {
    this.ended = supervisor.ended.then(() => {
      // A supervisor that was killed itself could not end what it had started.
      if (mode === 'process') killAll(hostMarker(folder));
    });
    this.deploymentRoot = new DeploymentRoot(path.join(folder, 'deployment-root'));
  }

  async run(command: LifecycleCommand): Promise<LifecycleOutcome> {
    if (!this.supervisor.agentActive && !(await this.agentAnswers())) return unknownError(NO_AGENT);
    try {
      if (command.event === 'DownloadBundle') this.download(command);
    } catch (error) {
      return unknownError(`the bundle cannot be downloaded: ${(error as Error).message}`);
    }
    return inApiForm(await this.supervisor.run(command));
  }

  cpuTime(): Promise<number | undefined> {
    return this.supervisor.cpuTime();
  }

  async terminate(): Promise<void> {
    await this.supervisor.end();
    await this.ended;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** User data is executed work and takes its time: the agent's limit begins after it. */
  private agentAnswers(): Promise<boolean> {
    const { supervisor, clock } = this;
    const settled = new AbortController();
    // The end of the host is told with the outcome.
    const answers = Promise.race([supervisor.agent(), supervisor.ended]).then(() => true);
    const silent = supervisor.booted
      .then(() => clock.sleep(AGENT_LIMIT, settled.signal))
      .catch(() => {})
      .then(() => false);
    return Promise.race([answers, silent]).finally(() => settled.abort());
  }

  /** Puts the bundle onto the host, where its agent unpacks it. */
  private download({ deploymentGroupId, deploymentId, bundle }: LifecycleCommand): void {
    const file = this.deploymentRoot.bundle(deploymentGroupId, deploymentId);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.copyFileSync(bundle.file, file);
  }
}

async function noAws(): Promise<never> {
  throw new Error('this host has no AWS to call');
}

function timeOf(clock: Clock): SupervisorConfig['time'] {
  return { aws: clock.now(), wall: clock.wall(), scale: clock.scale };
}

/** CodeDeploy's API has no name for outputs left open: the agent's code 6 arrives as an unknown error. */
function inApiForm({ status, diagnostics }: AgentOutcome): LifecycleOutcome {
  if (!diagnostics) return { status };
  const { errorCode } = diagnostics;
  const known = errorCode === 'OutputsLeftOpen' ? 'UnknownError' : errorCode;
  return { status, diagnostics: { ...diagnostics, errorCode: known } };
}

function unknownError(message: string): LifecycleOutcome {
  return {
    status: 'Failed',
    diagnostics: { errorCode: 'UnknownError', scriptName: '', message, logTail: '' },
  };
}
