import { z } from 'zod';
import type { CustomConfiguration, DeploymentConfiguration } from './deployment-configuration';
import { text, wholeNumber } from './values';

/**
 * Before a release is deployed, it goes to half of the fleet and back, under load: a release that cannot be taken back, or
 * that fails a request on the way, stops there.
 */
export interface RollbackProof {
  /**
   * Load on the service: 1 to 100 requests a second.
   *
   * @default 10
   */
  readonly requestsPerSecond?: number;

  /**
   * Paths that are requested in turn, 1 to 20. An answer of 5xx fails the proof.
   *
   * @default ['/']
   */
  readonly paths?: readonly string[];

  /**
   * Minutes for which half of the fleet serves the new revision: 1 to 60. A whole number.
   *
   * @default 1
   */
  readonly minutes?: number;
}

export const rollbackProof = z
  .strictObject(
    {
      requestsPerSecond: wholeNumber(1, 100).optional(),
      paths: z
        .array(text(/^\/[!-~]*$/, 'a path that begins with /'), 'a list of paths')
        .min(1, '1 to 20 paths')
        .max(20, '1 to 20 paths')
        .optional(),
      minutes: wholeNumber(1, 60).optional(),
    },
    'an object',
  )
  .optional();

const DEFAULTS: Required<RollbackProof> = { requestsPerSecond: 10, paths: ['/'], minutes: 1 };

/** Fills in the defaults. */
export function resolveRollbackProof(proof: RollbackProof | undefined): Required<RollbackProof> | undefined {
  return proof && { ...DEFAULTS, ...proof };
}

/**
 * Minutes for which CodeDeploy holds between two zones, longer than any proof takes: what ends it is the proof. One whose
 * build was killed leaves that time to a person, or to the proof of the next release.
 */
export const HOLD_MINUTES = 300;

/** How a proof deploys: zone by zone, with the environment's own minimum of healthy instances or else half of them. */
export function proofConfiguration(configuration: DeploymentConfiguration): CustomConfiguration {
  const minimum = typeof configuration === 'string' ? { minimumHealthyPercent: 50 } : configuration;
  return { ...minimum, zonal: { monitorMinutes: HOLD_MINUTES } };
}
