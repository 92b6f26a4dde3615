import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
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

  constructor(scope: Construct, id: string, { bucketName, keyAlias, readers }: ArtifactsProps) {
    super(scope, id);
    const key: IKey = new Key(this, 'Key', {
      description: `Artifacts in ${bucketName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const encryptionKey = keyAlias ? new Alias(this, 'Alias', { aliasName: keyAlias, targetKey: key }) : key;
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const account of readers) this.bucket.grantRead(new AccountPrincipal(account));

    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only the pipeline writes and only its actions read; CloudTrail data events record both if asked to.',
    });
  }

  /** The bucket of the pipeline's own region. */
  static own(scope: Construct, delivery: Delivery): Bucket {
    return new Artifacts(scope, 'Artifacts', {
      bucketName: pipelineNames(delivery).artifactBucket(),
      readers: otherAccounts(delivery),
    }).bucket;
  }

  /** The buckets of the other regions the pipeline deploys to, each in a stack of its own, by region. */
  static replicas(scope: Construct, delivery: Delivery): Map<string, IBucket> {
    const names = pipelineNames(delivery);
    const regions = new Set(
      delivery.environments.map(({ region }) => region!).filter((region) => region !== delivery.region),
    );
    return new Map(
      [...regions].map((region) => {
        const stack = new Stack(scope, names.artifactStack(region), {
          env: { account: delivery.account, region },
        });
        const { bucket } = new Artifacts(stack, 'Artifacts', {
          bucketName: names.artifactBucket(region),
          keyAlias: names.artifactKeyAlias,
          readers: otherAccounts(delivery, region),
        });
        return [region, bucket] as const;
      }),
    );
  }
}

/** Accounts other than the pipeline's, of the environments in a region. */
function otherAccounts({ account, region: own, environments }: Delivery, region = own): string[] {
  const there = environments.filter(
    (environment) => environment.region === region && environment.account !== account,
  );
  return [...new Set(there.map((environment) => environment.account!))];
}
