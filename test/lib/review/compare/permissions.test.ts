import { widenedPermissions } from '../../../../lib/review/compare/permissions';
import type { Template } from '../../../../lib/review/compare/template';

const role = { Ref: 'Role' };
const objects = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] };
const policy = (...Statement: object[]): Template => ({
  Resources: {
    Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [role], PolicyDocument: { Statement } } },
  },
});
const bucketPolicy = (...Statement: object[]): Template => ({
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement } },
    },
  },
});
const allow = (Action: string | string[], Resource: unknown = '*', rest: object = {}) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...rest,
});
const deny = (Action: string, rest: object = {}) => ({
  ...{ Effect: 'Deny', Action, Resource: '*', Principal: '*' },
  ...rest,
});
const trusted = (Service: string[], extra: object = {}): Template => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
        },
        ...extra,
      },
    },
  },
});
const invoke = (rest: object): Template => ({
  Resources: {
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Fn', 'Arn'] },
        Principal: 'events.amazonaws.com',
        ...rest,
      },
    },
  },
});
const NONE: Template = {};

test.each<[string, Template, Template, string[]]>([
  ['nothing', policy(allow('s3:GetObject', objects)), policy(allow('s3:GetObject', objects)), []],
  [
    'a new policy',
    NONE,
    policy(allow(['s3:GetObject', 's3:PutObject'], objects)),
    [`Role: Allow s3:GetObject, s3:PutObject on \${Bucket.Arn}/*`],
  ],
  [
    'an action more',
    policy(allow('s3:GetObject')),
    policy(allow(['s3:GetObject', 's3:PutObject'])),
    ['Role: Allow s3:PutObject on *'],
  ],
  [
    'a wildcard for an action',
    policy(allow('s3:GetObject')),
    policy(allow('s3:*')),
    ['Role: Allow s3:* on *'],
  ],
  ['an action less wide', policy(allow('s3:Get*')), policy(allow('s3:getObject')), []],
  [
    'any resource',
    policy(allow('s3:GetObject', objects)),
    policy(allow('s3:GetObject')),
    ['Role: Allow s3:GetObject on *'],
  ],
  ['one resource of those before', policy(allow('s3:GetObject')), policy(allow('s3:GetObject', objects)), []],
  [
    'the same in another policy of the role',
    policy(allow('s3:GetObject')),
    { Resources: { Other: policy(allow('s3:GetObject')).Resources!['Policy']! } },
    [],
  ],
  [
    'a condition dropped',
    policy(allow('sts:AssumeRole', '*', { Condition: { Bool: { mfa: 'true' } } })),
    policy(allow('sts:AssumeRole')),
    ['Role: Allow sts:AssumeRole on *'],
  ],
  [
    'a condition added',
    policy(allow('sts:AssumeRole')),
    policy(allow('sts:AssumeRole', '*', { Condition: { Bool: { mfa: 'true' } } })),
    [],
  ],
  [
    'all but some actions',
    policy(allow('s3:GetObject')),
    policy({ ...allow([]), Action: undefined, NotAction: 'iam:*' }),
    ['Role: Allow all but iam:* on *'],
  ],
  [
    'someone else who may assume a role',
    trusted(['ec2.amazonaws.com']),
    trusted(['ec2.amazonaws.com', 'lambda.amazonaws.com']),
    ['Role: Allow sts:AssumeRole to Service lambda.amazonaws.com'],
  ],
  [
    'a managed policy',
    trusted(['ec2.amazonaws.com']),
    trusted(['ec2.amazonaws.com'], { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
    ['Role: Allow all of the policy arn:aws:iam::aws:policy/AdministratorAccess'],
  ],
  [
    'anyone in a bucket policy',
    bucketPolicy(allow('s3:GetObject', '*', { Principal: { AWS: 'arn:aws:iam::111111111111:root' } })),
    bucketPolicy(allow('s3:GetObject', '*', { Principal: '*' })),
    ['Bucket: Allow s3:GetObject on * to *'],
  ],
  ['a denial lifted', bucketPolicy(deny('s3:*')), bucketPolicy(), ['Bucket: No longer deny s3:* on * to *']],
  [
    'a denial narrowed',
    bucketPolicy(deny('s3:*')),
    bucketPolicy(deny('s3:Put*')),
    ['Bucket: No longer deny s3:* on * to *'],
  ],
  ['a denial added', bucketPolicy(), bucketPolicy(deny('s3:*')), []],
  ['a denial gone with its bucket', bucketPolicy(deny('s3:*')), NONE, []],
  [
    'a function that a rule may invoke',
    NONE,
    invoke({ SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] } }),
    [`Fn: Allow lambda:InvokeFunction to events.amazonaws.com if {"SourceArn":"\${Rule.Arn}"}`],
  ],
  [
    'a function that any account may invoke',
    invoke({ SourceArn: 'arn:rule' }),
    invoke({}),
    ['Fn: Allow lambda:InvokeFunction to events.amazonaws.com'],
  ],
])('%s', (_, before, after, expected) => {
  const found = widenedPermissions(before, after).map(({ logicalId, text }) => `${logicalId}: ${text}`);
  expect(found).toEqual(expected);
});
