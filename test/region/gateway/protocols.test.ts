import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

let region: Region;
let config: any;
beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('region') });
  config = { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() };
});
afterAll(() => region?.stop());

test('query', async () => {
  const out = await new STSClient(config).send(new GetCallerIdentityCommand({}));
  expect(out.Arn).toBe('arn:aws:iam::111111111111:root');
});
test('s3', async () => {
  const s3 = new S3Client(config);
  await s3.send(new CreateBucketCommand({ Bucket: 'abc' }));
  const put = await s3.send(
    new PutObjectCommand({ Bucket: 'abc', Key: 'a/b c.txt', Body: 'hello', Metadata: { x: 'y' } }),
  );
  expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  const got = await s3.send(new GetObjectCommand({ Bucket: 'abc', Key: 'a/b c.txt' }));
  expect(await got.Body!.transformToString()).toBe('hello');
  expect(got.Metadata).toEqual({ x: 'y' });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'abc', Key: 'nope' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});
