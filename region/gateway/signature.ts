import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { createScope, getCanonicalHeaders, getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import type { Clock } from '../clock/clock';
import { AwsError } from '../service';
import { decodeChunks } from './aws-chunked';
import type { IssuedKey, KeyRing } from './key-ring';
import type { ProtocolFailure, WireRequest } from './protocols/protocol';

/** A request that is not, or not rightly, signed. */
export class SignatureError extends Error {
  constructor(
    readonly failure: ProtocolFailure,
    message: string,
  ) {
    super(message);
  }
}

/** What a request says of its signer. */
export interface Claim {
  readonly accessKeyId: string;
  /** `20261120` */
  readonly shortDate: string;
  readonly region: string;
  /** The service's signing name. */
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261120T093000Z` */
  readonly longDate: string;
  readonly sessionToken?: string;
  /** Seconds from its date that a presigned URL is good for. */
  readonly expires?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW = 15 * 60_000;

/** Reads the claim of a header or presigned signature, believing nothing of it yet. */
export function readClaim(request: WireRequest): Claim {
  const query = new Map(request.query);
  const header = request.headers['authorization'];
  if (header === undefined && !query.has('X-Amz-Signature')) {
    throw new SignatureError('missing-signature', 'Missing Authentication Token');
  }
  if (header !== undefined && !header.startsWith(`${ALGORITHM} `)) {
    throw new SignatureError('malformed-signature', `Authorization must begin with '${ALGORITHM}'.`);
  }
  const fields = header
    ? new Map(header.slice(ALGORITHM.length).split(',').map(splitField))
    : new Map([...query].map(([name, value]) => [name.replace(/^X-Amz-/, ''), value]));
  const need = (name: string) => {
    const value = fields.get(name);
    if (!value)
      throw new SignatureError('malformed-signature', `Authorization requires '${name}' parameter.`);
    return value;
  };
  const [accessKeyId, shortDate, region, service, terminator] = need('Credential').split('/');
  if (terminator !== 'aws4_request') {
    throw new SignatureError(
      'malformed-signature',
      `Credential must be ACCESS_KEY/DATE/REGION/SERVICE/aws4_request; found ${need('Credential')}.`,
    );
  }
  const longDate = header ? request.headers['x-amz-date'] : query.get('X-Amz-Date');
  if (!longDate || !/^\d{8}T\d{6}Z$/.test(longDate) || !longDate.startsWith(shortDate)) {
    throw new SignatureError('malformed-signature', 'X-Amz-Date must be the date of the credential scope.');
  }
  return {
    accessKeyId,
    shortDate,
    region,
    service,
    signedHeaders: need('SignedHeaders').split(';'),
    signature: need('Signature'),
    longDate,
    sessionToken: request.headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token'),
    expires: header ? undefined : Number(query.get('X-Amz-Expires') ?? 0),
  };
}

function splitField(field: string): [string, string] {
  const [name, ...value] = field.trim().split('=');
  return [name, value.join('=')];
}

/**
 * Checks a claim against the region's keys.
 * @returns the key that signed, and the request with its body decoded
 * @throws SignatureError when the request is not rightly signed
 */
export async function verify(
  claim: Claim,
  request: WireRequest,
  keys: KeyRing,
  clock: Clock,
): Promise<{ key: IssuedKey; request: WireRequest }> {
  const key = keys.find(claim.accessKeyId);
  if (!key) {
    throw new SignatureError('unknown-key', 'The security token included in the request is invalid.');
  }
  if (claim.sessionToken !== key.sessionToken) {
    throw new SignatureError('wrong-token', 'The security token included in the request is invalid.');
  }
  if (keys.isExpired(key)) {
    throw new SignatureError('expired-token', 'The security token included in the request is expired');
  }
  checkDate(claim, clock);
  const signed = new SignedRequest(claim, key);
  const payloadHash = payloadHashOf(claim, request);
  const expected = await signed.signatureOf(request, payloadHash);
  if (!equal(expected, claim.signature)) {
    throw new SignatureError(
      'wrong-signature',
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method.',
    );
  }
  if (payloadHash.startsWith('STREAMING-')) {
    return { key, request: decodeChunks(request, claim, await signed.signingKey()) };
  }
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== sha256(request.body)) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return { key, request };
}

/** The region's clock may run ahead of the wall clock by which outside clients sign, so either will do. */
function checkDate(claim: Claim, clock: Clock): void {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(claim.longDate)!;
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (claim.expires !== undefined) {
    const end = date + claim.expires * 1000;
    if (Math.min(clock.now(), clock.wall()) > end)
      throw new SignatureError('expired-token', 'Request has expired');
    return;
  }
  if (![clock.now(), clock.wall()].some((now) => Math.abs(now - date) <= SKEW)) {
    throw new SignatureError(
      'skewed-clock',
      `Signature not current: ${claim.longDate} is more than 15 min. away from the current time.`,
    );
  }
}

function payloadHashOf(claim: Claim, request: WireRequest): string {
  const [, hoisted] = request.query.find(([name]) => name === 'X-Amz-Content-Sha256') ?? [];
  const stated = request.headers['x-amz-content-sha256'] ?? hoisted;
  if (stated) return stated;
  return claim.service === 's3' && claim.expires !== undefined ? 'UNSIGNED-PAYLOAD' : sha256(request.body);
}

/** The SDK's signer, made to compute the signature that a received request should bear. */
class SignedRequest extends SignatureV4Base {
  constructor(
    private readonly claim: Claim,
    private readonly key: IssuedKey,
  ) {
    super({
      credentials: key,
      region: claim.region,
      service: claim.service,
      sha256: Sha256,
      uriEscapePath: claim.service !== 's3',
    });
  }

  signingKey(): Promise<Uint8Array> {
    const { shortDate, region, service } = this.claim;
    return getSigningKey(Sha256, this.key, shortDate, region, service);
  }

  async signatureOf(request: WireRequest, payloadHash: string): Promise<string> {
    const { shortDate, longDate, region, service, signedHeaders } = this.claim;
    const headers = Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? '']));
    const query: Record<string, string[]> = {};
    for (const [name, value] of request.query) query[name] = [...(query[name] ?? []), value];
    const canonicalRequest = this.createCanonicalRequest(
      { ...request, query, headers } as any,
      getCanonicalHeaders({ headers } as any, undefined, new Set(signedHeaders)),
      payloadHash,
    );
    const scope = createScope(shortDate, region, service);
    const stringToSign = await this.createStringToSign(longDate, scope, canonicalRequest, ALGORITHM);
    return createHmac('sha256', await this.signingKey())
      .update(stringToSign)
      .digest('hex');
  }
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

export function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
