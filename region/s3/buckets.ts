import { AwsError, type Scope } from '../service';
import { Bucket, checkBucketName } from './bucket';

/** The buckets of one account and region. Bucket names are global, so finding one looks everywhere. */
export class Buckets {
  private readonly owned = new Map<string, Bucket>();

  constructor(private readonly scope: Scope) {}

  list(): Bucket[] {
    return [...this.owned.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  own(name: string): Bucket | undefined {
    return this.owned.get(name);
  }

  create(name: string): Bucket {
    checkBucketName(name);
    const existing = this.find(name);
    if (existing?.scope.accountId === this.scope.accountId) {
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
    }
    if (existing) {
      throw new AwsError('BucketAlreadyExists', 'The requested bucket name is not available.', 409);
    }
    const bucket = new Bucket(name, this.scope);
    this.owned.set(name, bucket);
    return bucket;
  }

  /** @throws AwsError NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.find(name);
    if (!bucket) throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${name}`, 404);
    return bucket;
  }

  /** @throws AwsError BucketNotEmpty, as S3 does not delete objects with their bucket */
  async delete(name: string): Promise<void> {
    const bucket = this.get(name);
    if (!bucket.isEmpty) {
      throw new AwsError('BucketNotEmpty', `The bucket you tried to delete is not empty: ${name}`, 409);
    }
    bucket.scope.service('s3').buckets.owned.delete(name);
    await bucket.removeFiles();
  }

  private find(name: string): Bucket | undefined {
    for (const scope of this.scope.all()) {
      const bucket = scope.service('s3').buckets.own(name);
      if (bucket) return bucket;
    }
    return undefined;
  }
}
