import type { Wave } from '../lib/config/delivery';
import { environmentOf } from './observations';
import type { Rehearsal } from './rehearsal';

/*
 * Which of a delivery's environments are production, and what their users ask for.
 */

/** A pass that is no longer sold. */
export const PRODUCTION_ONLY = '/quote?nights=2&pass=EARLYBIRD';

/** What every environment is asked for … */
export const COMMON_PATHS = ['/', '/quote?nights=3', '/quote?nights=1&pass=MEMBER', '/quote?nights=14', '/'];
/** … and what production's users ask, some of them with an old pass. */
const PRODUCTION_PATHS = [...COMMON_PATHS, ...COMMON_PATHS.slice(1), PRODUCTION_ONLY];

/** Names of the environments of production, in the order of their release. */
export function inProduction({ delivery }: Rehearsal): string[] {
  return delivery.environments.filter(({ production }) => production).map(({ name }) => name);
}

/** The wave that a release meets production in. */
export function firstWave({ delivery }: Rehearsal): Wave {
  return delivery.waves.find(({ production }) => production)!;
}

export function pathsOf(rehearsal: Rehearsal, environment: string): readonly string[] {
  return inProduction(rehearsal).includes(environment) ? PRODUCTION_PATHS : COMMON_PATHS;
}

/** Sends traffic as soon as there is somebody to answer: the first bake of an environment may ask for requests. */
export async function trafficFromItsFirstDeploymentOn(
  rehearsal: Rehearsal,
  environment: string,
  since: number,
): Promise<void> {
  const { journal, delivery, options } = rehearsal;
  await journal.waitFor(
    (entry) =>
      (entry.type === 'DeploymentStateChange' &&
        environmentOf(entry, delivery.service) === environment &&
        entry.detail['status'] === 'Succeeded') ||
      entry.type === 'PipelineFailed',
    { since, signal: options.signal },
  );
  await rehearsal.sendTraffic(environment, pathsOf(rehearsal, environment));
}
