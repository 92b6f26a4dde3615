import { Match } from 'aws-cdk-lib/assertions';
import { checkDescription } from '../../../lib/config/check';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

const certificate = (region = 'eu-central-1', account = '111111111111') =>
  `arn:aws:acm:${region}:${account}:certificate/7d2469ff-0000-4000-8000-000000000000`;
const HTTPS = { domainName: 'harbor.example.com', certificate: certificate() };
const [beta, prod] = DESCRIPTION.environments;
const { pipeline, environment } = synthesize({
  ...DESCRIPTION,
  environments: [beta, { ...prod, https: HTTPS, oneBox: {} }],
});
const template = environment('prod');

test('the listeners: HTTPS with the certificate and a current policy, HTTP redirected', () => {
  expect(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).toMatchSnapshot();
});

test('both ports are open, and nothing else', () => {
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [80, 443].map((port) =>
      Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: port, ToPort: port, IpProtocol: 'tcp' }),
    ),
  });
});

test('is reached at the domain name, by users and by the tests of the pipeline; a record of theirs leads there', () => {
  expect(template.findOutputs('Url')).toEqual({ Url: { Value: 'https://harbor.example.com' } });
  expect(template.findOutputs('DnsName')).toMatchObject({
    DnsName: { Value: { 'Fn::GetAtt': [expect.stringMatching('^LoadBalancer'), 'DNSName'] } },
  });
  const variables = JSON.stringify(pipeline.findResources('AWS::CodePipeline::Pipeline'));
  expect(variables).toMatch(/SERVICE_URL[^}]+\.Url\}/);
});

test('an environment without it has HTTP alone', () => {
  const plain = environment('beta');
  plain.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
  plain.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
  expect(plain.findOutputs('DnsName')).toEqual({});
  expect(plain.findOutputs('Url').Url.Value['Fn::Join'][1][0]).toBe('http://');
});

describe('a certificate', () => {
  const check = (https: object, place: object = {}) =>
    checkDescription({ ...DESCRIPTION, ...place, environments: [beta, { ...prod, https }] }, 'delivery.ts');
  const home = { account: '111111111111', region: 'eu-central-1' };

  test("is of the environment's own account and region", () => {
    expect(() => check(HTTPS)).not.toThrow();
    expect(() => check(HTTPS, home)).not.toThrow();
    expect(() => check({ ...HTTPS, certificate: certificate('us-east-1') }, home)).toThrow(
      `delivery.ts: environments[1].https.certificate: found "${certificate('us-east-1')}", allowed is the ARN of a certificate in eu-central-1, the region of the environment`,
    );
    expect(() => check({ ...HTTPS, certificate: certificate('eu-central-1', '222222222222') }, home)).toThrow(
      'allowed is the ARN of a certificate in 111111111111, the account of the environment',
    );
    const [, far] = ACROSS_ACCOUNTS.environments as any[];
    const elsewhere = { ...ACROSS_ACCOUNTS, environments: [{ ...far, https: HTTPS }] };
    expect(() => checkDescription(elsewhere, 'delivery.ts')).toThrow('a certificate in us-west-2');
  });

  test.each([
    [
      { ...HTTPS, certificate: 'harbor' },
      'https.certificate: found "harbor", allowed is the ARN of a certificate',
    ],
    [
      { ...HTTPS, domainName: 'https://harbor' },
      'https.domainName: found "https://harbor", allowed is a domain name',
    ],
    [{ domainName: 'harbor.example.com' }, 'https.certificate: found nothing'],
  ])('%j is refused', (https, message) => {
    expect(() => check(https)).toThrow(`delivery.ts: environments[1].${message}`);
  });
});
