import { compareResources } from '../../../../lib/review/compare/resources';
import type { Resource } from '../../../../lib/review/compare/template';

const vpc = (CidrBlock: string): Resource => ({ Type: 'AWS::EC2::VPC', Properties: { CidrBlock } });
const subnet: Resource = {
  Type: 'AWS::EC2::Subnet',
  Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' },
};
const topic = (Properties: object, attributes: object = {}): Resource => ({
  ...{ Type: 'AWS::SNS::Topic', Properties },
  ...attributes,
});

type Templates = Record<string, Resource>;

test.each<[string, Templates, Templates, string[]]>([
  ['nothing', { Vpc: vpc('10.0.0.0/16') }, { Vpc: vpc('10.0.0.0/16') }, []],
  ['a new resource', {}, { Topic: topic({}) }, ['added Topic']],
  ['a resource that is gone', { Topic: topic({}) }, {}, ['removed Topic']],
  [
    'a property that is updated in place',
    { Topic: topic({ DisplayName: 'a' }) },
    { Topic: topic({ DisplayName: 'b' }) },
    ['changed Topic: DisplayName'],
  ],
  [
    'a property that needs a new resource',
    { Topic: topic({ TopicName: 'a', DisplayName: 'a' }) },
    { Topic: topic({ TopicName: 'b', DisplayName: 'b' }) },
    ['replaced Topic: TopicName, DisplayName'],
  ],
  [
    'a property that may need one',
    { Db: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'mysql', PubliclyAccessible: true } } },
    { Db: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres', PubliclyAccessible: true } } },
    ['may be replaced Db: Engine'],
  ],
  [
    'another type under the same logical id',
    { Topic: topic({}) },
    { Topic: { Type: 'AWS::SQS::Queue' } },
    ['replaced Topic: Type'],
  ],
  [
    'what refers to a replaced resource',
    { Vpc: vpc('10.0.0.0/16'), Subnet: subnet },
    { Vpc: vpc('10.1.0.0/16'), Subnet: subnet },
    ['replaced Vpc: CidrBlock', 'replaced Subnet: VpcId'],
  ],
  [
    'what refers to a replaced resource and takes its new id in place',
    { Topic: topic({ TopicName: 'a' }), Alarm: alarm({ Ref: 'Topic' }) },
    { Topic: topic({ TopicName: 'b' }), Alarm: alarm({ Ref: 'Topic' }) },
    ['replaced Topic: TopicName', 'changed Alarm: AlarmActions'],
  ],
  [
    'a reference within a text',
    { Topic: topic({ TopicName: 'a' }), Alarm: alarm({ 'Fn::Sub': `x-\${Topic}` }) },
    { Topic: topic({ TopicName: 'b' }), Alarm: alarm({ 'Fn::Sub': `x-\${Topic}` }) },
    ['replaced Topic: TopicName', 'changed Alarm: AlarmActions'],
  ],
  [
    'a deletion policy',
    { Topic: topic({}, { DeletionPolicy: 'Retain' }) },
    { Topic: topic({}) },
    ['changed Topic: DeletionPolicy'],
  ],
  [
    'what CloudFormation does not act upon',
    { Topic: topic({}, { Metadata: { 'aws:cdk:path': 'a' }, DependsOn: ['A'] }) },
    { Topic: topic({}, { Metadata: { 'aws:cdk:path': 'b' } }) },
    [],
  ],
])('%s', (_, before, after, expected) => {
  const found = compareResources({ Resources: before }, { Resources: after });
  const shown = found.map(({ change, logicalId, properties }) =>
    [`${change} ${logicalId}`, ...(properties.length > 0 ? [properties.join(', ')] : [])].join(': '),
  );
  expect(shown.sort()).toEqual([...expected].sort());
});

function alarm(action: object): Resource {
  return { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [action] } };
}
