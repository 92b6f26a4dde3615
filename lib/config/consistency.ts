import { BAKE_MINUTES, firstOfProduction, stageName } from './delivery';
import { unmetMinimum } from './deployment-configuration';
import type { DeliveryDescription, EnvironmentDescription } from './description';
import { distinctWindows, MOST_WINDOWS } from './gates';
import { misplacedCertificate } from './https';
import { scalingIssues } from './scaling';

/** A key whose value does not go with another's, and what would. */
export interface Inconsistency {
  readonly path: (string | number)[];
  readonly allowed: string;
}

/** What no key says by itself: whether those of a description, each allowed alone, go together. */
export function inconsistencies(delivery: DeliveryDescription): Inconsistency[] {
  const all = withPaths(delivery.environments);
  return [
    ...ofPlace(delivery, all),
    ...ofProduction(delivery, all),
    ...ofProofs(delivery, all),
    ...ofSource(delivery),
    ...ofNames(all),
    ...ofCertificates(delivery, all),
    ...delivery.environments.flatMap((entry, index) => ('name' in entry ? [] : ofWave(entry, index))),
    ...all.flatMap(([path, environment]) =>
      ofEnvironment(environment).map((found) => ({ ...found, path: [...path, ...found.path] })),
    ),
  ];
}

/** An environment with the path at which it stands. */
type Placed = [path: (string | number)[], environment: EnvironmentDescription];

function withPaths(entries: DeliveryDescription['environments']): Placed[] {
  return entries.flatMap((entry, index): Placed[] =>
    'name' in entry
      ? [[['environments', index], entry]]
      : entry.map((environment, place) => [['environments', index, place], environment]),
  );
}

function ofPlace({ account, region }: DeliveryDescription, all: Placed[]): Inconsistency[] {
  const together = 'account and region given together, or neither';
  if (account && !region) return [{ path: ['region'], allowed: together }];
  if (region && !account) return [{ path: ['account'], allowed: together }];
  if (account && region) return [];
  return all.flatMap(([path, environment]) =>
    (['account', 'region'] as const)
      .filter((key) => environment[key])
      .map((key) => ({
        path: [...path, key],
        allowed: `nothing, unless the delivery itself gives account and region: without them the pipeline's place is not known, and it cannot reach another`,
      })),
  );
}

function ofProduction({ production }: DeliveryDescription, all: Placed[]): Inconsistency[] {
  const names = all.map(([, { name }]) => name);
  if (production === undefined || names.includes(production)) return [];
  return [{ path: ['production'], allowed: `the name of an environment: one of ${names.join(', ')}` }];
}

function ofProofs(delivery: DeliveryDescription, all: Placed[]): Inconsistency[] {
  const found: Inconsistency[] = [];
  for (const [path, { rollbackProof, region }] of all) {
    if (!rollbackProof) continue;
    if (Number(path[1]) >= firstOfProduction(delivery))
      found.push({
        path: [...path, 'rollbackProof'],
        allowed:
          'nothing in production: an unproven release would serve half of its users; give it to an environment before',
      });
    else if (region && region !== delivery.region)
      found.push({
        path: [...path, 'rollbackProof'],
        allowed: `nothing in another region than the pipeline's, ${delivery.region}: it deploys the artifact that is there`,
      });
  }
  return found;
}

function ofSource({ source, security }: DeliveryDescription): Inconsistency[] {
  if (!source || !security?.protectBranch) return [];
  return [
    {
      path: ['security', 'protectBranch'],
      allowed: 'nothing, with source: a branch outside AWS is protected where it is',
    },
  ];
}

function ofNames(all: Placed[]): Inconsistency[] {
  return all
    .filter(([, { name }], index) => all.findIndex(([, other]) => other.name === name) < index)
    .map(([path]) => ({ path: [...path, 'name'], allowed: 'a name that no other environment has' }));
}

function ofCertificates({ account, region }: DeliveryDescription, all: Placed[]): Inconsistency[] {
  return all.flatMap(([path, { https, ...environment }]) => {
    const allowed = https && misplacedCertificate(https, { account, region, ...environment });
    return allowed ? [{ path: [...path, 'https', 'certificate'], allowed }] : [];
  });
}

function ofWave(wave: readonly EnvironmentDescription[], index: number): Inconsistency[] {
  const path = ['environments', index];
  const found: Inconsistency[] = [];
  if (stageName(wave).length > 100)
    found.push({
      path,
      allowed: 'a wave whose stage, named after its environments, has a name of 100 characters at most',
    });
  if (distinctWindows(wave).length > MOST_WINDOWS)
    found.push({ path, allowed: `a wave with at most ${MOST_WINDOWS} different deployment windows` });
  return found;
}

function ofEnvironment(environment: EnvironmentDescription): Inconsistency[] {
  const { capacity, bakeMinutes = BAKE_MINUTES, bakeLimitMinutes = bakeMinutes } = environment;
  const found: Inconsistency[] = scalingIssues(environment).map(({ key, message }) => ({
    path: ['scaling', key],
    allowed: message,
  }));
  if (bakeLimitMinutes < bakeMinutes)
    found.push({ path: ['bakeLimitMinutes'], allowed: 'a whole number no smaller than bakeMinutes' });
  const scheduled = environment.scaling?.schedule?.flatMap(({ min = [] }) => min) ?? [];
  const smallest = Math.min(capacity.min, ...scheduled);
  for (const key of ['deploymentConfiguration', 'rollbackConfiguration'] as const) {
    const unmet = unmetMinimum(environment[key], smallest);
    if (unmet) found.push({ path: [key, unmet.key], allowed: unmet.allowed });
  }
  return found;
}
