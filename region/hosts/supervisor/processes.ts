import fs from 'node:fs';

/**
 * Processes that carry a variable in the environment they were started with, wherever they have moved since: children
 * that made sessions of their own are found too. Linux only; elsewhere none are found, and process groups must do.
 */
export function processesWith(variable: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync('/proc');
  } catch {
    return [];
  }
  return names.map(Number).filter((pid) => {
    if (!(pid > 0) || pid === process.pid) return false;
    try {
      return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable);
    } catch {
      return false; // It ended, or belongs to somebody else.
    }
  });
}

/** Sends a signal to a process (or to a process group when negative) that may have ended already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error: any) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Kills all processes that carry the variable, also those they start meanwhile. */
export function killAll(variable: string): void {
  for (let left = processesWith(variable); left.length > 0; left = processesWith(variable)) {
    for (const pid of left) signal(pid, 'SIGKILL');
  }
}
