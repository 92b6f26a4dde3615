import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider } from '../service';
import { configurationsOf } from './resource-configuration';

function configure(bucket: string, properties: any, { scope, tags }: ResourceContext): void {
  const s3 = scope.service('s3');
  const { configuration } = s3.buckets.get(bucket);
  const stackTags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const TagSet = [...stackTags, ...(properties.Tags ?? [])];
  const given = {
    ...configurationsOf(bucket, properties),
    BucketTagging: TagSet.length > 0 ? { TagSet } : undefined,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) configuration.delete(name);
    else configuration.set(name, value);
  }
  const Status = properties.VersioningConfiguration?.Status;
  if (Status) s3.operations.PutBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status } });
}

function described(bucket: string, { scope }: ResourceContext) {
  return {
    physicalId: bucket,
    attributes: {
      Arn: `arn:aws:s3:::${bucket}`,
      DomainName: `${bucket}.s3.amazonaws.com`,
      RegionalDomainName: `${bucket}.s3.${scope.region}.amazonaws.com`,
      DualStackDomainName: `${bucket}.s3.dualstack.${scope.region}.amazonaws.com`,
      WebsiteURL: `http://${bucket}.s3-website-${scope.region}.amazonaws.com`,
    },
  };
}

export const bucketProvider: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  disposition: 'executed',
  properties: {
    BucketName: 'executed',
    VersioningConfiguration: 'executed',
    NotificationConfiguration: 'modelled',
    BucketEncryption: 'recorded',
    LifecycleConfiguration: 'recorded',
    LoggingConfiguration: 'recorded',
    OwnershipControls: 'recorded',
    PublicAccessBlockConfiguration: 'recorded',
    AccessControl: 'recorded',
    CorsConfiguration: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const bucket = properties.BucketName ?? physicalName(context, { maxLength: 63, lowercase: true });
    context.scope.service('s3').buckets.create(bucket);
    configure(bucket, properties, context);
    return described(bucket, context);
  },
  async update(bucket, properties, _previous, context) {
    configure(bucket, properties, context);
    return described(bucket, context);
  },
  async delete(bucket, _properties, { scope }) {
    const { buckets } = scope.service('s3');
    if (buckets.own(bucket)) await buckets.delete(bucket);
  },
};

export const bucketPolicyProvider: ResourceProvider = {
  type: 'AWS::S3::BucketPolicy',
  disposition: 'recorded',
  properties: { Bucket: 'recorded', PolicyDocument: 'recorded' },
  async create({ Bucket, PolicyDocument }, { scope }) {
    await scope.service('s3').operations.PutBucketPolicy({ Bucket, Policy: JSON.stringify(PolicyDocument) });
    return { physicalId: Bucket };
  },
  async update(bucket, { PolicyDocument }, _previous, { scope }) {
    await scope
      .service('s3')
      .operations.PutBucketPolicy({ Bucket: bucket, Policy: JSON.stringify(PolicyDocument) });
    return { physicalId: bucket };
  },
  async delete(bucket, _properties, { scope }) {
    scope.service('s3').buckets.own(bucket)?.configuration.delete('BucketPolicy');
  },
};
