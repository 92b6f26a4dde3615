// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of Fn::Sub
import { evaluate, NO_VALUE, type Surroundings } from '../../../../region/cloudformation/template/evaluate';
import { KNOWN_AFTER_APPLY } from '../../../../region/cloudformation/template/functions';

const around = (transform?: string): Surroundings => ({
  template: {
    Transform: transform,
    Resources: {},
    Mappings: { Ami: { 'us-east-1': { arm64: 'ami-1', zones: ['a', 'b'] } } },
  },
  ref: (name) =>
    ({
      'AWS::Region': 'us-east-1',
      Name: 'web',
      List: ['x', 'y'],
      Nothing: NO_VALUE,
      Later: KNOWN_AFTER_APPLY,
    })[name] ?? `ref-${name}`,
  getAtt: (logicalId, attribute) => `${logicalId}/${attribute}`,
  holds: (condition) => condition === 'Yes',
  importValue: (name) => `imported-${name}`,
  availabilityZones: (region) => [`${region}a`, `${region}b`],
});

test.each<[unknown, unknown]>([
  [{ Ref: 'Name' }, 'web'],
  [{ 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, 'Db/Endpoint.Address'],
  [{ 'Fn::GetAtt': 'Db.Endpoint.Address' }, 'Db/Endpoint.Address'],
  [{ 'Fn::Sub': '${Name}-${AWS::Region}-${Db.Arn}-${!Name}-$Name' }, 'web-us-east-1-Db/Arn-${Name}-$Name'],
  [{ 'Fn::Sub': ['${A}${Name}', { A: { 'Fn::Join': ['', ['1', '2']] } }] }, '12web'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }, 3]] }, 'a-web-3'],
  [{ 'Fn::Join': [',', { Ref: 'List' }] }, 'x,y'],
  [{ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  [{ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
  [{ 'Fn::GetAZs': { Ref: 'AWS::Region' } }, ['us-east-1a', 'us-east-1b']],
  [{ 'Fn::ImportValue': { 'Fn::Sub': '${Name}-vpc' } }, 'imported-web-vpc'],
  [{ 'Fn::FindInMap': ['Ami', { Ref: 'AWS::Region' }, 'arm64'] }, 'ami-1'],
  [{ 'Fn::FindInMap': ['Ami', 'us-east-1', 'zones'] }, ['a', 'b']],
  [{ 'Fn::If': ['Yes', 1, { 'Fn::Select': [9, []] }] }, 1],
  [{ a: { 'Fn::If': ['No', 1, { Ref: 'Nothing' }] }, b: [{ Ref: 'Nothing' }, 2] }, { b: [2] }],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['1', 1] }] }, true],
  [{ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
  [{ 'Fn::Base64': 'hi' }, 'aGk='],
  [{ 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  [{ 'Fn::Cidr': ['192.168.128.0/24', '2', '4'] }, ['192.168.128.0/28', '192.168.128.16/28']],
  // In an IAM policy `Condition` is an ordinary key, with functions inside.
  [{ Condition: { StringEquals: { k: { Ref: 'Name' } } } }, { Condition: { StringEquals: { k: 'web' } } }],
  // What is known only after the deployment passes through.
  [{ 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Later' }] }] }, KNOWN_AFTER_APPLY],
  [{ 'Fn::Sub': 'arn:${Later}' }, `arn:${KNOWN_AFTER_APPLY}`],
])('%j is %j', (value, expected) => {
  expect(evaluate(value, around())).toEqual(expected);
});

test.each<[unknown, unknown]>([
  [{ 'Fn::Length': { 'Fn::Split': [',', 'a,b,c'] } }, 3],
  [{ 'Fn::ToJsonString': { a: { Ref: 'Name' } } }, '{"a":"web"}'],
  [{ 'Fn::FindInMap': ['Ami', 'eu-west-1', 'arm64', { DefaultValue: 'none' }] }, 'none'],
])('%j under AWS::LanguageExtensions is %j', (value, expected) => {
  expect(evaluate(value, around('AWS::LanguageExtensions'))).toEqual(expected);
  expect(() => evaluate(value, around())).toThrow(/^Template error/);
});

test.each<[unknown, RegExp]>([
  [{ 'Fn::Select': [3, ['a']] }, /cannot select nonexistent value at index 3/],
  [{ 'Fn::Join': ['-', 'text'] }, /every Fn::Join object requires two parameters/],
  [{ 'Fn::FindInMap': ['Ami', 'eu-west-1', 'arm64'] }, /Unable to get mapping for Ami::eu-west-1::arm64/],
  [{ 'Fn::Split': ['', 'a'] }, /every Fn::Split object/],
  [{ 'Fn::Cidr': ['10.0.0.0/24', 3, 8] }, /cannot make 3 blocks of 256 addresses from 10.0.0.0\/24/],
  [{ 'Fn::Nonsense': 1 }, /does not play Fn::Nonsense/],
])('%j is refused', (value, message) => {
  expect(() => evaluate(value, around())).toThrow(message);
});
