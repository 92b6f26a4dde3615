import { widenedNetwork } from '../../../../lib/review/compare/network';
import type { Template } from '../../../../lib/review/compare/template';

const NONE = { IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' };
const tcp = (FromPort: number, CidrIp: string, ToPort = FromPort) => ({
  IpProtocol: 'tcp',
  FromPort,
  ToPort,
  CidrIp,
});
const group = (ingress: object[], egress: object[] | undefined = [NONE]): Template => ({
  Resources: {
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { SecurityGroupIngress: ingress, SecurityGroupEgress: egress },
    },
  },
});
const separate = (rule: object): Template => ({
  Resources: {
    ...group([]).Resources,
    Rule: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] }, ...rule },
    },
  },
});
const from = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  SourceSecurityGroupId: { 'Fn::GetAtt': ['Lb', 'GroupId'] },
};

test.each<[string, Template, Template, string[]]>([
  ['nothing', group([tcp(80, '0.0.0.0/0')]), group([tcp(80, '0.0.0.0/0')]), []],
  [
    'a port',
    group([tcp(80, '0.0.0.0/0')]),
    group([tcp(80, '0.0.0.0/0'), tcp(22, '0.0.0.0/0')]),
    ['Group: Let in tcp 22 from 0.0.0.0/0'],
  ],
  ['a port closed', group([tcp(80, '0.0.0.0/0'), tcp(22, '10.0.0.0/8')]), group([tcp(80, '0.0.0.0/0')]), []],
  [
    'more ports',
    group([tcp(80, '10.0.0.0/8')]),
    group([tcp(80, '10.0.0.0/8', 443)]),
    ['Group: Let in tcp 80-443 from 10.0.0.0/8'],
  ],
  ['ports of those before', group([tcp(80, '10.0.0.0/8', 443)]), group([tcp(81, '10.0.0.0/8', 90)]), []],
  [
    'more addresses',
    group([tcp(80, '10.0.0.0/16')]),
    group([tcp(80, '10.0.0.0/8')]),
    ['Group: Let in tcp 80 from 10.0.0.0/8'],
  ],
  ['addresses of those before', group([tcp(80, '10.0.0.0/8')]), group([tcp(80, '10.1.2.0/24')]), []],
  [
    'everyone by IPv6',
    group([tcp(80, '0.0.0.0/0')]),
    group([tcp(80, '0.0.0.0/0'), { ...tcp(80, ''), CidrIp: undefined, CidrIpv6: '::/0' }]),
    ['Group: Let in tcp 80 from ::/0'],
  ],
  [
    'every protocol',
    group([tcp(80, '10.0.0.0/8')]),
    group([{ IpProtocol: '-1', CidrIp: '10.0.0.0/8' }]),
    ['Group: Let in everything from 10.0.0.0/8'],
  ],
  [
    'one protocol of all',
    group([{ IpProtocol: '-1', CidrIp: '10.0.0.0/8' }]),
    group([tcp(80, '10.0.0.0/8')]),
    [],
  ],
  ['another group', group([]), separate(from), [`Group: Let in tcp 80 from \${Lb.GroupId}`]],
  ['a rule of its own that was the group’s', group([from]), separate(from), []],
  ['the way out', group([]), group([], [tcp(443, '0.0.0.0/0')]), ['Group: Let out tcp 443 to 0.0.0.0/0']],
  [
    'the way out, by saying nothing of it',
    group([]),
    { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup' } } },
    ['Group: Let out everything to 0.0.0.0/0'],
  ],
])('%s', (_, before, after, expected) => {
  const found = widenedNetwork(before, after).map(({ logicalId, text }) => `${logicalId}: ${text}`);
  expect(found).toEqual(expected);
});
