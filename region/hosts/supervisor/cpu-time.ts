import fs from 'node:fs';
import { processesWith } from './processes';
import { hostMarker, type SupervisorConfig } from './protocol';

/** Milliseconds of a clock tick in /proc: USER_HZ is 100 on Linux, whatever the kernel's own. @see proc_pid_stat(5) */
const TICK = 10;

/**
 * CPU time that a host has used so far: of its processes, and of those that have ended and were waited for. The
 * supervisor's own is none of the host's.
 * @returns milliseconds; undefined on a machine that does not tell
 */
export function cpuTime({ mode, folder }: Pick<SupervisorConfig, 'mode' | 'folder'>): number | undefined {
  const own = stat(process.pid);
  if (!own) return undefined;
  const pids = mode === 'namespace' ? everyProcess() : processesWith(hostMarker(folder));
  const others = pids.filter((pid) => pid !== process.pid).map(stat);
  return others.reduce((sum, one) => sum + (one ? one.self + one.children : 0), own.children);
}

/** A PID namespace has a /proc of its own. */
function everyProcess(): number[] {
  return fs.readdirSync('/proc').map(Number).filter(Boolean);
}

function stat(pid: number): { self: number; children: number } | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name in parentheses, may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
    return { self: (user + system) * TICK, children: (childrenUser + childrenSystem) * TICK };
  } catch {
    return undefined; // It ended, or this is no Linux.
  }
}
