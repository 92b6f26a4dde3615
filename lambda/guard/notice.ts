import type { Commit } from '../execution';
import { publish } from '../message';
import type { GuardSettings } from './settings';

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

/** Publishes a notice to the environment's topic. */
export async function notify(notice: Notice, { topicArn, deploymentGroup }: GuardSettings): Promise<void> {
  const region = topicArn.split(':')[3];
  const { headline, deploymentId, commit, alarm, reason, done, entry, look = deploymentId } = notice;
  const release = commit ? `commit ${commit.id.slice(0, 7)} "${commit.subject}"` : 'no commit';
  await publish(topicArn, {
    subject: `${deploymentGroup}: ${headline}`,
    lines: [
      `Alarm: ${alarm}${reason ? `. ${reason}` : ''}`,
      `Release: ${release}, deployment ${deploymentId}`,
      `Done: ${done}`,
      ...(entry ? [`Way into the stage: ${entry}`] : []),
    ],
    links: {
      Deployment: `https://${region}.console.aws.amazon.com/codesuite/codedeploy/deployments/${look}?region=${region}`,
    },
  });
}
