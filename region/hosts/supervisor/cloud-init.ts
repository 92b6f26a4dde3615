import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { signal } from './processes';
import type { SupervisorConfig } from './protocol';

/** Where the region leaves an instance's user data, in the host's folder. */
export const USER_DATA = 'user-data';
const OUTPUT = 'var/log/cloud-init-output.log';
const TAIL = 12;

export interface UserDataOutcome {
  readonly exitStatus: number;
  /** The last lines that it has written. */
  readonly tail: string;
}

/**
 * Runs an instance's user data, as cloud-init does at the first boot: once, as root, in `/`, without a HOME, with what it
 * writes in /var/log/cloud-init-output.log.
 * @param ends given the way to end it early
 * @returns undefined when the instance has none
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export async function runUserData(
  config: SupervisorConfig,
  ends: (end: () => void) => void,
): Promise<UserDataOutcome | undefined> {
  const script = path.join(config.folder, USER_DATA);
  if (!fs.existsSync(script)) return undefined;
  const { HOME: _, ...env } = config.environment;
  const log = path.join(config.root, '/', OUTPUT);
  const output = fs.openSync(log, 'a');
  const child = spawn(script, [], {
    cwd: config.root || '/',
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  ends(() => child.exitCode === null && child.pid && signal(-child.pid, 'SIGKILL'));
  const [code, by] = await once(child, 'exit').catch((error: Error) => {
    fs.appendFileSync(log, `${error.message}\n`);
    return [126, null];
  });
  const tail = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL).join('\n');
  return { exitStatus: by ? 128 : code, tail };
}
