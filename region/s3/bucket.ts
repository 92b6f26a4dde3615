import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AwsError, type Scope } from '../service';

/** What a client says of an object when it is written, in the names of S3's API. */
export interface ObjectAttributes {
  readonly ContentType?: string;
  readonly ContentEncoding?: string;
  readonly ContentDisposition?: string;
  readonly ContentLanguage?: string;
  readonly CacheControl?: string;
  readonly Metadata?: Record<string, string>;
  readonly StorageClass?: string;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly ChecksumCRC32?: string;
  readonly ChecksumCRC32C?: string;
  readonly ChecksumCRC64NVME?: string;
  readonly ChecksumSHA1?: string;
  readonly ChecksumSHA256?: string;
}

export interface ObjectVersion {
  readonly key: string;
  /** `null`, in letters, when it was written to a bucket without versioning. */
  readonly versionId: string;
  readonly lastModified: Date;
  /** With its quotation marks; empty for a delete marker. */
  readonly etag: string;
  readonly size: number;
  readonly deleteMarker: boolean;
  readonly attributes: ObjectAttributes;
  tags: { Key: string; Value: string }[];
  /** File that holds the bytes; absent for a delete marker. */
  readonly file?: string;
}

/** One bucket: its objects' bytes are files in the service's folder, all else is in memory. */
export class Bucket {
  readonly created: Date;
  /** What was put with the bucket's own operations, by the name of its configuration. */
  readonly configuration = new Map<string, unknown>();
  versioning?: 'Enabled' | 'Suspended';
  /** Versions of each key, the newest first. */
  private readonly objects = new Map<string, ObjectVersion[]>();
  private readonly folder: string;

  constructor(
    readonly name: string,
    readonly scope: Scope,
  ) {
    this.created = new Date(scope.clock.now());
    this.folder = path.join(scope.folder('s3'), name);
  }

  get isEmpty(): boolean {
    return this.objects.size === 0;
  }

  /** Keys in UTF-8 order, as S3 lists them. */
  keys(): string[] {
    return [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  versions(key: string): readonly ObjectVersion[] {
    return this.objects.get(key) ?? [];
  }

  async put(
    key: string,
    body: Uint8Array,
    attributes: ObjectAttributes = {},
    etag = `"${createHash('md5').update(body).digest('hex')}"`,
  ): Promise<ObjectVersion> {
    await fs.mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, randomBytes(16).toString('hex'));
    await fs.writeFile(file, body);
    const version = this.version(key, { etag, size: body.byteLength, attributes, file, deleteMarker: false });
    await this.add(version);
    return version;
  }

  /** The current version of a key, or the one asked for; undefined when there is none. */
  find(key: string, versionId?: string): ObjectVersion | undefined {
    const versions = this.versions(key);
    return versionId === undefined
      ? versions[0]
      : versions.find((version) => version.versionId === versionId);
  }

  read(version: ObjectVersion): Promise<Buffer> {
    return fs.readFile(version.file!);
  }

  /**
   * Deletes as S3 does: a version that is named goes for good; otherwise a versioned bucket gets a delete marker.
   * @returns the version that was removed, or the marker that was put; undefined when there was nothing
   */
  async delete(key: string, versionId?: string): Promise<ObjectVersion | undefined> {
    if (versionId !== undefined) {
      const found = this.find(key, versionId);
      if (found) await this.remove(found);
      return found;
    }
    if (!this.versioning) {
      const found = this.find(key, 'null');
      if (found) await this.remove(found);
      return undefined;
    }
    const marker = this.version(key, { etag: '', size: 0, attributes: {}, deleteMarker: true });
    await this.add(marker);
    return marker;
  }

  async removeFiles(): Promise<void> {
    await fs.rm(this.folder, { recursive: true, force: true });
  }

  private version(
    key: string,
    facts: Pick<ObjectVersion, 'etag' | 'size' | 'attributes' | 'file' | 'deleteMarker'>,
  ): ObjectVersion {
    const versionId = this.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';
    return { key, versionId, lastModified: new Date(this.scope.clock.now()), tags: [], ...facts };
  }

  private async add(version: ObjectVersion): Promise<void> {
    const replaced = version.versionId === 'null' ? this.find(version.key, 'null') : undefined;
    if (replaced) await this.remove(replaced);
    this.objects.set(version.key, [version, ...this.versions(version.key)]);
  }

  private async remove(version: ObjectVersion): Promise<void> {
    const left = this.versions(version.key).filter((other) => other !== version);
    if (left.length > 0) this.objects.set(version.key, left);
    else this.objects.delete(version.key);
    if (version.file) await fs.rm(version.file, { force: true });
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function checkBucketName(name: string | undefined): asserts name is string {
  const valid =
    name !== undefined &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (!valid) throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
}
