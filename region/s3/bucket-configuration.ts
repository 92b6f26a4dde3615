import { AwsError, type Operation } from '../service';
import type { Buckets } from './buckets';

interface Configuration {
  /** Name within the operations: `Policy` of PutBucketPolicy. */
  readonly name: string;
  /** The input's member that Put takes. */
  readonly member: string;
  /** What Get returns of it. @default the member as it was put */
  readonly output?: (value: any) => unknown;
  /** What Get answers when nothing was put: AWS's default, or its error's code. */
  readonly absent: object | string;
  /** @default `DeleteName` */
  readonly deletedBy?: string;
}

const SSE_S3 = {
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
  },
};

const BLOCK_ALL = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
};

/** What can be configured of a bucket and has no effect here: it is kept and returned. */
const CONFIGURATIONS: readonly Configuration[] = [
  { name: 'BucketPolicy', member: 'Policy', absent: 'NoSuchBucketPolicy' },
  { name: 'BucketEncryption', member: 'ServerSideEncryptionConfiguration', absent: SSE_S3 },
  { name: 'PublicAccessBlock', member: 'PublicAccessBlockConfiguration', absent: BLOCK_ALL },
  {
    name: 'BucketLifecycleConfiguration',
    member: 'LifecycleConfiguration',
    output: ({ Rules }) => ({ Rules }),
    absent: 'NoSuchLifecycleConfiguration',
    deletedBy: 'DeleteBucketLifecycle',
  },
  {
    name: 'BucketTagging',
    member: 'Tagging',
    output: ({ TagSet }) => ({ TagSet }),
    absent: 'NoSuchTagSet',
  },
  {
    name: 'BucketOwnershipControls',
    member: 'OwnershipControls',
    absent: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
  },
  {
    name: 'BucketLogging',
    member: 'BucketLoggingStatus',
    output: ({ LoggingEnabled }) => ({ LoggingEnabled }),
    absent: {},
  },
  {
    name: 'BucketNotificationConfiguration',
    member: 'NotificationConfiguration',
    output: (value) => value,
    absent: {},
  },
  {
    name: 'BucketCors',
    member: 'CORSConfiguration',
    output: ({ CORSRules }) => ({ CORSRules }),
    absent: 'NoSuchCORSConfiguration',
  },
];

/** Put, Get and Delete of every configuration of a bucket. */
export function configurationOperations(buckets: Buckets): Record<string, Operation> {
  return Object.fromEntries(
    CONFIGURATIONS.flatMap(({ name, member, output, absent, deletedBy }): [string, Operation][] => [
      [`Put${name}`, (input) => void buckets.get(input.Bucket).configuration.set(name, input[member])],
      [
        `Get${name}`,
        (input) => {
          const value = buckets.get(input.Bucket).configuration.get(name);
          if (value !== undefined) return output ? output(value) : { [member]: value };
          if (typeof absent !== 'string') return absent;
          throw new AwsError(absent, `The bucket ${input.Bucket} has no ${member}.`, 404);
        },
      ],
      [deletedBy ?? `Delete${name}`, (input) => void buckets.get(input.Bucket).configuration.delete(name)],
    ]),
  );
}
