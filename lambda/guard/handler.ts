import type { EventBridgeEvent } from 'aws-lambda';
import { tellOnce } from '../message';
import { redSince } from './alarms';
import { EnvironmentState } from './environment';
import { StageEntry } from './freeze';
import { describeRollback } from './marker';
import { failureNotice, messageOf, type Notice, rollbackNotice, standingNotice } from './notice';
import { rollBack } from './rollback';
import { type GuardSettings, settings } from './settings';
import { type Incident, judge } from './verdict';

type AlarmEvent = EventBridgeEvent<'CloudWatch Alarm State Change', { alarmName: string }>;
type DeploymentEvent = EventBridgeEvent<
  'CodeDeploy Deployment State-change Notification',
  { deploymentId: string; state: string }
>;
export type GuardEvent = AlarmEvent | DeploymentEvent;

/**
 * Watches over an environment when CodeDeploy does not: after a deployment has ended. When a release alarm has gone off
 * since, it rolls fleet and one-box back, closes the way into the environment's stage and tells the team.
 *
 * An event is only the occasion to look: what is done follows from the deployments, the alarms and the transition as
 * they are by then. So an event may come twice, late or out of order, and what one invocation has begun the next one
 * finishes.
 *
 * @returns what it did, for the log
 */
export async function handler(event: GuardEvent): Promise<string> {
  const outcome = await new Guard(settings()).look(event);
  console.log(JSON.stringify({ event: event.id, type: event['detail-type'], outcome }));
  return outcome;
}

/** EventBridge and Lambda give an event up after a day, in milliseconds: a rollback that is older is finished. */
const LATEST_EVENT = 24 * 3_600_000;

class Guard {
  readonly #entry: StageEntry;

  constructor(private readonly settings: GuardSettings) {
    this.#entry = new StageEntry(settings.pipeline);
  }

  async look(event: GuardEvent): Promise<string> {
    const before = await EnvironmentState.read(this.settings);
    const failed = this.#failedRollback(event, before);
    if (failed) return failed;

    const incidents = await this.#incidents(before);
    const tried = await this.#rollBack(incidents);
    const environment = tried.length > 0 ? await EnvironmentState.read(this.settings) : before;
    const outcomes = await this.#finish(environment, incidents);

    // An instance that Auto Scaling launches holds a group for a moment: Lambda tries the event again.
    const standing = environment.releases.find(({ id }) => tried.includes(id));
    if (standing) throw new Error(`A deployment group is busy: ${standing.id} cannot be rolled back yet`);
    return outcomes.join('; ') || 'no alarm has gone off since a release that stands';
  }

  #failedRollback(event: GuardEvent, { rollbacks }: EnvironmentState): Promise<string> | undefined {
    if (event['detail-type'] !== 'CodeDeploy Deployment State-change Notification') return undefined;
    const { deploymentId, state } = event.detail;
    const rollback = rollbacks.find(({ deployment }) => deployment.deploymentId === deploymentId);
    if (!rollback || state === 'SUCCESS') return undefined;
    return this.#tell(`${deploymentId}/failed`, async () => failureNotice(rollback));
  }

  async #incidents(environment: EnvironmentState): Promise<Incident[]> {
    const incidents: Incident[] = [];
    for (const release of environment.releases) {
      const [alarm] = await redSince(release.alarms, release.watchedSince);
      if (!alarm) continue;
      const verdict = judge(environment, release, this.settings.watchMinutes, Date.now());
      incidents.push({ release, alarm, verdict });
    }
    return incidents;
  }

  /** Begins the rollbacks, unless another invocation came first; resolves with the ids of their releases. */
  async #rollBack(incidents: readonly Incident[]): Promise<string[]> {
    const tried: string[] = [];
    for (const { release, alarm, verdict } of incidents) {
      if (verdict.action !== 'roll back') continue;
      for (const { place, target } of verdict.targets) {
        const deploymentId = place.release.deployment.deploymentId!;
        const marker = describeRollback({ deploymentId, alarm: alarm.name, release: release.id });
        await rollBack(this.settings.application, place.group, target.revision, marker);
      }
      tried.push(release.id);
    }
    return tried;
  }

  /** What follows a look, whichever invocation began the rollbacks that there are by now. */
  async #finish({ rollbacks }: EnvironmentState, incidents: readonly Incident[]): Promise<string[]> {
    const outcomes: string[] = [];
    const recent = rollbacks.filter(
      ({ deployment }) => Date.now() - Number(deployment.createTime) < LATEST_EVENT,
    );
    for (const id of new Set(recent.map(({ release }) => release))) {
      const begun = recent.filter(({ release }) => release === id);
      const reason = incidents.find(({ release }) => release.id === id)?.alarm.reason;
      outcomes.push(await this.#freezeAndTell(rollbackNotice(begun, reason)));
    }
    for (const incident of incidents)
      if (incident.verdict.action === 'freeze')
        outcomes.push(await this.#freezeAndTell(standingNotice(incident)));
    if (incidents.some(({ verdict }) => verdict.action !== 'tell')) return outcomes;

    const [incident] = incidents;
    // When something has been done about the alarm, the team knows.
    if (incident && !rollbacks.some(({ deployment }) => deployment.createTime! >= incident.alarm.since)) {
      const key = `${incident.release.id}/${Number(incident.alarm.since)}`;
      outcomes.push(await this.#tell(key, async () => standingNotice(incident)));
    }
    return outcomes;
  }

  /** The team is told even if the way in cannot be closed, and of that as well. */
  #freezeAndTell(notice: Notice): Promise<string> {
    const { deploymentId, alarm, headline } = notice;
    return this.#tell(deploymentId, async () => {
      const commit = await this.#entry.commitOf(deploymentId).catch(() => undefined);
      const entry = await this.#entry
        .freeze({ commit: commit?.id ?? 'unknown', deploymentId }, `${alarm} - ${headline}`)
        .catch(({ message }: Error) => `could not be closed, ${message}`);
      return { ...notice, commit, entry };
    });
  }

  /** @param key names what there is to tell: the release, with whatever tells it from other news of the same release */
  async #tell(key: string, compose: () => Promise<Notice>): Promise<string> {
    let outcome = `told of ${key} already`;
    await tellOnce(key, this.settings.topicArn, async () => {
      const notice = await compose();
      outcome = `${notice.headline}: ${notice.done}`;
      return messageOf(notice, this.settings);
    });
    return outcome;
  }
}
