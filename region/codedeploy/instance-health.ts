import type { S3Location } from '@aws-sdk/client-codedeploy';
import { sameRevision } from './revisions';

/** The installed revision against the group's last successful one. */
export type RevisionHealth = 'Current' | 'Old' | 'Unknown';

/**
 * What CodeDeploy knows about one instance of a deployment group.
 * @see CodeDeploy User Guide: CodeDeploy instance health
 */
export interface InstanceRecord {
  /** Whether the last deployment to the instance succeeded; an instance never deployed to is unhealthy. */
  readonly health: 'Healthy' | 'Unhealthy';
  /** What was last installed with success; absent when that is not known. */
  readonly installed?: S3Location;
}

export const NEVER_DEPLOYED: InstanceRecord = { health: 'Unhealthy' };

export function revisionHealth(record: InstanceRecord, groupRevision?: S3Location): RevisionHealth {
  if (!record.installed) return 'Unknown';
  return groupRevision && sameRevision(record.installed, groupRevision) ? 'Current' : 'Old';
}

/** Instances are deployed to by rank: unhealthy, unknown, old, current. */
export function rank(record: InstanceRecord, groupRevision?: S3Location): number {
  if (record.health === 'Unhealthy') return 0;
  return { Unknown: 1, Old: 2, Current: 3 }[revisionHealth(record, groupRevision)];
}

/** Revision health of an instance that was deployed to, after the deployment has succeeded as a whole. */
export function afterGroupSuccess(before: RevisionHealth, succeeded: boolean): RevisionHealth {
  if (succeeded) return 'Current';
  return before === 'Current' ? 'Unknown' : before;
}
