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
  | { type: 'run'; id: number; command: LifecycleCommand };

export type FromSupervisor =
  | { type: 'started' }
  | { type: 'ready' }
  | { type: 'journal'; entry: Pick<NewEntry, 'type' | 'message' | 'detail'> }
  | { type: 'outcome'; id: number; outcome: AgentOutcome };
