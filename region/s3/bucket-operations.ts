import { AwsError, type Operation, type Scope } from '../service';
import { configurationOperations } from './bucket-configuration';
import type { Buckets } from './buckets';

/** Operations on buckets themselves. */
export function bucketOperations(scope: Scope, buckets: Buckets): Record<string, Operation> {
  const owner = { ID: scope.accountId.padStart(64, '0') };
  return {
    ...configurationOperations(buckets),

    CreateBucket({ Bucket, CreateBucketConfiguration }) {
      const region = CreateBucketConfiguration?.LocationConstraint ?? scope.region;
      scope.at(scope.accountId, region).service('s3').buckets.create(Bucket);
      return { Location: `/${Bucket}` };
    },

    DeleteBucket: ({ Bucket }) => buckets.delete(Bucket),

    HeadBucket({ Bucket }) {
      return { BucketRegion: buckets.get(Bucket).scope.region };
    },

    ListBuckets({ Prefix = '' }) {
      const regions = scope.all().filter(({ accountId }) => accountId === scope.accountId);
      const all = regions.flatMap((region) => region.service('s3').buckets.list());
      return {
        Owner: owner,
        Buckets: all
          .filter(({ name }) => name.startsWith(Prefix))
          .map((bucket) => ({
            Name: bucket.name,
            CreationDate: bucket.created,
            BucketRegion: bucket.scope.region,
          })),
      };
    },

    /** A bucket of us-east-1 has no location constraint. */
    GetBucketLocation({ Bucket }) {
      const { region } = buckets.get(Bucket).scope;
      return region === 'us-east-1' ? {} : { LocationConstraint: region };
    },

    PutBucketVersioning({ Bucket, VersioningConfiguration }) {
      const status = VersioningConfiguration?.Status;
      if (status !== 'Enabled' && status !== 'Suspended') {
        throw new AwsError('MalformedXML', `Status is ${status}; allowed is Enabled or Suspended.`);
      }
      buckets.get(Bucket).versioning = status;
    },

    GetBucketVersioning: ({ Bucket }) => ({ Status: buckets.get(Bucket).versioning }),

    GetBucketAcl({ Bucket }) {
      buckets.get(Bucket);
      return {
        Owner: owner,
        Grants: [{ Grantee: { Type: 'CanonicalUser', ...owner }, Permission: 'FULL_CONTROL' }],
      };
    },
  };
}
