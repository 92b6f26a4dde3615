import { UpdateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { GetPipelineCommand, UpdatePipelineCommand } from '@aws-sdk/client-codepipeline';
import { DisableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { delivery } from '../delivery';
import type { Checks } from './checks';
import * as journal from './observations';
import type { Rehearsal, Release } from './rehearsal';

const { service } = delivery;
const environments = delivery.environments.flat();
const [first, production] = [environments[0].name, environments.at(-1)!.name];
const ADDED = 'gamma';

/** What every environment is asked for … */
const COMMON_PATHS = ['/', '/quote?nights=3', '/quote?nights=1&pass=MEMBER', '/quote?nights=14', '/'];
/** … and what only production's users ask: a pass that is no longer sold. */
const PRODUCTION_PATHS = [...COMMON_PATHS, ...COMMON_PATHS.slice(1), '/quote?nights=2&pass=EARLYBIRD'];

/** What came of an act, beside its checks. */
export interface Outcome {
  readonly release: Release;
  /** Wall times at which a bad release was first felt, seen by the alarm, and gone. */
  readonly incident?: { readonly began: number; readonly detected?: number; readonly restored?: number };
}

export interface Act {
  readonly title: string;
  play(rehearsal: Rehearsal, checks: Checks): Promise<Outcome>;
}

/** The release history that `npm start` plays, under steady traffic from the end of the first act on. */
export const STORY: readonly Act[] = [
  {
    title: 'The first push goes through every environment',
    async play(rehearsal, checks) {
      const release = await rehearsal.release('First release');
      succeeded(release, checks);
      for (const { name } of environments) await serves(rehearsal, name, release.commit, checks);
      await rehearsal.sendTraffic(first, COMMON_PATHS);
      await rehearsal.sendTraffic(production, PRODUCTION_PATHS);
      return { release };
    },
  },
  {
    title: 'A good push: hosts are replaced one after the other, and no request fails',
    async play(rehearsal, checks) {
      (await rehearsal.workspace()).edit(
        'service/src/page.ts',
        'A berth for the night',
        'A berth for every boat',
      );
      const release = await rehearsal.release('A new headline');
      succeeded(release, checks);
      await serves(rehearsal, production, release.commit, checks);
      oneHostAtATime(rehearsal, release, checks);
      noRequestFailed(rehearsal, release, checks);
      return { release };
    },
  },
  {
    title: 'A push that adds an environment: the pipeline changes itself, starts again and goes on',
    async play(rehearsal, checks) {
      const environment = `{ name: '${ADDED}', capacity: { min: 2, max: 2 }, bakeMinutes: 5 },`;
      const workspace = await rehearsal.workspace();
      workspace.edit('delivery.ts', `{ name: '${production}'`, `${environment}\n    { name: '${production}'`);
      const release = await rehearsal.release(`Add the environment ${ADDED}`);
      succeeded(release, checks);
      const started = journal.executionsStarted(since(rehearsal, release));
      checks.that(
        'the pipeline started again after it had changed itself',
        started >= 2,
        `${started} executions`,
      );
      await serves(rehearsal, ADDED, release.commit, checks);
      await serves(rehearsal, production, release.commit, checks);
      noRequestFailed(rehearsal, release, checks);
      await rehearsal.sendTraffic(ADDED, COMMON_PATHS);
      return { release };
    },
  },
  {
    title: 'A bad push: the alarm stops the deployment, and the fleet returns to the last good revision',
    async play(rehearsal, checks) {
      const [good] = await rehearsal.revisionsServed(production);
      (await rehearsal.workspace()).edit(
        'service/src/quote.ts',
        '(PASSES[pass]?.percentOff ?? 0)',
        'PASSES[pass].percentOff',
      );
      const release = await rehearsal.release('Look the pass up');
      const entries = since(rehearsal, release);
      checks.equal('the pipeline stops where the release is bad', journal.failedActions(entries), [
        `${production} / Deploy`,
      ]);
      for (const environment of rehearsal.traffic.keys()) {
        if (environment !== production) await serves(rehearsal, environment, release.commit, checks);
      }
      const [bad, rollback] = journal.deployments(entries, service, production);
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
      await serves(rehearsal, production, good, checks);
      onlyProductionsOwnRequestFailed(rehearsal, release, checks);
      return { release, incident: incident(rehearsal, release, rollback?.end.wall) };
    },
  },
  {
    title: 'The same push with the alarms disconnected: it gets out (the negative control)',
    async play(rehearsal, checks) {
      await disconnectAlarms(rehearsal);
      const release = await rehearsal.release('Try again');
      succeeded(release, checks);
      const [bad, ...more] = journal.deployments(since(rehearsal, release), service, production);
      checks.equal(
        'nothing stops the deployment, nothing rolls it back',
        [bad?.status, more.length],
        ['Succeeded', 0],
      );
      await serves(rehearsal, production, release.commit, checks);
      onlyProductionsOwnRequestFailed(rehearsal, release, checks);
      return { release, incident: incident(rehearsal, release) };
    },
  },
];

function since(rehearsal: Rehearsal, { since }: Release) {
  return rehearsal.journal.entries(({ seq }) => seq > since);
}

/** @throws when the release did not get through: what follows in the act would only show that again */
function succeeded({ end }: Release, checks: Checks): void {
  if (end.type !== 'PipelineSucceeded') throw new Error(end.message);
  checks.that('the pipeline succeeds', true, end.message);
}

async function serves(
  rehearsal: Rehearsal,
  environment: string,
  commit: string,
  checks: Checks,
): Promise<void> {
  const short = (revisions: string[]) => revisions.map((revision) => revision.slice(0, 7));
  const seen = short(await rehearsal.revisionsServed(environment));
  checks.equal(`every host of ${environment} serves ${commit.slice(0, 7)}`, seen, short([commit]));
}

function oneHostAtATime(rehearsal: Rehearsal, release: Release, checks: Checks): void {
  const entries = since(rehearsal, release);
  const ids = new Set(journal.deployments(entries, service, production).map(({ id }) => id));
  const most = journal.mostHostsOutAtOnce(entries, ids);
  checks.equal(`hosts of ${production} out of service at once`, most, 1);
}

function noRequestFailed(rehearsal: Rehearsal, { pushed }: Release, checks: Checks): void {
  for (const traffic of rehearsal.traffic.values()) {
    const { sent, failed, failures } = traffic.count(pushed);
    const seen = `${sent} sent, ${failed} failed${failed ? ` ${JSON.stringify(failures)}` : ''}`;
    checks.that(`no request to ${traffic.environment} fails`, sent > 0 && failed === 0, seen);
  }
}

function onlyProductionsOwnRequestFailed(rehearsal: Rehearsal, { pushed }: Release, checks: Checks): void {
  const failures = [...rehearsal.traffic.values()].flatMap((traffic) =>
    Object.keys(traffic.count(pushed).failures).map((what) => `${traffic.environment}: ${what}`),
  );
  checks.equal('what failed is the request that only production has', failures, [
    `${production}: 500 ${PRODUCTION_PATHS.at(-1)}`,
  ]);
}

/** When users first felt the bad release, when the alarm saw it, and when the last bad answer was given. */
function incident(rehearsal: Rehearsal, release: Release, restored?: number): Outcome['incident'] {
  const began = rehearsal.traffic
    .get(production)!
    .samples.find(({ wall, failed }) => wall > release.pushed && failed > 0)?.wall;
  if (began === undefined) return undefined;
  const alarm = journal
    .alarmTransitions(since(rehearsal, release))
    .find(
      ({ subject, detail }) => subject.startsWith(`${service}-${production}-`) && detail['to'] === 'ALARM',
    );
  return { began, detected: alarm?.wall, restored };
}

/** By the AWS API, as a person could in a hurry: from the deployment group, from production's bake and from its guard. */
async function disconnectAlarms({ codedeploy, codepipeline, events }: Rehearsal): Promise<void> {
  const name = `${service}-${production}`;
  await codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName: name,
      currentDeploymentGroupName: name,
      alarmConfiguration: { enabled: false, alarms: [] },
    }),
  );
  const { pipeline } = await codepipeline.send(new GetPipelineCommand({ name: `tidegate-${service}` }));
  const stage = pipeline!.stages!.find(({ name }) => name === production)!;
  const { configuration } = stage.actions!.find(({ name }) => name === 'Bake')!;
  configuration!['UserParameters'] = JSON.stringify({
    ...JSON.parse(configuration!['UserParameters']),
    alarms: [],
  });
  await codepipeline.send(new UpdatePipelineCommand({ pipeline }));
  const { Rules } = await events.send(new ListRulesCommand({ NamePrefix: `Tidegate-${name}-Guard` }));
  for (const { Name } of Rules!) await events.send(new DisableRuleCommand({ Name }));
}
