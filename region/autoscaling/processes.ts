import { AwsError } from '../service';

/** @see Amazon EC2 Auto Scaling User Guide: Suspend and resume processes */
export const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
] as const;

export type Process = (typeof PROCESSES)[number];

/** The scaling processes of a group that are suspended. */
export class Processes {
  private readonly suspended = new Set<Process>();

  /** All processes when none is named. */
  suspend(names: readonly string[] = []): void {
    for (const name of chosen(names)) this.suspended.add(name);
  }

  resume(names: readonly string[] = []): void {
    for (const name of chosen(names)) this.suspended.delete(name);
  }

  runs(name: Process): boolean {
    return !this.suspended.has(name);
  }

  describe() {
    return [...this.suspended].map((ProcessName) => ({
      ProcessName,
      SuspensionReason: 'User suspended',
    }));
  }
}

function chosen(names: readonly string[]): readonly Process[] {
  for (const name of names) {
    if (!(PROCESSES as readonly string[]).includes(name)) {
      throw new AwsError('ValidationError', `there is no process ${name}; there are ${PROCESSES.join(', ')}`);
    }
  }
  return names.length > 0 ? (names as readonly Process[]) : PROCESSES;
}
