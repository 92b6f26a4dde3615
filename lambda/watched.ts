import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Place, reach } from './assume-role';

/** The alarms of an environment, and how to reach them. */
export interface Watched extends Place {
  /** Names of the alarms, metric or composite: at most 100. */
  readonly alarms: readonly string[];
}

/** @throws Error that names the user parameter, what was found and what is allowed */
export function checkWatched({ alarms, region, roleArn }: Partial<Watched>): Watched {
  const names = Array.isArray(alarms) && alarms.every((name) => typeof name === 'string' && name !== '');
  expect('alarms', alarms, names && alarms.length <= 100, 'a list of at most 100 alarm names');
  expect('region', region, isTextOrNothing(region), 'a string');
  expect('roleArn', roleArn, isTextOrNothing(roleArn), 'a string');
  return { alarms: alarms!, region, roleArn };
}

/** @throws Error that names the user parameter, what was found and what is allowed, unless it holds */
export function expect(key: string, found: unknown, holds: boolean, allowed: string): void {
  if (holds) return;
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  throw new Error(`User parameter "${key}": found ${shown}, allowed is ${allowed}`);
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** A client for the CloudWatch of the environment. */
export async function cloudWatchOf(watched: Watched): Promise<CloudWatchClient> {
  return new CloudWatchClient(await reach(watched, 'tidegate-gates'));
}
