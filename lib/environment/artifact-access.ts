import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Delivery, Environment } from '../config/delivery';
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

  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${bucket}/*`] }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [`arn:${Aws.PARTITION}:kms:${region}:${account}:key/*`],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${region}.${Aws.URL_SUFFIX}` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket, `${bucket}/*`] },
      },
    }),
  );
}
