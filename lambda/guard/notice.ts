import type { Commit } from '../execution';
import { deploymentUrl, logsUrl } from '../links';
import type { Message } from '../message';
import type { BegunRollback } from './environment';
import type { GuardSettings } from './settings';
import type { Incident } from './verdict';

/** What the team is told of an incident. */
export interface Notice {
  /** What came of it, in a few words. */
  readonly headline: string;
  /** The deployment that is to blame. */
  readonly deploymentId: string;
  readonly commit?: Commit;
  readonly alarm: string;
  /** Why the alarm went off, in CloudWatch's words. */
  readonly reason?: string;
  /** What the guard did about it, or why it did nothing. */
  readonly done: string;
  /** The way into the stage, when something became of it. */
  readonly entry?: string;
  /** The deployment to look at. @default - the one that is to blame */
  readonly look?: string;
}

/** Of a release that is rolled back, on the fleet, on the one-box or on both. */
export function rollbackNotice(rollbacks: readonly BegunRollback[], reason: string | undefined): Notice {
  const [{ alarm, release, deployment }] = rollbacks as [BegunRollback];
  const begun = rollbacks.map(
    (one) => `${one.group.deploymentGroup} by deployment ${one.deployment.deploymentId}`,
  );
  return {
    headline: 'rolled back',
    deploymentId: release,
    alarm,
    reason,
    done: `rolled back ${begun.join(', ')}`,
    look: deployment.deploymentId,
  };
}

/** Of a release that stays where it is. */
export function standingNotice({ release, alarm, verdict }: Incident): Notice {
  const { action, because } = verdict as Exclude<Incident['verdict'], { action: 'roll back' }>;
  return {
    headline: action === 'freeze' ? 'alarm, nothing to roll back to' : 'alarm, not rolled back',
    deploymentId: release.id,
    alarm: alarm.name,
    reason: alarm.reason,
    done: `nothing, ${because}`,
  };
}

/** Of a rollback that has failed: nobody else would notice. */
export function failureNotice({ deployment, deploymentId, alarm }: BegunRollback): Notice {
  const { deploymentId: id, errorInformation } = deployment;
  return {
    headline: 'the rollback has failed',
    deploymentId,
    alarm,
    done: `rollback ${id} has failed, instances may differ: ${errorInformation?.message}`,
    look: id,
  };
}

/** A notice as a message to the environment's topic. */
export function messageOf(notice: Notice, { topicArn, application, logGroup }: GuardSettings): Message {
  const region = topicArn.split(':')[3];
  const { headline, deploymentId, commit, alarm, reason, done, entry, look = deploymentId } = notice;
  const release = commit ? `commit ${commit.id.slice(0, 7)} "${commit.subject}"` : 'no commit';
  return {
    subject: `${application}: ${headline}`,
    lines: [
      `Alarm: ${alarm}${reason ? `. ${reason}` : ''}`,
      `Release: ${release}, deployment ${deploymentId}`,
      `Done: ${done}`,
      ...(entry ? [`Way into the stage: ${entry}`] : []),
    ],
    links: {
      Deployment: deploymentUrl(look, region),
      Logs: logsUrl(logGroup, region),
    },
  };
}
