import { AwsError, type Operation } from '../service';
import type { ObjectAttributes, ObjectVersion } from './bucket';
import type { Buckets } from './buckets';
import { readRange } from './range';

const ATTRIBUTES = [
  'ContentType',
  'ContentEncoding',
  'ContentDisposition',
  'ContentLanguage',
  'CacheControl',
  'Metadata',
  'StorageClass',
  'ServerSideEncryption',
  'SSEKMSKeyId',
] as const;
const CHECKSUMS = [
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
] as const;

/** Operations on objects. */
export function objectOperations(buckets: Buckets): Record<string, Operation> {
  return {
    async PutObject(input) {
      const bucket = buckets.get(input.Bucket);
      if (input.IfNoneMatch === '*' && isCurrent(bucket.find(input.Key)))
        throw preconditionFailed('If-None-Match');
      const version = await bucket.put(input.Key, await bytes(input.Body), attributesOf(input));
      version.tags = [...new URLSearchParams(input.Tagging ?? '')].map(([Key, Value]) => ({ Key, Value }));
      bucket.scope.service('s3').announce(bucket, version, 'PutObject');
      return { ...written(version), ...pick(version.attributes, CHECKSUMS) };
    },

    async GetObject(input) {
      const version = current(buckets, input);
      const whole = await buckets.get(input.Bucket).read(version);
      const range = readRange(input.Range, whole.length);
      const Body = range ? whole.subarray(range.start, range.end + 1) : whole;
      const { length } = Body;
      const ContentRange = range ? `bytes ${range.start}-${range.end}/${whole.length}` : undefined;
      const checksums = range ? {} : checksumsFor(version, input);
      const overrides = {
        ContentType: input.ResponseContentType,
        ContentDisposition: input.ResponseContentDisposition,
      };
      return {
        ...described(version),
        ...defined(overrides),
        ...checksums,
        ContentLength: length,
        ContentRange,
        Body,
      };
    },

    HeadObject(input) {
      const version = current(buckets, input);
      return { ...described(version), ...checksumsFor(version, input), ContentLength: version.size };
    },

    async CopyObject(input) {
      const [, sourceBucket, sourceKey, sourceVersion] =
        /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(input.CopySource) ?? [];
      const source = {
        Bucket: sourceBucket,
        Key: decodeURIComponent(sourceKey ?? ''),
        VersionId: sourceVersion,
      };
      const found = current(buckets, source);
      const body = await buckets.get(sourceBucket).read(found);
      const attributes =
        input.MetadataDirective === 'REPLACE'
          ? attributesOf(input)
          : { ...found.attributes, ...pick(input, ['StorageClass', 'ServerSideEncryption', 'SSEKMSKeyId']) };
      const bucket = buckets.get(input.Bucket);
      const version = await bucket.put(input.Key, body, attributes);
      version.tags = found.tags;
      bucket.scope.service('s3').announce(bucket, version, 'CopyObject');
      return {
        ...written(version),
        CopySourceVersionId: sourceVersion,
        CopyObjectResult: { ETag: version.etag, LastModified: version.lastModified },
      };
    },

    async DeleteObject({ Bucket, Key, VersionId }) {
      const deleted = await buckets.get(Bucket).delete(Key, VersionId);
      return deleted ? { DeleteMarker: deleted.deleteMarker || undefined, VersionId: deleted.versionId } : {};
    },

    async DeleteObjects({ Bucket, Delete }) {
      const bucket = buckets.get(Bucket);
      const Deleted: object[] = [];
      for (const { Key, VersionId } of Delete.Objects) {
        const deleted = await bucket.delete(Key, VersionId);
        const marker = deleted?.deleteMarker && {
          DeleteMarker: true,
          DeleteMarkerVersionId: deleted.versionId,
        };
        Deleted.push({ Key, VersionId, ...marker });
      }
      return Delete.Quiet ? {} : { Deleted };
    },

    GetObjectTagging(input) {
      const version = current(buckets, input);
      return { TagSet: version.tags, VersionId: shownVersion(version) };
    },

    PutObjectTagging(input) {
      const version = current(buckets, input);
      version.tags = input.Tagging?.TagSet ?? [];
      return { VersionId: shownVersion(version) };
    },

    DeleteObjectTagging(input) {
      current(buckets, input).tags = [];
    },
  };
}

/** @throws AwsError NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker that is named */
function current(
  buckets: Buckets,
  input: { Bucket: string; Key: string; VersionId?: string; IfMatch?: string },
) {
  const version = buckets.get(input.Bucket).find(input.Key, input.VersionId);
  if (!version && input.VersionId) {
    throw new AwsError('NoSuchVersion', `The specified version of ${input.Key} does not exist.`, 404);
  }
  if (version?.deleteMarker && input.VersionId) {
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
  if (!isCurrent(version))
    throw new AwsError('NoSuchKey', `The specified key does not exist: ${input.Key}`, 404);
  if (input.IfMatch && input.IfMatch !== '*' && unquoted(input.IfMatch) !== unquoted(version.etag)) {
    throw preconditionFailed('If-Match');
  }
  return version;
}

function isCurrent(version: ObjectVersion | undefined): version is ObjectVersion {
  return version !== undefined && !version.deleteMarker;
}

function preconditionFailed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', `The condition ${condition} does not hold.`, 412);
}

const unquoted = (etag: string) => etag.replaceAll('"', '');

export function attributesOf(input: any): ObjectAttributes {
  return pick(input, [...ATTRIBUTES, ...CHECKSUMS]);
}

/** Bytes of a body as the SDK takes it: from outside they have been read already, services inside give what they have. */
async function bytes(body: any): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body as string);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What the responses to writing have in common. */
export function written(version: ObjectVersion) {
  return {
    ETag: version.etag,
    VersionId: shownVersion(version),
    ServerSideEncryption: version.attributes.ServerSideEncryption ?? 'AES256',
    SSEKMSKeyId: version.attributes.SSEKMSKeyId,
  };
}

function described(version: ObjectVersion) {
  return {
    ...written(version),
    ...pick(version.attributes, ATTRIBUTES),
    ContentType: version.attributes.ContentType ?? 'binary/octet-stream',
    LastModified: version.lastModified,
    AcceptRanges: 'bytes',
    TagCount: version.tags.length || undefined,
  };
}

function checksumsFor(version: ObjectVersion, { ChecksumMode }: { ChecksumMode?: string }) {
  return ChecksumMode === 'ENABLED' ? pick(version.attributes, CHECKSUMS) : {};
}

/** Objects of a bucket that never had versioning show no version. */
export function shownVersion(version: ObjectVersion): string | undefined {
  return version.versionId === 'null' ? undefined : version.versionId;
}

function pick(from: any, names: readonly string[]): any {
  return defined(Object.fromEntries(names.map((name) => [name, from[name]])));
}

function defined(members: Record<string, unknown>): any {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
