import { createHash } from 'node:crypto';
import { Crc32 } from '@smithy/core/checksum';
import { AwsError } from '../service';
import type { WireRequest } from './protocols/protocol';

const hash = (algorithm: string) => async (body: Buffer) =>
  createHash(algorithm).update(body).digest('base64');

/** Checksums that a client may send with a body. CRC32C and CRC64NVME are kept with the object, unchecked. */
const ALGORITHMS: Readonly<Record<string, (body: Buffer) => Promise<string>>> = {
  'content-md5': hash('md5'),
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
  'x-amz-checksum-crc32': async (body) => {
    const crc = new Crc32();
    crc.update(body);
    return Buffer.from(await crc.digest()).toString('base64');
  },
};

/** @throws AwsError BadDigest when the body is not what its sender computed a checksum of */
export async function verifyChecksums(request: WireRequest): Promise<void> {
  for (const [header, compute] of Object.entries(ALGORITHMS)) {
    const stated = request.headers[header];
    if (stated === undefined || stated === (await compute(request.body))) continue;
    throw new AwsError(
      'BadDigest',
      `The ${header} you specified did not match the calculated checksum.`,
      400,
    );
  }
}
