import { createHmac } from 'node:crypto';
import type { WireRequest } from './protocols/protocol';
import { type Claim, equal, SignatureError, sha256 } from './signature';

const EMPTY_HASH = sha256('');

/**
 * Decodes an `aws-chunked` body and checks its chunks' signatures where they are signed. Trailing headers, such as
 * checksums, come to stand among the request's.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function decodeChunks(request: WireRequest, claim: Claim, signingKey: Uint8Array): WireRequest {
  const signed = request.headers['x-amz-content-sha256'].startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const scope = `${claim.shortDate}/${claim.region}/${claim.service}/aws4_request`;
  const chunks: Buffer[] = [];
  let previous = claim.signature;
  let offset = 0;
  for (;;) {
    const end = request.body.indexOf('\r\n', offset);
    if (end < 0) throw truncated();
    const [size, ...extensions] = request.body.toString('latin1', offset, end).split(';');
    const length = Number.parseInt(size, 16);
    const start = end + 2;
    if (!(length >= 0) || start + length > request.body.length) throw truncated();
    const chunk = request.body.subarray(start, start + length);
    if (signed) {
      const stringToSign = [
        'AWS4-HMAC-SHA256-PAYLOAD',
        claim.longDate,
        scope,
        previous,
        EMPTY_HASH,
        sha256(chunk),
      ].join('\n');
      const expected = createHmac('sha256', signingKey).update(stringToSign).digest('hex');
      const found = extensions.find((text) => text.startsWith('chunk-signature='))?.slice(16) ?? '';
      if (!equal(expected, found)) {
        throw new SignatureError('wrong-signature', 'The signature of a chunk does not match.');
      }
      previous = expected;
    }
    if (length === 0) {
      const trailers = readTrailers(request.body.toString('latin1', start));
      const headers = { ...request.headers, ...trailers, ...withoutChunked(request.headers) };
      return { ...request, headers, body: Buffer.concat(chunks) };
    }
    chunks.push(chunk);
    offset = start + length + 2;
  }
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').map((line) => /^([^:]+):(.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1].toLowerCase(), line[2].trim()]] : [])));
}

/** `aws-chunked` describes the upload, not the object. */
function withoutChunked(headers: WireRequest['headers']): Record<string, string> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined) return {};
  const kept = encoding.split(',').filter((name) => name.trim() !== 'aws-chunked');
  return { 'content-encoding': kept.join(',') };
}

function truncated(): SignatureError {
  return new SignatureError('malformed-signature', 'The aws-chunked body ends within a chunk.');
}
