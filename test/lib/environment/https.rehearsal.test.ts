import fs from 'node:fs';
import https from 'node:https';
import { App, BootstraplessSynthesizer, CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnCertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LoadBalancer } from '../../../lib/environment/load-balancer';
import { Network } from '../../../lib/environment/network';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

jest.setTimeout(60_000);

const domainName = 'harbor.example.com';

let region: Region;
beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('https') });
});
afterAll(() => region.stop());

test('HTTP leads to HTTPS, which the certificate of the domain name proves', async () => {
  const dnsName = await provisioned();
  const redirect = await fetch(`http://${dnsName}/rooms?free`, { redirect: 'manual' });
  expect([redirect.status, redirect.headers.get('location')]).toEqual([301, `https://${dnsName}/rooms?free`]);

  // There is no instance yet: the answer is the load balancer's own.
  expect(await status(redirect.headers.get('location')!, domainName)).toBe(503);
  await expect(status(`https://${dnsName}`, 'elsewhere.example.com')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

/** The environment's load balancer with a certificate of its own stack; returns the output that a record leads to. */
async function provisioned(): Promise<string> {
  const stack = new Stack(new App(), 'Environment', { synthesizer: new BootstraplessSynthesizer() });
  const certificate = new CfnCertificate(stack, 'Certificate', { domainName, validationMethod: 'DNS' }).ref;
  const { vpc } = new Network(stack, 'Network');
  const { loadBalancer } = new LoadBalancer(stack, 'LoadBalancer', {
    vpc,
    https: { domainName, certificate },
  });
  new CfnOutput(stack, 'DnsName', { value: loadBalancer.loadBalancerDnsName });
  const cloudFormation = region.home.service('cloudformation');
  await cloudFormation.operations['CreateStack']!({
    StackName: 'environment',
    TemplateBody: JSON.stringify(Template.fromStack(stack).toJSON()),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  const { StackStatus, Outputs } = await cloudFormation.finished('environment');
  expect(StackStatus).toBe('CREATE_COMPLETE');
  return Outputs!.find(({ OutputKey }) => OutputKey === 'DnsName')!.OutputValue!;
}

/** Trusts the region's authority alone, for that name. */
function status(url: string, servername: string): Promise<number> {
  const ca = fs.readFileSync(region.home.service('elasticloadbalancing').certificates.authority);
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, servername, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    request.on('error', reject);
  });
}
