import type { AwsService, Operation, ResourceProvider, Scope } from '../service';
import type { Bucket, ObjectVersion } from './bucket';
import { bucketOperations } from './bucket-operations';
import { Buckets } from './buckets';
import { listOperations } from './list-operations';
import { multipartOperations } from './multipart';
import { objectOperations } from './object-operations';
import { bucketPolicyProvider, bucketProvider } from './resources';

/** Simple Storage Service. Policies, encryption and lifecycle rules are recorded; objects are real files. */
export class S3 implements AwsService {
  readonly buckets: Buckets;
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = [bucketProvider, bucketPolicyProvider];

  constructor(private readonly scope: Scope) {
    this.buckets = new Buckets(scope);
    this.operations = {
      ...bucketOperations(scope, this.buckets),
      ...objectOperations(this.buckets),
      ...listOperations(this.buckets),
      ...multipartOperations(this.buckets),
    };
  }

  /** An object's bytes, for services inside the region. */
  async read(bucket: string, key: string, versionId?: string): Promise<Buffer> {
    const { Body } = (await this.operations.GetObject({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
    })) as any;
    return Body;
  }

  async write(
    bucket: string,
    key: string,
    body: Uint8Array | string,
  ): Promise<{ versionId?: string; etag: string }> {
    const output = (await this.operations.PutObject({ Bucket: bucket, Key: key, Body: body })) as any;
    return { versionId: output.VersionId, etag: output.ETag };
  }

  /** Emits `Object Created` where the bucket's notifications to EventBridge are on. */
  announce(bucket: Bucket, version: ObjectVersion, reason: string): void {
    const notifications = bucket.configuration.get('BucketNotificationConfiguration') as any;
    if (!notifications?.EventBridgeConfiguration) return;
    this.scope.service('events').emit({
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: [`arn:aws:s3:::${bucket.name}`],
      detail: {
        version: '0',
        bucket: { name: bucket.name },
        object: {
          key: version.key,
          size: version.size,
          etag: version.etag.replaceAll('"', ''),
          'version-id': version.versionId === 'null' ? undefined : version.versionId,
        },
        requester: this.scope.accountId,
        reason,
      },
    });
  }
}
