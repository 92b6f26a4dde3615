import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

let region: Region;
let s3: S3Client;
const Bucket = 'bucket-of-tests';

beforeEach(async () => {
  region = await Region.start({ folder: temporaryFolder('s3') });
  s3 = new S3Client({
    endpoint: region.endpoint,
    region: 'us-east-1',
    credentials: region.home.credentials(),
  });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterEach(() => region.stop());

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const text = async (Key: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body!.transformToString();
const versioned = () =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));

describe('objects', () => {
  test('are what was put, with its MD5 as ETag', async () => {
    const input = { Bucket, Key: 'a', Body: 'hello', ContentType: 'text/plain', Metadata: { by: 'me' } };
    await expect(s3.send(new PutObjectCommand(input))).resolves.toMatchObject({
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain', Metadata: { by: 'me' } });
    await expect(text('a')).resolves.toBe('hello');
  });

  test.each([
    ['bytes=1-2', 'el', 'bytes 1-2/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=2-99', 'llo', 'bytes 2-4/5'],
  ])('%s', async (Range, body, ContentRange) => {
    await put('a', 'hello');
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range }));
    expect(got).toMatchObject({
      ContentRange,
      ContentLength: body.length,
      $metadata: { httpStatusCode: 206 },
    });
    await expect(got.Body!.transformToString()).resolves.toBe(body);
  });

  test('a range after the end is refused', async () => {
    await put('a', 'hello');
    const got = s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=5-' }));
    await expect(got).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  test('missing ones', async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'no' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'no' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    const elsewhere = s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('are copied with what is known of them', async () => {
    const Metadata = { by: 'me' };
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'hello', Metadata }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/a%20b` }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'c' }));
    expect(got.Metadata).toEqual(Metadata);
    await expect(got.Body!.transformToString()).resolves.toBe('hello');
  });

  test('IfNoneMatch * writes only where nothing is', async () => {
    const write = () => s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', IfNoneMatch: '*' }));
    await write();
    await expect(write()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

describe('versions', () => {
  test('are kept, marked deleted, and brought back', async () => {
    await versioned();
    const first = await put('a', 'one');
    const second = await put('a', 'two');
    expect(first.VersionId).not.toBe(second.VersionId);
    await expect(text('a')).resolves.toBe('two');
    await expect(text('a', first.VersionId)).resolves.toBe('one');

    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(text('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.Versions!.map(({ VersionId }) => VersionId)).toEqual([second.VersionId, first.VersionId]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: deleted.VersionId, IsLatest: true }]);

    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: deleted.VersionId }));
    await expect(text('a')).resolves.toBe('two');
  });

  test('one that is not there', async () => {
    await versioned();
    await put('a', 'one');
    await expect(text('a', 'nope')).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });
});

describe('lists', () => {
  beforeEach(async () => {
    for (const key of ['a/1', 'a/2', 'b/1', 'c', 'ä+ &']) await put(key, key);
  });

  test('by prefix and delimiter', async () => {
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(listed.CommonPrefixes!.map(({ Prefix }) => Prefix)).toEqual(['a/', 'b/']);
    expect(listed.Contents!.map(({ Key }) => Key)).toEqual(['c', 'ä+ &']);
    const inside = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' }));
    expect(inside.Contents!.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  });

  test.each([undefined, '/'])('page by page, delimiter %s', async (Delimiter) => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket, Delimiter, MaxKeys: 1, ContinuationToken }),
      );
      expect(page.KeyCount).toBe(1);
      found.push((page.Contents?.[0]?.Key ?? page.CommonPrefixes?.[0]?.Prefix)!);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual(Delimiter ? ['a/', 'b/', 'c', 'ä+ &'] : ['a/1', 'a/2', 'b/1', 'c', 'ä+ &']);
  });
});

test('an upload in parts is one object, its ETag of the parts', async () => {
  const Key = 'big';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'x/y' }));
  const part = async (PartNumber: number, Body: string) => {
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const Parts = [await part(2, 'world'), await part(1, 'hello ')].reverse();
  const wrong = { Bucket, Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 3, ETag: 'x' }] } };
  await expect(s3.send(new CompleteMultipartUploadCommand(wrong))).rejects.toMatchObject({
    name: 'InvalidPart',
  });
  const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
  const { ETag } = await s3.send(new CompleteMultipartUploadCommand(whole));
  expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  await expect(text(Key)).resolves.toBe('hello world');
  await expect(s3.send(new CompleteMultipartUploadCommand(whole))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  });
});

describe('buckets', () => {
  test('keep what is configured of them', async () => {
    const none = s3.send(new GetBucketPolicyCommand({ Bucket }));
    await expect(none).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
      $metadata: { httpStatusCode: 404 },
    });
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Deny' }] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).resolves.toMatchObject({ Policy });
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const [rule] = encryption.ServerSideEncryptionConfiguration!.Rules!;
    expect(rule.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
  });

  test('go only when they are empty', async () => {
    await put('a', 'x');
    await put('b', 'x');
    const remove = () => s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const Delete = { Objects: [{ Key: 'a' }, { Key: 'b' }, { Key: 'never' }] };
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted!.map(({ Key }) => Key)).toEqual(['a', 'b', 'never']);
    await remove();
    await expect(put('a', 'x')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('have names that are theirs in every account', async () => {
    const mine = s3.send(new CreateBucketCommand({ Bucket }));
    await expect(mine).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
    const other = region.at('222222222222', 'eu-west-1');
    expect(() => other.service('s3').operations.CreateBucket({ Bucket })).toThrow(
      expect.objectContaining({ code: 'BucketAlreadyExists' }),
    );
    await put('a', 'from here');
    await expect(other.service('s3').read(Bucket, 'a')).resolves.toEqual(Buffer.from('from here'));
  });

  test.each(['Upper', 'a', 'under_score', '10.0.0.1', 'a..b'])('%s is no bucket name', (name) => {
    expect(() => region.home.service('s3').operations.CreateBucket({ Bucket: name })).toThrow(
      expect.objectContaining({ code: 'InvalidBucketName' }),
    );
  });
});
