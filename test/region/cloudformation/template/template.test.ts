// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of Fn::Sub
import fs from 'node:fs';
import path from 'node:path';
import { checkReferences } from '../../../../region/cloudformation/template/references';
import { parseTemplate } from '../../../../region/cloudformation/template/template';

test('YAML short forms say the same as the full functions', () => {
  const { Resources, Conditions } = parseTemplate(`
Conditions:
  Prod: !And [!Equals [!Ref Stage, prod], !Not [!Condition Test]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "\${AWS::StackName}-role"
      Arn: !GetAtt Db.Endpoint.Address
      List: !Split [",", !ImportValue x]
      Text: !Sub
        - "\${A}"
        - A: !FindInMap [Map, !Ref AWS::Region, key]
      AssumeRolePolicyDocument:
        Version: 2012-10-17
`);
  expect(Conditions).toEqual({
    Prod: {
      'Fn::And': [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, { 'Fn::Not': [{ Condition: 'Test' }] }],
    },
  });
  expect(Resources.Role.Properties).toEqual({
    RoleName: { 'Fn::Sub': '${AWS::StackName}-role' },
    Arn: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] },
    List: { 'Fn::Split': [',', { 'Fn::ImportValue': 'x' }] },
    Text: { 'Fn::Sub': ['${A}', { A: { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'key'] } }] },
    AssumeRolePolicyDocument: { Version: '2012-10-17' },
  });
});

test("the CDK's own bootstrap template is read whole", () => {
  const file = path.resolve('node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
  const template = parseTemplate(fs.readFileSync(file, 'utf8'));
  expect(() => checkReferences(template)).not.toThrow();
  expect(Object.keys(template.Resources)).toContain('StagingBucket');
});

const topic = { Type: 'AWS::SNS::Topic' };
test.each<[string, unknown, string]>([
  ['no resources', {}, 'Template format error: At least one Resources member must be defined.'],
  [
    'an unknown section',
    { Resources: { T: topic }, Foo: 1 },
    'Invalid template property or properties [Foo]',
  ],
  [
    'a resource without a type',
    { Resources: { T: {} } },
    'Template format error: [/Resources/T] Every Resources object must contain a Type member.',
  ],
  [
    'a bad logical id',
    { Resources: { 'a-b': topic } },
    "Template format error: Resource name 'a-b' is non alphanumeric.",
  ],
  [
    'a misspelt attribute',
    { Resources: { T: { ...topic, Propertys: {} } } },
    "Invalid template resource property 'Propertys' of resource T",
  ],
  [
    'an unknown parameter type',
    { Resources: { T: topic }, Parameters: { P: { Type: 'Text' } } },
    'Template format error: Unrecognized parameter type: Text',
  ],
  [
    'a misspelt parameter property',
    { Resources: { T: topic }, Parameters: { P: { Type: 'String', Defaults: 'x' } } },
    "Invalid template parameter property 'Defaults' of parameter P",
  ],
  [
    'an unresolved Ref',
    { Resources: { T: { ...topic, Properties: { TopicName: { Ref: 'Nope' } } } } },
    'Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template',
  ],
  [
    'an unresolved Sub in an output',
    { Resources: { T: topic }, Outputs: { O: { Value: { 'Fn::Sub': 'a${Nope}' } } } },
    'Template format error: Unresolved resource dependencies [Nope] in the Outputs block of the template',
  ],
  [
    'an unresolved DependsOn',
    { Resources: { T: { ...topic, DependsOn: ['Nope'] } } },
    'Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template',
  ],
  [
    'an unresolved GetAtt',
    { Resources: { T: { ...topic, Properties: { TopicName: { 'Fn::GetAtt': ['Nope', 'Arn'] } } } } },
    'Template error: instance of Fn::GetAtt references undefined resource Nope',
  ],
  [
    'a resource in a condition',
    { Resources: { T: topic }, Conditions: { C: { 'Fn::Equals': [{ Ref: 'T' }, 1] } } },
    'Template format error: Unresolved dependencies [T]. Cannot reference resources in the Conditions block of the template',
  ],
  [
    'an undefined condition',
    { Resources: { T: { ...topic, Condition: 'Nope' } } },
    'Template format error: Unresolved condition dependency Nope in the Resources block of the template',
  ],
])('%s is refused as AWS refuses it', (_, template, message) => {
  expect(() => checkReferences(parseTemplate(JSON.stringify(template)))).toThrow(message);
});

test('text that does not parse is refused with its place', () => {
  expect(() => parseTemplate('{\n  "Resources": {,\n}')).toThrow(
    /^Template format error: JSON not well-formed. \(line 2, column \d+\)$/,
  );
  expect(() => parseTemplate('Resources:\n  A: [1\n')).toThrow(
    /YAML not well-formed. \(line \d+, column \d+\)$/,
  );
});
