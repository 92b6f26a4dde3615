import { recorded } from '../../../region/cloudformation/recorded-resource';
import { VPC_RESOURCES } from '../../../region/cloudformation/resources/vpc';
import type { ResourceContext } from '../../../region/service';
import { testScope } from '../../support/scope';

const context: ResourceContext = {
  scope: testScope(),
  stackName: 'app',
  stackId: 'arn:stack',
  logicalId: 'Thing',
  tags: {},
};
const provider = (type: string) => VPC_RESOURCES.find((candidate) => candidate.type === type)!;

test('ids have the form that EC2 gives them; the identifier and repeated properties are attributes', async () => {
  const vpc = await provider('AWS::EC2::VPC').create({ CidrBlock: '10.0.0.0/16' }, context);
  expect(vpc.physicalId).toMatch(/^vpc-0[0-9a-f]{16}$/);
  expect(vpc.attributes).toMatchObject({
    VpcId: vpc.physicalId,
    CidrBlock: '10.0.0.0/16',
    DefaultSecurityGroup: expect.stringMatching(/^sg-0[0-9a-f]{16}$/),
  });
  const subnet = { VpcId: vpc.physicalId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1b' };
  const { attributes } = await provider('AWS::EC2::Subnet').create(subnet, context);
  expect(attributes).toMatchObject({ ...subnet, SubnetId: expect.stringMatching(/^subnet-0/) });
});

test('what AWS creates along with a resource stays the same over an update', async () => {
  const vpc = provider('AWS::EC2::VPC');
  const before = await vpc.create({ CidrBlock: '10.0.0.0/16' }, context);
  const after = await vpc.update(before.physicalId, { CidrBlock: '10.0.0.0/16', Tags: [] }, {}, context);
  expect(after).toEqual(before);
});

test('a type may have an id of its own making and properties of its own disposition', async () => {
  const custom = recorded('AWS::EC2::Route', {
    physicalId: ({ RouteTableId }) => `${RouteTableId}|x`,
    properties: { RouteTableId: 'modelled' },
  });
  expect(custom).toMatchObject({ disposition: 'recorded', properties: { RouteTableId: 'modelled' } });
  expect((await custom.create({ RouteTableId: 'rtb-1' }, context)).physicalId).toBe('rtb-1|x');
});
