import { BlockList, isIPv6 } from 'node:net';
import type { Finding } from '../../../lambda/review/contract';
import { list, type Resource, references, type Template, textOf } from './template';

/** One rule of a security group. */
interface Opening {
  readonly group: string;
  readonly direction: 'ingress' | 'egress';
  /** `-1` is every protocol. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** A CIDR block, a security group or a prefix list. */
  readonly peer: string;
}

const PEERS = [
  'CidrIp',
  'CidrIpv6',
  'SourceSecurityGroupId',
  'DestinationSecurityGroupId',
  'SourcePrefixListId',
  'DestinationPrefixListId',
];

/** How the CDK writes that nothing may leave: a block that no packet goes to. */
const NOWHERE = '255.255.255.255/32';

/** What CloudFormation's security groups let out when their template does not say. */
const ALL = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/** What security groups let through that no rule did before. Ports and addresses that a wider rule held are not new. */
export function widenedNetwork(before: Template, after: Template): Omit<Finding, 'stack'>[] {
  const [old, now] = [openings(before), openings(after)];
  return now
    .filter((opening) => !old.some((other) => includes(other, opening)))
    .map((opening) => ({ logicalId: opening.group, text: describe(opening) }));
}

function openings({ Resources = {} }: Template): Opening[] {
  const found = Object.entries(Resources).flatMap(
    ([logicalId, { Type, Properties = {} }]: [string, Resource]) => {
      if (Type === 'AWS::EC2::SecurityGroup') {
        const { SecurityGroupIngress, SecurityGroupEgress = [ALL] } = Properties;
        return [
          ...list(SecurityGroupIngress).map((rule) => opening(logicalId, 'ingress', rule)),
          ...list(SecurityGroupEgress).map((rule) => opening(logicalId, 'egress', rule)),
        ];
      }
      const [, direction] = /^AWS::EC2::SecurityGroup(Ingress|Egress)$/.exec(Type) ?? [];
      if (!direction) return [];
      const group = references(Properties.GroupId)[0] ?? textOf(Properties.GroupId);
      return [opening(group, direction === 'Ingress' ? 'ingress' : 'egress', Properties)];
    },
  );
  return found.filter(({ peer }) => peer !== NOWHERE);
}

function opening(group: string, direction: Opening['direction'], rule: Record<string, any>): Opening {
  const protocol = String(rule.IpProtocol);
  const every = protocol === '-1';
  return {
    group,
    direction,
    protocol,
    from: every ? -1 : Number(rule.FromPort ?? -1),
    to: every ? -1 : Number(rule.ToPort ?? rule.FromPort ?? -1),
    peer: textOf(PEERS.map((name) => rule[name]).find((value) => value !== undefined) ?? 'nobody'),
  };
}

function includes(wide: Opening, narrow: Opening): boolean {
  if (wide.group !== narrow.group || wide.direction !== narrow.direction) return false;
  if (!holds(wide.peer, narrow.peer)) return false;
  if (wide.protocol === '-1') return true;
  if (wide.protocol !== narrow.protocol) return false;
  return wide.from === -1 || (wide.from <= narrow.from && narrow.to <= wide.to);
}

function holds(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const [outer, inner] = [cidr(wide), cidr(narrow)];
  if (!outer || !inner || outer.family !== inner.family || outer.bits > inner.bits) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.bits, outer.family);
  return block.check(inner.address, inner.family);
}

function cidr(text: string) {
  const [, address, bits] = /^([\d.]+|[\da-f:.]+)\/(\d+)$/i.exec(text) ?? [];
  if (!address) return undefined;
  return { address, bits: Number(bits), family: isIPv6(address) ? 'ipv6' : 'ipv4' } as const;
}

function describe({ direction, protocol, from, to, peer }: Opening): string {
  const ports = from === -1 ? '' : from === to ? ` ${from}` : ` ${from}-${to}`;
  const what = protocol === '-1' ? 'everything' : `${protocol}${ports}`;
  return direction === 'ingress' ? `Let in ${what} from ${peer}` : `Let out ${what} to ${peer}`;
}
