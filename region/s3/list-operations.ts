import type { Operation } from '../service';
import type { Bucket, ObjectVersion } from './bucket';
import type { Buckets } from './buckets';

interface Page {
  readonly keys: string[];
  readonly prefixes: string[];
  /** The last key or common prefix of the page, when there is more. */
  readonly next?: string;
}

/** ListObjects in both versions, and ListObjectVersions. */
export function listOperations(buckets: Buckets): Record<string, Operation> {
  return {
    ListObjectsV2(input) {
      const bucket = buckets.get(input.Bucket);
      const after = input.ContinuationToken
        ? Buffer.from(input.ContinuationToken, 'base64url').toString()
        : (input.StartAfter ?? '');
      const page = paginate(currentKeys(bucket), { ...input, after });
      return {
        ...head(input, page),
        Contents: page.keys.map((key) => entry(bucket.find(key)!, input)),
        KeyCount: page.keys.length + page.prefixes.length,
        ContinuationToken: input.ContinuationToken,
        NextContinuationToken: page.next && Buffer.from(page.next).toString('base64url'),
        StartAfter: input.StartAfter,
      };
    },

    ListObjects(input) {
      const bucket = buckets.get(input.Bucket);
      const page = paginate(currentKeys(bucket), { ...input, after: input.Marker ?? '' });
      return {
        ...head(input, page),
        Contents: page.keys.map((key) => entry(bucket.find(key)!, input)),
        Marker: input.Marker ?? '',
        NextMarker: page.next && encoded(page.next, input),
      };
    },

    /** Pages end between keys: all versions of a key stand on one page. */
    ListObjectVersions(input) {
      const bucket = buckets.get(input.Bucket);
      const page = paginate(bucket.keys(), { ...input, after: input.KeyMarker ?? '' });
      const all = page.keys.flatMap((key) =>
        bucket.versions(key).map((version, index) => ({
          ...entry(version, input),
          VersionId: version.versionId,
          IsLatest: index === 0,
          marker: version.deleteMarker,
        })),
      );
      return {
        ...head(input, page),
        KeyMarker: input.KeyMarker ?? '',
        NextKeyMarker: page.next && encoded(page.next, input),
        Versions: all.filter(({ marker }) => !marker),
        DeleteMarkers: all.filter(({ marker }) => marker),
      };
    },
  };
}

function currentKeys(bucket: Bucket): string[] {
  return bucket.keys().filter((key) => !bucket.find(key)!.deleteMarker);
}

function paginate(
  keys: string[],
  {
    Prefix = '',
    Delimiter,
    MaxKeys = 1000,
    after,
  }: { Prefix?: string; Delimiter?: string; MaxKeys?: number; after: string },
): Page {
  const page: Page = { keys: [], prefixes: [] };
  const limit = Math.min(MaxKeys, 1000);
  let last = '';
  for (const key of keys) {
    if (!key.startsWith(Prefix) || key <= after) continue;
    const cut = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
    const common = cut < 0 ? undefined : key.slice(0, cut + Delimiter!.length);
    if (common !== undefined && (common === last || common === after)) continue;
    if (page.keys.length + page.prefixes.length >= limit) return { ...page, next: last };
    if (common === undefined) page.keys.push(key);
    else page.prefixes.push(common);
    last = common ?? key;
  }
  return page;
}

function head(input: any, page: Page) {
  return {
    Name: input.Bucket,
    Prefix: input.Prefix ?? '',
    Delimiter: input.Delimiter,
    MaxKeys: input.MaxKeys ?? 1000,
    EncodingType: input.EncodingType,
    IsTruncated: page.next !== undefined,
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encoded(prefix, input) })),
  };
}

function entry(version: ObjectVersion, input: any) {
  return {
    Key: encoded(version.key, input),
    LastModified: version.lastModified,
    ETag: version.etag,
    Size: version.size,
    StorageClass: version.attributes.StorageClass ?? 'STANDARD',
  };
}

/** XML cannot carry every character of a key, so clients ask for keys percent-encoded. */
function encoded(text: string, { EncodingType }: { EncodingType?: string }): string {
  return EncodingType === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
}
