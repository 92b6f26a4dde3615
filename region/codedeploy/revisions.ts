import fs from 'node:fs';
import path from 'node:path';
import type { RevisionLocation, S3Location } from '@aws-sdk/client-codedeploy';
import { AwsError, type Scope } from '../service';

/** A revision as the hosts see it: a file on this machine and where it came from. */
export interface Bundle {
  readonly file: string;
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
  readonly etag?: string;
}

export function sameRevision(a: S3Location, b: S3Location): boolean {
  return a.bucket === b.bucket && a.key === b.key && a.version === b.version && a.eTag === b.eTag;
}

/** One line for a person: `bucket/key@version`. */
export function revisionName(revision: S3Location): string {
  return `${revision.bucket}/${revision.key}` + (revision.version ? `@${revision.version}` : '');
}

/** @throws AwsError when the revision is not one that the region can deploy. */
export function s3Location(revision: RevisionLocation | undefined): S3Location {
  if (!revision) {
    throw new AwsError('RevisionRequiredException', 'revision is missing and the group has no earlier one');
  }
  const { revisionType, s3Location: location } = revision;
  if (revisionType !== 'S3') {
    throw new AwsError(
      'InvalidRevisionException',
      `revision.revisionType is ${revisionType}; the rehearsal region plays S3`,
    );
  }
  for (const key of ['bucket', 'key', 'bundleType'] as const) {
    if (!location?.[key]) {
      throw new AwsError('InvalidRevisionException', `revision.s3Location.${key} is missing`);
    }
  }
  if (location!.bundleType !== 'zip') {
    throw new AwsError(
      'InvalidRevisionException',
      `revision.s3Location.bundleType is ${location!.bundleType}; the rehearsal region plays zip`,
    );
  }
  return location!;
}

/**
 * Fetches a revision into the region's folder, from a bucket in the instances' own region.
 * @throws AwsError RevisionDoesNotExistException
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/application-revisions-push.html
 */
export async function download(scope: Scope, location: S3Location, deploymentId: string): Promise<Bundle> {
  const { bucket, key, version, eTag } = location as Required<S3Location>;
  let body: Buffer;
  try {
    const { BucketRegion } = (await scope.service('s3').operations.HeadBucket!({ Bucket: bucket })) as {
      BucketRegion: string;
    };
    if (BucketRegion !== scope.region)
      throw new Error(`its bucket is in ${BucketRegion}, the instances are in ${scope.region}`);
    body = await scope.service('s3').read(bucket, key, version);
  } catch (error) {
    throw new AwsError(
      'RevisionDoesNotExistException',
      `the revision ${revisionName(location)} cannot be read: ${(error as Error).message}`,
    );
  }
  const file = path.join(scope.folder('codedeploy'), `${deploymentId}.zip`);
  await fs.promises.writeFile(file, body);
  return { file, bucket, key, version, etag: eTag };
}
