import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { PipelineProps } from 'aws-cdk-lib/aws-codepipeline';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { pipelineNames } from '../names';

export interface ArtifactsProps {
  readonly bucketName: string;
  /** Name under which the pipeline knows the key from another region. Not needed in its own. */
  readonly keyAlias?: string;
  /** Other accounts whose instances download revisions from here. */
  readonly readers: readonly string[];
}

/**
 * An artifact bucket and its key.
 *
 * Nothing in it expires and both outlive the stack: an instance that Auto Scaling launches downloads the last good
 * revision, however old it is, and even when the pipeline is gone. CodePipeline asks for a key of one's own as soon as
 * an action runs in another account.
 */
export class Artifacts extends Construct {
  readonly bucket: Bucket;
  readonly key: IKey;

  constructor(scope: Construct, id: string, { bucketName, keyAlias, readers }: ArtifactsProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Artifacts in ${bucketName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const encryptionKey = keyAlias
      ? new Alias(this, 'Alias', { aliasName: keyAlias, targetKey: this.key })
      : this.key;
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const account of readers) this.bucket.grantRead(new AccountPrincipal(account));

    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only the pipeline writes and only its actions read; CloudTrail data events record both if asked to.',
    });
  }
}

/** The artifact buckets of a pipeline: in its own region, and in every other it deploys to. */
export interface ArtifactStores {
  readonly buckets: readonly IBucket[];
  /** Key of the bucket in the pipeline's own region. */
  readonly key: IKey;
  readonly props: Pick<PipelineProps, 'artifactBucket' | 'crossRegionReplicationBuckets'>;
}

/** Declares the artifact buckets: its own in the stack of the pipeline, each of the others in a stack of its region. */
export function artifactStores(stack: Stack, delivery: Delivery): ArtifactStores {
  const { account, region: own, environments } = delivery;
  const names = pipelineNames(delivery);
  const { bucket, key } = new Artifacts(stack, 'Artifacts', {
    bucketName: names.artifactBucket(),
    readers: readers(delivery, own),
  });

  const others = new Set(environments.map(({ region }) => region).filter((region) => region !== own));
  if (!own || others.size === 0) return { buckets: [bucket], key, props: { artifactBucket: bucket } };

  const stores: Record<string, IBucket> = { [own]: bucket };
  for (const region of others as Set<string>) {
    const replica = new Stack(stack.node.scope, names.artifactStack(region), { env: { account, region } });
    stores[region] = new Artifacts(replica, 'Artifacts', {
      bucketName: names.artifactBucket(region),
      keyAlias: names.artifactKeyAlias,
      readers: readers(delivery, region),
    }).bucket;
  }
  return { buckets: Object.values(stores), key, props: { crossRegionReplicationBuckets: stores } };
}

/** Accounts other than the pipeline's, of the environments in a region. */
function readers({ account, environments }: Delivery, region: string | undefined): string[] {
  const there = environments.filter(
    (environment) => environment.region === region && environment.account !== account,
  );
  return [...new Set(there.map((environment) => environment.account!))];
}
