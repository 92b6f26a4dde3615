import fs from 'node:fs';
import https from 'node:https';
import tls, { type PeerCertificate, type TLSSocket } from 'node:tls';
import { resource } from '../../support/resource';
import { played, server } from './played';

const NAME = 'harbor.example.com';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly certificate: PeerCertificate;
}

/** A request over TLS that trusts the region's authority alone, for the name that the certificate has to be for. */
function get(dnsName: string, authority: string, servername = NAME): Promise<Answer> {
  const [host, port] = dnsName.split(':');
  const trust = { ca: fs.readFileSync(authority), servername };
  return new Promise((resolve, reject) => {
    const request = https.get({ host, port, ...trust, headers: { host: NAME }, agent: false }, (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate();
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body, certificate }));
    });
    request.on('error', reject);
  });
}

/** The load balancer of the other tests, with a listener of HTTPS beside that of HTTP. */
async function secured(domainNames = [NAME], policy = 'ELBSecurityPolicy-TLS13-1-2-2021-06') {
  const one = await played();
  const certificates = resource(one.scope, one.elb, 'AWS::CertificateManager::Certificate');
  const [DomainName, ...SubjectAlternativeNames] = domainNames;
  const { physicalId } = await certificates.create({ DomainName, SubjectAlternativeNames });
  const listener = (CertificateArn: string | undefined, SslPolicy = policy) => ({
    LoadBalancerArn: one.LoadBalancerArn,
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy,
    Certificates: CertificateArn ? [{ CertificateArn }] : [],
    DefaultActions: [{ Type: 'forward', TargetGroupArn: one.TargetGroupArn }],
  });
  const { Listeners } = await one.call('CreateListener', listener(physicalId));
  const [{ DNSName }] = (await one.call('DescribeLoadBalancers', {})).LoadBalancers;
  const { authority } = one.elb.certificates;
  return {
    ...one,
    DNSName,
    authority,
    listener,
    certificates,
    physicalId,
    secureArn: Listeners[0].ListenerArn,
  };
}

it('ends TLS with the certificate of its listener, signed by the region, and tells the target', async () => {
  const { register, DNSName, authority, sum, scope } = await secured([NAME, 'www.example.com']);
  await register(await server((request, response) => response.end(JSON.stringify(request.headers))));
  const { status, body, certificate } = await get(DNSName, authority);
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    host: NAME,
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
  });
  expect(certificate.subjectaltname).toBe('DNS:harbor.example.com, DNS:www.example.com');
  expect((await get(DNSName, authority, 'www.example.com')).status).toBe(200);
  const opened = scope.journal.entries(({ type }) => type === 'ListenerOpened');
  expect(opened.map(({ message }) => message).at(-1)).toContain(`answers at https://${DNSName}`);
  await scope.clock.sleep(2000);
  expect(sum('RequestCount')).toBe(2);
});

it('answers HTTP at the same address as before', async () => {
  const { register, url, sum, scope } = await secured();
  await register(await server((request, response) => response.end(request.headers['x-forwarded-proto'])));
  for (let request = 0; request < 3; request++) expect(await (await fetch(url)).text()).toBe('http');
  const posted = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) });
  expect(posted.status).toBe(200);
  await scope.clock.sleep(2000);
  expect(sum('RequestCount')).toBe(4);
});

it('is not trusted under a name that it is not for', async () => {
  const { DNSName, authority } = await secured();
  await expect(get(DNSName, authority, 'other.example.com')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

it('is not trusted without the authority of the region', async () => {
  const { DNSName } = await secured();
  await expect(fetch(`https://${DNSName}`)).rejects.toMatchObject({
    cause: expect.objectContaining({ code: expect.stringMatching(/VERIFY|SELF_SIGNED/) }),
  });
});

it('redirects from HTTP to where HTTPS really answers', async () => {
  const { call, ListenerArn, DNSName, url } = await secured();
  const RedirectConfig = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };
  await call('ModifyListener', { ListenerArn, DefaultActions: [{ Type: 'redirect', RedirectConfig }] });
  const answer = await fetch(`${url}/a/b?c=d`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([301, `https://${DNSName}/a/b?c=d`]);
});

it('keeps the oldest version of TLS that its policy lets in', async () => {
  const { DNSName, call, secureArn } = await secured();
  const [, port] = DNSName.split(':');
  const connects = (maxVersion: 'TLSv1.2' | 'TLSv1.3') =>
    new Promise((resolve) => {
      const client = tls.connect({ port, maxVersion, rejectUnauthorized: false }, () => {
        resolve(client.getProtocol());
        client.destroy();
      });
      client.on('error', () => resolve('refused'));
    });
  expect(await connects('TLSv1.2')).toBe('TLSv1.2');
  await call('ModifyListener', { ListenerArn: secureArn, SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' });
  expect(await connects('TLSv1.2')).toBe('refused');
  expect(await connects('TLSv1.3')).toBe('TLSv1.3');
});

it('takes another certificate, and closes with its listener', async () => {
  const { call, certificates, secureArn, DNSName, authority, url } = await secured();
  const { physicalId } = await certificates.create({ DomainName: 'new.example.com' });
  await call('ModifyListener', { ListenerArn: secureArn, Certificates: [{ CertificateArn: physicalId }] });
  expect((await get(DNSName, authority, 'new.example.com')).status).toBe(503);
  await call('DeleteListener', { ListenerArn: secureArn });
  await expect(get(DNSName, authority, 'new.example.com')).rejects.toThrow();
  expect((await fetch(url)).status).toBe(503);
});

it('changes its protocol, where no other has it', async () => {
  const { call, ListenerArn, secureArn, DNSName, authority, url, physicalId } = await secured();
  const toHttps = { Protocol: 'HTTPS', Port: 444, Certificates: [{ CertificateArn: physicalId }] };
  await expect(call('ModifyListener', { ListenerArn, ...toHttps })).rejects.toThrow(
    'another listener of HTTPS',
  );
  await call('DeleteListener', { ListenerArn: secureArn });
  await call('ModifyListener', { ListenerArn, ...toHttps });
  expect((await get(DNSName, authority)).status).toBe(503);
  await expect(fetch(url)).rejects.toThrow();
  await call('ModifyListener', { ListenerArn, Protocol: 'HTTP', Port: 80 });
  expect((await fetch(url)).status).toBe(503);
});

it('makes a certificate for no name in place of one that was not requested here', async () => {
  const { call, secureArn, DNSName, authority, scope } = await secured();
  const CertificateArn =
    'arn:aws:acm:us-east-1:111111111111:certificate/7d2469ff-0000-4000-8000-000000000000';
  await call('ModifyListener', { ListenerArn: secureArn, Certificates: [{ CertificateArn }] });
  await expect(get(DNSName, authority)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect(scope.journal.entries(({ type }) => type === 'CertificateStandIn')).toHaveLength(1);
});

it.each([
  [undefined, 'A certificate must be specified for HTTPS listeners'],
  ['arn:aws:acm:eu-west-1:111111111111:certificate/1', 'not found in us-east-1'],
  ['arn:aws:iam::111111111111:server-certificate/1', 'not found in us-east-1'],
])('refuses a listener with the certificate %s', async (arn, message) => {
  const { call, listener } = await secured();
  await expect(call('CreateListener', listener(arn))).rejects.toThrow(message);
});
