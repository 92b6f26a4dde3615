import { createHash } from 'node:crypto';
import type { ResourceProvider } from '../../service';
import { companionId, newId, recorded } from '../recorded-resource';

/**
 * The VPC family: hosts reach one another over loopback, so networks are recorded and have no effect.
 * Physical ids as `Ref` returns them.
 * @see AWS CloudFormation Template Reference, "Amazon EC2"
 */
export const VPC_RESOURCES: readonly ResourceProvider[] = [
  recorded('AWS::EC2::VPC', {
    physicalId: 'vpc',
    attributes: ({ CidrBlock }, vpcId) => ({
      CidrBlock,
      CidrBlockAssociations: [companionId('vpc-cidr-assoc', vpcId)],
      DefaultNetworkAcl: companionId('acl', vpcId),
      DefaultSecurityGroup: companionId('sg', vpcId),
      Ipv6CidrBlocks: [],
    }),
  }),
  recorded('AWS::EC2::VPCCidrBlock', { physicalId: 'vpc-cidr-assoc' }),
  recorded('AWS::EC2::Subnet', {
    physicalId: 'subnet',
    attributes: ({ AvailabilityZone, CidrBlock, VpcId }, subnetId, { scope }) => ({
      AvailabilityZone: AvailabilityZone ?? `${scope.region}a`,
      CidrBlock,
      VpcId,
      Ipv6CidrBlocks: [],
      NetworkAclAssociationId: companionId('aclassoc', subnetId),
    }),
  }),
  recorded('AWS::EC2::InternetGateway', { physicalId: 'igw' }),
  recorded('AWS::EC2::EgressOnlyInternetGateway', { physicalId: 'eigw' }),
  recorded('AWS::EC2::VPCGatewayAttachment', {
    physicalId: ({ InternetGatewayId, VpcId }) => `${InternetGatewayId ? 'IGW' : 'VGW'}|${VpcId}`,
    attributes: ({ InternetGatewayId }) => ({ AttachmentType: InternetGatewayId ? 'IGW' : 'VGW' }),
  }),
  recorded('AWS::EC2::EIP', {
    physicalId: () => documentationAddress(newId('eipalloc')),
    attributes: (_properties, publicIp) => ({
      PublicIp: publicIp,
      AllocationId: companionId('eipalloc', publicIp),
    }),
  }),
  recorded('AWS::EC2::NatGateway', {
    physicalId: 'nat',
    attributes: (_properties, natGatewayId) => ({ EniId: companionId('eni', natGatewayId) }),
  }),
  recorded('AWS::EC2::RouteTable', { physicalId: 'rtb' }),
  recorded('AWS::EC2::Route', {
    physicalId: ({ RouteTableId, ...to }) =>
      `${RouteTableId}|${to.DestinationCidrBlock ?? to.DestinationIpv6CidrBlock ?? to.DestinationPrefixListId}`,
    attributes: ({ DestinationCidrBlock, DestinationIpv6CidrBlock }) => ({
      CidrBlock: DestinationCidrBlock ?? DestinationIpv6CidrBlock,
    }),
  }),
  recorded('AWS::EC2::SubnetRouteTableAssociation', { physicalId: 'rtbassoc' }),
  recorded('AWS::EC2::NetworkAcl', { physicalId: 'acl' }),
  recorded('AWS::EC2::NetworkAclEntry', { physicalId: 'acle' }),
  recorded('AWS::EC2::SubnetNetworkAclAssociation', { physicalId: 'aclassoc' }),
  recorded('AWS::EC2::FlowLog', { physicalId: 'fl' }),
  recorded('AWS::EC2::VPCEndpoint', {
    physicalId: 'vpce',
    attributes: ({ ServiceName, VpcEndpointType }, id, { scope }) => ({
      CreationTimestamp: new Date(scope.clock.now()).toISOString(),
      DnsEntries:
        VpcEndpointType === 'Interface'
          ? [
              `${companionId('Z', id)}:${id}.${String(ServiceName).split('.').slice(2).join('.')}.${scope.region}.vpce.amazonaws.com`,
            ]
          : [],
      NetworkInterfaceIds: VpcEndpointType === 'Interface' ? [companionId('eni', id)] : [],
    }),
  }),
];

/** An address from the block that RFC 5737 keeps for documentation: it leads nowhere. */
function documentationAddress(seed: string): string {
  return `203.0.113.${createHash('sha256').update(seed).digest()[0]}`;
}
