import type { Context, EventBridgeEvent } from 'aws-lambda';
import { type RedAlarm, redSince } from './alarms';
import { StageEntry } from './freeze';
import { type History, type Release, readHistory } from './history';
import { describeRollback, type Rollback, rollbackOf } from './marker';
import { type Notice, notify } from './notice';
import { rollBack } from './rollback';
import { type GuardSettings, settings } from './settings';
import { judge } from './verdict';

type AlarmEvent = EventBridgeEvent<'CloudWatch Alarm State Change', { alarmName: string }>;
type DeploymentEvent = EventBridgeEvent<
  'CodeDeploy Deployment State-change Notification',
  { deploymentId: string; state: string }
>;
export type GuardEvent = AlarmEvent | DeploymentEvent;

/**
 * Watches over an environment when CodeDeploy does not: after a deployment has ended. When a release alarm has gone off
 * since, it rolls the environment back, closes the way into its stage and tells the team.
 *
 * An event is only the occasion to look: what is done follows from the deployments, the alarms and the transition as
 * they are by then. So an event may come twice, late or out of order.
 *
 * @returns what it did, for the log
 */
export async function handler(
  event: GuardEvent,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<string> {
  const outcome = await new Guard(settings(), awsRequestId).look(event);
  console.log(JSON.stringify({ event: event.id, type: event['detail-type'], outcome }));
  return outcome;
}

class Guard {
  readonly #entry: StageEntry;

  constructor(
    private readonly settings: GuardSettings,
    private readonly requestId: string,
  ) {
    this.#entry = new StageEntry(settings.pipeline);
  }

  async look(event: GuardEvent): Promise<string> {
    const history = await readHistory(this.settings);
    const failed = failedRollback(event, history);
    if (failed) return this.#tell(failed);

    const { newest } = history;
    const [release] = history.releases;
    if (!newest || !release) return 'nothing has been released';
    const begun = rollbackOf(newest);
    if (begun?.requestId === this.requestId) return this.#rolledBack(begun, newest.deploymentId!);
    if (newest.status !== 'Succeeded') return `deployment ${newest.deploymentId} is ${newest.status}`;

    const { deploymentId, startTime, createTime } = release.deployment;
    const [alarm] = await redSince(this.settings.alarms, startTime ?? createTime!);
    return alarm ? this.#act(event, history, alarm) : `no alarm has gone off since ${deploymentId}`;
  }

  async #act(event: GuardEvent, history: History, alarm: RedAlarm): Promise<string> {
    const verdict = judge(history, this.settings.watchMinutes, Date.now());
    const deploymentId = verdict.release.deployment.deploymentId!;
    if (verdict.action === 'roll back') return this.#rollBack(deploymentId, verdict.target, alarm);

    if (!isTurn(event, alarm, verdict.release)) return `another event speaks of ${alarm.name}`;
    const { name, reason } = alarm;
    const incident = { deploymentId, alarm: name, reason, done: `nothing, ${verdict.because}` };
    if (verdict.action === 'tell') return this.#tell({ headline: 'alarm, not rolled back', ...incident });
    const frozen = await this.#entry.frozenFor(deploymentId).catch(() => false);
    if (frozen) return `frozen because of ${deploymentId} already`;
    return this.#freezeAndTell({ headline: 'alarm, nothing to roll back to', ...incident });
  }

  async #rollBack(deploymentId: string, target: Release, { name, reason }: RedAlarm): Promise<string> {
    const rollback = { deploymentId, alarm: name, requestId: this.requestId };
    const rollbackId = await rollBack(target.revision, describeRollback(rollback), this.settings);
    if (rollbackId) return this.#rolledBack(rollback, rollbackId, reason);

    const { newest } = await readHistory(this.settings);
    if (newest?.status !== 'Succeeded') return `deployment ${newest?.deploymentId} came first`;
    // An instance that Auto Scaling launches holds the group for a moment: Lambda tries the event again.
    throw new Error(`The deployment group is busy: ${deploymentId} cannot be rolled back yet`);
  }

  /** What follows once a rollback has begun. */
  #rolledBack({ deploymentId, alarm }: Rollback, rollbackId: string, reason?: string): Promise<string> {
    const done = `rolled back by deployment ${rollbackId}`;
    return this.#freezeAndTell({
      headline: 'rolled back',
      deploymentId,
      alarm,
      reason,
      done,
      look: rollbackId,
    });
  }

  /** The team is told even if the way in cannot be closed, and of that as well. */
  async #freezeAndTell(notice: Notice): Promise<string> {
    const { deploymentId, alarm, headline } = notice;
    const commit = await this.#entry.commitOf(deploymentId).catch(() => undefined);
    const entry = await this.#entry
      .freeze({ commit: commit?.id ?? 'unknown', deploymentId }, `${alarm} - ${headline}`)
      .catch(({ message }: Error) => `could not be closed, ${message}`);
    return this.#tell({ ...notice, commit, entry });
  }

  async #tell(notice: Notice): Promise<string> {
    await notify(notice, this.settings);
    return `${notice.headline}: ${notice.done}`;
  }
}

/** What to tell when the event is the end of a rollback of the guard's that has failed. */
function failedRollback(event: GuardEvent, { deployments }: History): Notice | undefined {
  if (event['detail-type'] !== 'CodeDeploy Deployment State-change Notification') return undefined;
  const { deploymentId: id, state } = event.detail;
  const deployment = deployments.find(({ deploymentId }) => deploymentId === id);
  const rollback = deployment && rollbackOf(deployment);
  if (!rollback || state === 'SUCCESS') return undefined;
  const done = `rollback ${id} has failed, instances may differ: ${deployment.errorInformation?.message}`;
  return { ...rollback, headline: 'the rollback has failed', done, look: id };
}

/**
 * Whether this event is the one to speak of an incident, where no deployment of the guard's keeps a second one from
 * doing so: that of its first alarm, or that of the deployment's end if the alarm went off before it.
 */
function isTurn(event: GuardEvent, alarm: RedAlarm, { deployment }: Release): boolean {
  const during = alarm.since <= (deployment.completeTime ?? deployment.createTime!);
  return event['detail-type'] === 'CloudWatch Alarm State Change'
    ? !during && event.detail.alarmName === alarm.name
    : during && event.detail.deploymentId === deployment.deploymentId;
}
