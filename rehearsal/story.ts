import { addEnvironment } from './added-environment';
import type { Checks } from './checks';
import { disconnectAlarms } from './disconnect';
import * as journal from './observations';
import {
  COMMON_PATHS,
  firstWave,
  inProduction,
  pathsOf,
  trafficFromItsFirstDeploymentOn,
} from './production';
import type { Rehearsal, Release } from './rehearsal';
import {
  type Incident,
  incident,
  noRequestFailed,
  oneHostAtATime,
  onlyProductionsOwnRequestFailed,
  serves,
  since,
  succeeded,
  takenBack,
} from './seen';

/** What came of an act, beside its checks. */
export interface Outcome {
  readonly release: Release;
  readonly incident?: Incident;
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
      const { environments } = rehearsal.delivery;
      const since = rehearsal.journal.position;
      const early = environments
        .filter(({ minimumRequests }) => minimumRequests > 0)
        .map(({ name }) => trafficFromItsFirstDeploymentOn(rehearsal, name, since));
      const release = await rehearsal.release('First release');
      succeeded(release, checks);
      await Promise.all(early);
      for (const { name } of environments) await serves(rehearsal, name, release.commit, checks);
      for (const name of new Set([environments[0]!.name, ...inProduction(rehearsal)]))
        await rehearsal.sendTraffic(name, pathsOf(rehearsal, name));
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
      for (const name of inProduction(rehearsal)) {
        await serves(rehearsal, name, release.commit, checks);
        oneHostAtATime(rehearsal, release, name, checks);
      }
      noRequestFailed(rehearsal, release, checks);
      return { release };
    },
  },
  {
    title: 'A push that adds an environment: the pipeline changes itself, starts again and goes on',
    async play(rehearsal, checks) {
      const added = addEnvironment(await rehearsal.workspace(), rehearsal.delivery);
      const release = await rehearsal.release(`Add the environment ${added}`);
      succeeded(release, checks);
      const started = journal.executionsStarted(since(rehearsal, release));
      checks.that(
        'the pipeline started again after it had changed itself',
        started >= 2,
        `${started} executions`,
      );
      for (const name of [added, ...inProduction(rehearsal)])
        await serves(rehearsal, name, release.commit, checks);
      noRequestFailed(rehearsal, release, checks);
      await rehearsal.sendTraffic(added, COMMON_PATHS);
      return { release };
    },
  },
  {
    title: 'A bad push: the alarm stops the deployment, and the fleet returns to the last good revision',
    async play(rehearsal, checks) {
      const { name: stage, environments } = firstWave(rehearsal);
      const names = environments.map(({ name }) => name);
      const [good] = await rehearsal.revisionsServed(names[0]!);
      (await rehearsal.workspace()).edit(
        'service/src/quote.ts',
        '(PASSES[pass]?.percentOff ?? 0)',
        'PASSES[pass].percentOff',
      );
      const release = await rehearsal.release('Look the pass up');
      const entries = since(rehearsal, release);
      const failed = journal.failedActions(entries);
      checks.that(
        'the pipeline stops where the release is bad',
        failed.length > 0 && failed.every((action) => action.startsWith(`${stage} / `)),
        failed.join(', '),
      );
      for (const environment of rehearsal.traffic.keys()) {
        if (!inProduction(rehearsal).includes(environment))
          await serves(rehearsal, environment, release.commit, checks);
      }
      const ends = await Promise.all(names.map((name) => takenBack(rehearsal, release, name, checks)));
      for (const name of inProduction(rehearsal)) await serves(rehearsal, name, good!, checks);
      onlyProductionsOwnRequestFailed(rehearsal, release, names, checks);
      return { release, incident: incident(rehearsal, release, names[0]!, ends[0]) };
    },
  },
  {
    title: 'The same push with the alarms disconnected: it gets out (the negative control)',
    async play(rehearsal, checks) {
      await disconnectAlarms(rehearsal, inProduction(rehearsal));
      const release = await rehearsal.release('Try again');
      succeeded(release, checks);
      const names = inProduction(rehearsal);
      for (const name of names) {
        const [bad, ...more] = journal.deployments(
          since(rehearsal, release),
          rehearsal.delivery.service,
          name,
        );
        checks.equal(
          'nothing stops the deployment, nothing rolls it back',
          [bad?.status, more.length],
          ['Succeeded', 0],
        );
        await serves(rehearsal, name, release.commit, checks);
      }
      onlyProductionsOwnRequestFailed(rehearsal, release, names, checks);
      return { release, incident: incident(rehearsal, release, names[0]!) };
    },
  },
];
