import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Trail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface AuditTrailProps {
  readonly trailName: string;
  /** Buckets whose objects' reads and writes are kept, too. */
  readonly artifacts: readonly IBucket[];
}

/**
 * Who did what to the repository, the pipeline and everything else in the account: a CloudTrail trail of all regions,
 * encrypted, with digests by which a change of its files is found out. Bucket and key outlive the stack.
 */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { trailName, artifacts }: AuditTrailProps) {
    super(scope, id);
    const encryptionKey = new Key(this, 'Key', {
      description: `Trail ${trailName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const sourceArn = Stack.of(this).formatArn({
      service: 'cloudtrail',
      resource: 'trail',
      resourceName: trailName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    // The trail's construct leaves the policy of a key to whoever gives it one.
    encryptionKey.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudtrail.amazonaws.com')],
        actions: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceArn': sourceArn } },
      }),
    );

    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          transitions: [
            { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) },
          ],
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'It holds the audit log itself; only CloudTrail writes, and the trail records who changes the bucket.',
    });

    const trail = new Trail(this, 'Trail', { trailName, bucket, encryptionKey, enableFileValidation: true });
    trail.addS3EventSelector(
      artifacts.map((artifactBucket) => ({ bucket: artifactBucket })),
      { includeManagementEvents: false },
    );
  }
}
