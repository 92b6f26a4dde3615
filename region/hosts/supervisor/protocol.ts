import type { NewEntry } from '../../journal/journal';
import type { AgentOutcome } from '../agent/agent';
import type { Host, LifecycleCommand } from '../host';

/** What a supervisor is told when it is started, as JSON in its first argument. */
export interface SupervisorConfig {
  readonly instanceId: string;
  readonly mode: Host['mode'];
  /** The host's folder on this machine, as the supervisor sees it. */
  readonly folder: string;
  /** The agent's deployment root, as the supervisor sees it. */
  readonly deploymentRoot: string;
  /** Prefix of the host's absolute paths; empty where the host has a file system view of its own. */
  readonly root: string;
  /** Environment of hook scripts and units. */
  readonly environment: Readonly<Record<string, string>>;
  /** AWS time: it was `aws` at the wall time `wall`, and runs `scale` times as fast. */
  readonly time: { readonly aws: number; readonly wall: number; readonly scale: number };
}

/** What the command that stands in for `systemctl`, `dnf` and so on prints, and how it exits. */
export interface CommandAnswer {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variable by which a host's processes are known on a machine without namespaces. */
export const HOST_MARKER = 'TIDEGATE_HOST';

/** That variable with its value for the host with this folder. */
export function hostMarker(folder: string): string {
  return `${HOST_MARKER}=${folder}`;
}

/** JSON lines on the control channel, file descriptor 3; its end is the supervisor's end. */
export const CONTROL_CHANNEL = 3;

export type ToSupervisor =
  /** Gives a network namespace its address; answered by `ready`. */
  | { type: 'network'; address: string; gateway: string }
  | { type: 'run'; id: number; command: LifecycleCommand }
  /** Asks for the CPU time used so far; answered by `cpu`. */
  | { type: 'cpu'; id: number }
  /** What came of a `call`. */
  | { type: 'answer'; id: number; output?: unknown; error?: { name: string; message: string } };

export type FromSupervisor =
  | { type: 'started' }
  | { type: 'ready' }
  /** The first boot is over: user data has run, well or not. */
  | { type: 'booted' }
  /** Whether the CodeDeploy agent takes commands. */
  | { type: 'agent'; active: boolean }
  | { type: 'journal'; entry: Pick<NewEntry, 'type' | 'message' | 'detail'> }
  | { type: 'outcome'; id: number; outcome: AgentOutcome }
  | { type: 'cpu'; id: number; milliseconds?: number }
  /** Something on the host calls an operation of an AWS service. */
  | ({ type: 'call'; id: number } & AwsCall);

export interface AwsCall {
  /** As the region names it, `logs`. */
  readonly service: string;
  readonly operation: string;
  readonly input: object;
}
