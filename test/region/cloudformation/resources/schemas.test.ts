import { ResourceSchemas } from '../../../../region/cloudformation/resources/schemas';

let schemas: ResourceSchemas;
beforeAll(async () => {
  schemas = await ResourceSchemas.load();
});

test.each<[string, string, unknown, unknown, string]>([
  ['AWS::S3::Bucket', 'BucketName', 'a', 'b', 'yes'],
  ['AWS::S3::Bucket', 'Tags', [], [{ Key: 'k' }], 'no'],
  ['AWS::EC2::VPC', 'InstanceTenancy', 'default', 'dedicated', 'maybe'],
  ['AWS::CDK::Metadata', 'Analytics', 'a', 'b', 'no'],
])('%s.%s: replacement %s', (type, property, before, after, expected) => {
  expect(schemas.replacement(type, property, before, after)).toBe(expected);
});

test('values take the primitive types of the schema, in nested properties too', () => {
  expect(
    schemas.coerce('AWS::CloudWatch::Alarm', {
      AlarmName: 7,
      ActionsEnabled: 'true',
      Threshold: '1.5',
      EvaluationPeriods: '3',
      Dimensions: [{ Name: 'n', Value: 8 }],
      Metrics: [{ Id: 'm', ReturnData: 'false', Period: '60' }],
      Unknown: '1',
    }),
  ).toEqual({
    AlarmName: '7',
    ActionsEnabled: true,
    Threshold: 1.5,
    EvaluationPeriods: 3,
    Dimensions: [{ Name: 'n', Value: '8' }],
    Metrics: [{ Id: 'm', ReturnData: false, Period: 60 }],
    Unknown: '1',
  });
});

test('properties that do not exist are extraneous, unless the provider knows better than an old schema', () => {
  const problems = (known: string) =>
    schemas.problems('AWS::S3::Bucket', { Bucketname: 'a' }, (name) => name === known);
  expect(problems('')).toEqual(['#: extraneous key [Bucketname] is not permitted']);
  expect(problems('Bucketname')).toEqual([]);
});
