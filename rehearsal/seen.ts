import type { Checks } from './checks';
import * as journal from './observations';
import { PRODUCTION_ONLY } from './production';
import type { Rehearsal, Release } from './rehearsal';

/*
 * What the acts of the story check: each looks at what a release has left behind, and says what it saw.
 */

/** Wall times at which a bad release was first felt, seen by the alarm, and gone. */
export interface Incident {
  readonly began: number;
  readonly detected?: number;
  readonly restored?: number;
}

/** Wall milliseconds after the pipeline's end in which the guard has rolled back what CodeDeploy let through. */
const ROLLED_BACK_WITHIN = 60_000;

/** The journal from the push on. */
export function since(rehearsal: Rehearsal, { since }: Release) {
  return rehearsal.journal.entries(({ seq }) => seq > since);
}

/** @throws when the release did not get through: what follows in the act would only show that again */
export function succeeded({ end }: Release, checks: Checks): void {
  if (end.type !== 'PipelineSucceeded') throw new Error(end.message);
  checks.that('the pipeline succeeds', true, end.message);
}

export async function serves(
  rehearsal: Rehearsal,
  environment: string,
  commit: string,
  checks: Checks,
): Promise<void> {
  const short = (revisions: string[]) => revisions.map((revision) => revision.slice(0, 7));
  const seen = short(await rehearsal.revisionsServed(environment));
  checks.equal(`every host of ${environment} serves ${commit.slice(0, 7)}`, seen, short([commit]));
}

/** Where the description says so. */
export function oneHostAtATime(rehearsal: Rehearsal, release: Release, name: string, checks: Checks): void {
  if (rehearsal.environment(name)?.deploymentConfiguration !== 'OneAtATime') return;
  const entries = since(rehearsal, release);
  const ids = new Set(journal.deployments(entries, rehearsal.delivery.service, name).map(({ id }) => id));
  checks.equal(`hosts of ${name} out of service at once`, journal.mostHostsOutAtOnce(entries, ids), 1);
}

export function noRequestFailed(rehearsal: Rehearsal, { pushed }: Release, checks: Checks): void {
  for (const traffic of rehearsal.traffic.values()) {
    const { sent, failed, failures } = traffic.count(pushed);
    const seen = `${sent} sent, ${failed} failed${failed ? ` ${JSON.stringify(failures)}` : ''}`;
    checks.that(`no request to ${traffic.environment} fails`, sent > 0 && failed === 0, seen);
  }
}

/** @param names the environments of production that got the release */
export function onlyProductionsOwnRequestFailed(
  rehearsal: Rehearsal,
  { pushed }: Release,
  names: readonly string[],
  checks: Checks,
): void {
  const failures = [...rehearsal.traffic.values()].flatMap((traffic) =>
    Object.keys(traffic.count(pushed).failures).map((what) => `${traffic.environment}: ${what}`),
  );
  checks.equal(
    'what failed is the request that only production has',
    failures,
    names.map((name) => `${name}: 500 ${PRODUCTION_ONLY}`),
  );
}

/**
 * A bad release was taken from an environment: by CodeDeploy while it deployed, or by the guard when its deployment had
 * ended before the alarm went off.
 *
 * @returns wall time of the rollback's end, if there was one
 */
export async function takenBack(
  rehearsal: Rehearsal,
  release: Release,
  environment: string,
  checks: Checks,
): Promise<number | undefined> {
  const { service } = rehearsal.delivery;
  const deployments = (group: string) => journal.deployments(since(rehearsal, release), service, group);
  // A release that fails on the one-box does not come to the fleet; one that fails on the fleet is taken from both.
  const groups = [`${environment}-one-box`, environment].filter((group) => deployments(group).length > 0);
  await Promise.all(
    groups.map((group) =>
      rehearsal.journal.waitFor(
        (entry) =>
          journal.isEndOfDeployment(entry, service, group) && entry.subject !== deployments(group)[0]!.id,
        { since: release.since, signal: AbortSignal.timeout(ROLLED_BACK_WITHIN) },
      ),
    ),
  );
  const [bad, rollback] = deployments(groups.at(-1) ?? environment);
  if (bad?.status === 'Succeeded') {
    const seen = [rollback?.creator, rollback?.status];
    checks.equal('the guard rolls back what CodeDeploy has let through', seen, ['user', 'Succeeded']);
  } else {
    checks.equal(
      'CodeDeploy stops the deployment on the alarm',
      [bad?.status, bad?.error],
      ['Stopped', 'ALARM_ACTIVE'],
    );
    checks.equal(
      'and rolls back with a deployment of its own',
      [rollback?.creator, rollback?.status],
      ['codeDeployRollback', 'Succeeded'],
    );
  }
  return rollback?.end.wall;
}

/** When users first felt the bad release, when the alarm saw it, and when the last bad answer was given. */
export function incident(
  rehearsal: Rehearsal,
  release: Release,
  environment: string,
  restored?: number,
): Incident | undefined {
  const began = rehearsal.traffic
    .get(environment)!
    .samples.find(({ wall, failed }) => wall > release.pushed && failed > 0)?.wall;
  if (began === undefined) return undefined;
  const prefix = `${rehearsal.delivery.service}-${environment}-`;
  const alarm = journal
    .alarmTransitions(since(rehearsal, release))
    .find(({ subject, detail }) => subject.startsWith(prefix) && detail['to'] === 'ALARM');
  return { began, detected: alarm?.wall, restored };
}
