import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const emitted: any[] = [];
const scope = testScope({ events: { emit: (event: any) => emitted.push(event) } });
const s3 = scope.service('s3');
const bucket = resource(scope, s3, 'AWS::S3::Bucket');
const policy = resource(scope, s3, 'AWS::S3::BucketPolicy');

test('a bucket without a name gets one that S3 allows', async () => {
  const { physicalId, attributes } = await bucket.create({});
  expect(physicalId).toMatch(/^stack-thing-[a-z0-9]{12}$/);
  expect(attributes).toMatchObject({
    Arn: `arn:aws:s3:::${physicalId}`,
    DomainName: `${physicalId}.s3.amazonaws.com`,
    RegionalDomainName: `${physicalId}.s3.us-east-1.amazonaws.com`,
  });
});

test('its properties are what its operations return', async () => {
  const rule = { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' } };
  const properties = {
    BucketName: 'configured',
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: { ServerSideEncryptionConfiguration: [rule] },
    LifecycleConfiguration: {
      Rules: [
        { Id: 'r', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
        { Id: 's', Status: 'Enabled', Prefix: 'p', ExpirationInDays: 7 },
      ],
    },
    Tags: [{ Key: 'a', Value: 'b' }],
  };
  await bucket.create(properties);
  const Bucket = 'configured';
  expect(s3.operations.GetBucketVersioning({ Bucket })).toEqual({ Status: 'Enabled' });
  expect(s3.operations.GetBucketTagging({ Bucket })).toEqual({ TagSet: [{ Key: 'a', Value: 'b' }] });
  expect(s3.operations.GetBucketEncryption({ Bucket })).toEqual({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' } }],
    },
  });
  expect(s3.operations.GetBucketLifecycleConfiguration({ Bucket })).toEqual({
    Rules: [
      {
        ID: 'r',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
      { ID: 's', Status: 'Enabled', Filter: { Prefix: 'p' }, Expiration: { Days: 7 } },
    ],
  });
  await bucket.update(Bucket, { BucketName: 'configured' }, properties);
  expect(() => s3.operations.GetBucketTagging({ Bucket })).toThrow();
});

test('one with objects cannot be deleted; one that is gone can', async () => {
  await bucket.create({ BucketName: 'full' });
  await s3.write('full', 'key', 'body');
  await expect(bucket.delete('full', {})).rejects.toMatchObject({ code: 'BucketNotEmpty' });
  await s3.operations.DeleteObject({ Bucket: 'full', Key: 'key' });
  await bucket.delete('full', {});
  await bucket.delete('full', {});
});

test('a policy', async () => {
  await bucket.create({ BucketName: 'guarded' });
  const properties = { Bucket: 'guarded', PolicyDocument: { Statement: [] } };
  await expect(policy.create(properties)).resolves.toEqual({ physicalId: 'guarded' });
  expect(s3.operations.GetBucketPolicy({ Bucket: 'guarded' })).toEqual({ Policy: '{"Statement":[]}' });
  await policy.delete('guarded', properties);
  expect(() => s3.operations.GetBucketPolicy({ Bucket: 'guarded' })).toThrow();
});

test('writes are told to EventBridge where that is on, and only there', async () => {
  await bucket.create({ BucketName: 'silent' });
  await bucket.create({ BucketName: 'telling', NotificationConfiguration: { EventBridgeConfiguration: {} } });
  await s3.write('silent', 'key', 'body');
  await s3.write('telling', 'key', 'body');
  expect(emitted).toMatchObject([
    {
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { bucket: { name: 'telling' }, object: { key: 'key', size: 4 }, reason: 'PutObject' },
    },
  ]);
});
