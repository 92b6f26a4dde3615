import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/**
 * The artifact bucket and its key.
 *
 * Nothing in it expires and both outlive the stack: an instance that Auto Scaling launches downloads the last good
 * revision, however old it is, and even when the pipeline is gone. CodePipeline asks for a key of one's own as soon as
 * an action runs in another account.
 */
export class Artifacts extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { bucketName }: { bucketName: string }) {
    super(scope, id);
    const encryptionKey = new Key(this, 'Key', {
      description: `Artifacts in ${bucketName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Written by the pipeline and read by its actions alone; CloudTrail data events can record both if asked to.',
    });
  }
}
