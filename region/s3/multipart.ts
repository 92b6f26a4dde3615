import { createHash, randomBytes } from 'node:crypto';
import { AwsError, type Operation } from '../service';
import type { Bucket, ObjectAttributes } from './bucket';
import type { Buckets } from './buckets';
import { attributesOf, written } from './object-operations';

interface Part {
  readonly body: Buffer;
  readonly md5: Buffer;
}

interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly initiated: Date;
  readonly parts: Map<number, Part>;
}

/** Uploads in parts, which the AWS CLI and the SDK use from 8 MB on. */
export function multipartOperations(buckets: Buckets): Record<string, Operation> {
  const uploads = new Map<string, Upload>();

  const find = (id: string) => {
    const upload = uploads.get(id);
    if (!upload)
      throw new AwsError('NoSuchUpload', `The specified multipart upload does not exist: ${id}`, 404);
    return upload;
  };

  return {
    CreateMultipartUpload(input) {
      const bucket = buckets.get(input.Bucket);
      const UploadId = randomBytes(32).toString('base64url');
      const initiated = new Date(bucket.scope.clock.now());
      const upload = { bucket, key: input.Key, attributes: attributesOf(input), initiated, parts: new Map() };
      uploads.set(UploadId, upload);
      return { Bucket: input.Bucket, Key: input.Key, UploadId };
    },

    UploadPart({ UploadId, PartNumber, Body = Buffer.alloc(0) }) {
      if (!(PartNumber >= 1 && PartNumber <= 10_000)) {
        throw new AwsError('InvalidArgument', `Part number is ${PartNumber}; allowed is 1 to 10000.`);
      }
      const body = Buffer.from(Body);
      const md5 = createHash('md5').update(body).digest();
      find(UploadId).parts.set(PartNumber, { body, md5 });
      return { ETag: `"${md5.toString('hex')}"`, ServerSideEncryption: 'AES256' };
    },

    async CompleteMultipartUpload({ Bucket, Key, UploadId, MultipartUpload }) {
      const { bucket, key, attributes, parts } = find(UploadId);
      const asked: any[] = MultipartUpload?.Parts ?? [];
      const chosen = asked.map(({ PartNumber, ETag }) => {
        const part = parts.get(PartNumber);
        if (!part || part.md5.toString('hex') !== ETag?.replaceAll('"', '')) {
          throw new AwsError(
            'InvalidPart',
            `Part ${PartNumber} could not be found, or its ETag does not match.`,
          );
        }
        return part;
      });
      if (chosen.length === 0) throw new AwsError('MalformedXML', 'CompleteMultipartUpload names no part.');
      const md5 = createHash('md5').update(Buffer.concat(chosen.map((part) => part.md5)));
      const etag = `"${md5.digest('hex')}-${chosen.length}"`;
      const version = await bucket.put(key, Buffer.concat(chosen.map(({ body }) => body)), attributes, etag);
      uploads.delete(UploadId);
      bucket.scope.service('s3').announce(bucket, version, 'CompleteMultipartUpload');
      return { ...written(version), Bucket, Key, Location: `/${Bucket}/${Key}` };
    },

    AbortMultipartUpload({ UploadId }) {
      find(UploadId);
      uploads.delete(UploadId);
    },

    ListParts({ Bucket, Key, UploadId }) {
      const Parts = [...find(UploadId).parts]
        .sort(([a], [b]) => a - b)
        .map(([PartNumber, { body, md5 }]) => ({
          PartNumber,
          Size: body.length,
          ETag: `"${md5.toString('hex')}"`,
        }));
      return { Bucket, Key, UploadId, Parts, IsTruncated: false };
    },

    ListMultipartUploads({ Bucket }) {
      const Uploads = [...uploads]
        .filter(([, { bucket }]) => bucket.name === Bucket)
        .map(([UploadId, { key, initiated }]) => ({ UploadId, Key: key, Initiated: initiated }));
      return { Bucket, Uploads, IsTruncated: false };
    },
  };
}
