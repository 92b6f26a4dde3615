import http from 'node:http';
import { CodeDeployClient, ListApplicationsCommand } from '@aws-sdk/client-codedeploy';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { sha256 } from '../../../region/gateway/signature';
import { Played } from './played';

let played: Played;
beforeEach(async () => {
  const operations = ['GetCallerIdentity', 'ListApplications', 'DescribeVpcs', 'PutObject', 'GetObject'];
  played = await new Played(Object.fromEntries(operations.map((name) => [name, () => ({})]))).start();
});
afterEach(() => played.gateway.close());

/** Sends as it is, with no SDK between. */
function send(
  { method, path, headers }: http.RequestOptions,
  body?: string | Buffer,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(played.gateway.url, { method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString() }),
      );
    });
    request.on('error', reject).end(body);
  });
}

function signer(service: string, credentials: object = played.keys.issue('111111111111')) {
  const uriEscapePath = service !== 's3';
  return new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: credentials as any,
    sha256: Sha256,
    uriEscapePath,
  });
}

function request(method: string, path: string, headers: Record<string, string> = {}, body?: string): any {
  const { host, hostname } = new URL(played.gateway.url);
  const all: Record<string, string> = { host, ...headers };
  return { method, path, hostname, protocol: 'http:', query: {}, headers: all, body };
}

/** What each kind of protocol calls the same failures. */
const CLIENTS: Record<string, (config: any) => Promise<unknown>> = {
  query: (config) => new STSClient(config).send(new GetCallerIdentityCommand({})),
  json: (config) => new CodeDeployClient(config).send(new ListApplicationsCommand({})),
  ec2: (config) => new EC2Client(config).send(new DescribeVpcsCommand({})),
  s3: (config) => new S3Client(config).send(new PutObjectCommand({ Bucket: 'bbb', Key: 'k', Body: 'x' })),
};

test.each([
  ['query', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'InvalidClientTokenId', 'ExpiredToken'],
  [
    'json',
    'UnrecognizedClientException',
    'InvalidSignatureException',
    'UnrecognizedClientException',
    'ExpiredTokenException',
  ],
  ['ec2', 'AuthFailure', 'SignatureDoesNotMatch', 'AuthFailure', 'RequestExpired'],
  ['s3', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken'],
])(
  '%s: unknown key, wrong secret, wrong token, expired key',
  async (protocol, unknown, wrong, token, expired) => {
    const key = played.keys.issue('111111111111');
    const names = { unknown, wrong, token, expired };
    const attempts = {
      unknown: { ...key, accessKeyId: 'ASIAUNKNOWN' },
      wrong: { ...key, secretAccessKey: 'guessed' },
      token: { ...key, sessionToken: 'guessed' },
      expired: {
        ...played.keys.issue('111111111111', undefined, { durationSeconds: -1 }),
        expiration: undefined,
      },
    };
    for (const [attempt, credentials] of Object.entries(attempts)) {
      const sent = CLIENTS[protocol](played.client(credentials));
      await expect(sent).rejects.toMatchObject({ name: names[attempt as keyof typeof names] });
    }
    expect(played.calls).toEqual([]);
    await CLIENTS[protocol](played.client(key));
    expect(played.calls).toHaveLength(1);
  },
);

test.each([
  ['GET', '/bucket/key', {}, 403, 'AccessDenied'],
  [
    'POST',
    '/',
    { 'x-amz-target': 'CodeDeploy_20141006.ListApplications' },
    400,
    'MissingAuthenticationTokenException',
  ],
  ['POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, 403, 'MissingAuthenticationToken'],
  ['GET', '/', { authorization: 'Bearer x' }, 400, 'AuthorizationHeaderMalformed'],
  ['GET', '/', { authorization: 'AWS4-HMAC-SHA256 Credential=a/b' }, 400, 'AuthorizationHeaderMalformed'],
])('%s %s %j without a signature: %i %s', async (method, path, headers, status, code) => {
  const answer = await send({ method, path, headers });
  expect(answer).toMatchObject({ status, text: expect.stringContaining(code) });
});

test('a body that was changed on the way is refused', async () => {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const signed: any = await signer('sts').sign(request('POST', '/', headers, body));
  await expect(send(signed, body)).resolves.toMatchObject({ status: 200 });
  const changed = await send(signed, body.replace('2011', '2012'));
  expect(changed).toMatchObject({ status: 400, text: expect.stringContaining('XAmzContentSHA256Mismatch') });
});

describe('time', () => {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const at = (signingDate: Date): Promise<any> =>
    signer('sts').sign(request('POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, body), {
      signingDate,
    });

  test('fifteen minutes by the wall clock or by the region’s, whichever is nearer', async () => {
    await played.clock.advance(5 * 3600_000);
    const [wall, region] = [played.clock.wall(), played.clock.now()];
    for (const [time, status] of [
      [wall, 200],
      [wall + 14 * 60_000, 200],
      [wall - 16 * 60_000, 403],
      [region - 14 * 60_000, 200],
      [region + 16 * 60_000, 403],
    ]) {
      await expect(send(await at(new Date(time)), body)).resolves.toMatchObject({ status });
    }
  });
});

describe('presigned', () => {
  const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const presigned = async (seconds: number, signingDate = new Date()) => {
    const { path, query, headers }: any = await signer('s3').presign(
      request('GET', '/bucket/a%20b', UNSIGNED),
      {
        expiresIn: seconds,
        signingDate,
      },
    );
    return { path: `${path}?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`, headers };
  };

  test('is good for its time', async () => {
    await expect(send(await presigned(60))).resolves.toMatchObject({ status: 200 });
    expect(played.last.input).toMatchObject({ Bucket: 'bucket', Key: 'a b' });
    const late = await send(await presigned(60, new Date(Date.now() - 120_000)));
    expect(late).toMatchObject({ status: 400, text: expect.stringContaining('ExpiredToken') });
  });

  test('is for its key alone', async () => {
    const { path, headers } = await presigned(60);
    const answer = await send({ path: path.replace('a%20b', 'c'), headers });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('SignatureDoesNotMatch') });
  });
});

describe('aws-chunked uploads', () => {
  const trailer = (crc: string) => `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`;
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '5',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };

  test('are decoded, their trailing checksum verified', async () => {
    const signed: any = await signer('s3').sign(request('PUT', '/bucket/key', headers));
    await expect(send(signed, trailer('NhCmhg=='))).resolves.toMatchObject({ status: 200 });
    expect(played.last.input).toMatchObject({ Body: Buffer.from('hello'), ChecksumCRC32: 'NhCmhg==' });
    expect(played.last.input.ContentEncoding).toBeFalsy();
    const wrong = await send(signed, trailer('AAAAAA=='));
    expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('BadDigest') });
  });

  test('with signed chunks are checked chunk by chunk', async () => {
    const key = played.keys.issue('111111111111');
    const sign = signer('s3', key);
    const signingDate = new Date();
    const signed: any = await sign.sign(
      request('PUT', '/bucket/key', {
        ...headers,
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      }),
      { signingDate },
    );
    const longDate = signed.headers['x-amz-date'];
    const scope = `${longDate.slice(0, 8)}/us-east-1/s3/aws4_request`;
    let previous = /Signature=(\w+)/.exec(signed.headers.authorization)![1];
    let body = '';
    for (const chunk of ['hello', '']) {
      const facts = ['AWS4-HMAC-SHA256-PAYLOAD', longDate, scope, previous, sha256(''), sha256(chunk)];
      previous = await sign.sign(facts.join('\n'), { signingDate });
      body += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
    }
    await expect(send(signed, body)).resolves.toMatchObject({ status: 200 });
    expect(played.last.input.Body.toString()).toBe('hello');
    const changed = await send(signed, body.replace('hello', 'hallo'));
    expect(changed).toMatchObject({ status: 403, text: expect.stringContaining('SignatureDoesNotMatch') });
  });

  test('that end early are refused', async () => {
    const signed: any = await signer('s3').sign(request('PUT', '/bucket/key', headers));
    await expect(send(signed, '5\r\nhel')).resolves.toMatchObject({ status: 400 });
    expect(played.calls).toEqual([]);
  });
});
