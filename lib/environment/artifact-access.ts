import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Delivery, Environment } from '../config/delivery';
import { wildcardResource } from '../findings';
import { pipelineNames } from '../names';

/**
 * Lets the instances download revisions from the artifact bucket of their region, and decrypt them.
 *
 * The bucket belongs to the pipeline, on the other side of the stage boundary, so it is named, not referred to. The
 * key has no name one could compute; the condition confines it to what S3 decrypts for this bucket.
 */
export function grantRevisions(role: Role, delivery: Delivery, environment: Environment): void {
  const { account = Aws.ACCOUNT_ID } = delivery;
  const { region = Aws.REGION } = environment;
  const bucket = `arn:${Aws.PARTITION}:s3:::${pipelineNames(delivery).artifactBucket(region)}`;
  const revisions = `${bucket}/*`;
  const keys = `arn:${Aws.PARTITION}:kms:${region}:${account}:key/*`;

  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [revisions] }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [keys],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${region}.${Aws.URL_SUFFIX}` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket, revisions] },
      },
    }),
  );
  Validations.of(role).acknowledge(
    { id: wildcardResource(role, revisions), reason: 'Revisions lie under keys that CodePipeline chooses.' },
    {
      id: wildcardResource(role, keys),
      reason: 'Narrowed by its condition to what S3 decrypts for the bucket.',
    },
  );
}
