import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const scope = testScope();
const iam = scope.service('iam');
const { operations } = iam as any;
const AssumeRolePolicyDocument = { Version: '2012-10-17', Statement: [] };
const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('roles', () => {
  test('with inline and attached policies', () => {
    operations.CreateRole({
      RoleName: 'r',
      AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument),
    });
    operations.PutRolePolicy({
      RoleName: 'r',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify(PolicyDocument),
    });
    operations.AttachRolePolicy({ RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
    const { Role } = operations.GetRole({ RoleName: 'r' });
    expect(Role).toMatchObject({
      Arn: 'arn:aws:iam::111111111111:role/r',
      Path: '/',
      MaxSessionDuration: 3600,
    });
    expect(JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument))).toEqual(AssumeRolePolicyDocument);
    const inline = operations.GetRolePolicy({ RoleName: 'r', PolicyName: 'p' });
    expect(JSON.parse(decodeURIComponent(inline.PolicyDocument))).toEqual(PolicyDocument);
    expect(operations.ListAttachedRolePolicies({ RoleName: 'r' }).AttachedPolicies).toEqual([
      { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', PolicyName: 'ReadOnlyAccess' },
    ]);
    expect(() => operations.DeleteRole({ RoleName: 'r' })).toThrow(code('DeleteConflict'));
  });

  test.each([
    [{ RoleName: 'r' }, 'EntityAlreadyExists'],
    [{ RoleName: 'a b' }, 'ValidationError'],
    [{ RoleName: 'x', AssumeRolePolicyDocument: 'not json' }, 'MalformedPolicyDocument'],
  ])('%j: %s', (input, expected) => {
    const create = () => operations.CreateRole({ AssumeRolePolicyDocument: '{}', ...input });
    expect(create).toThrow(code(expected));
  });

  test('an account can be entered from another', () => {
    expect(iam.findRole('OrganizationAccountAccessRole')).toBeDefined();
  });

  test('missing ones', () => {
    expect(() => operations.GetRole({ RoleName: 'none' })).toThrow(code('NoSuchEntity'));
    expect(iam.findRole('none')).toBeUndefined();
  });
});

describe('resources', () => {
  const role = resource(scope, iam, 'AWS::IAM::Role');
  const policy = resource(scope, iam, 'AWS::IAM::Policy');
  const managed = resource(scope, iam, 'AWS::IAM::ManagedPolicy');
  const profile = resource(scope, iam, 'AWS::IAM::InstanceProfile');

  test('a role, a policy on it, and both gone', async () => {
    const properties = {
      AssumeRolePolicyDocument,
      Policies: [{ PolicyName: 'own', PolicyDocument }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    };
    const { physicalId: RoleName, attributes } = await role.create(properties);
    expect(RoleName).toMatch(/^stack-Thing-[A-Z0-9]{12}$/i);
    expect(attributes).toMatchObject({ Arn: `arn:aws:iam::111111111111:role/${RoleName}` });
    const policyProperties = { PolicyName: 'other', PolicyDocument, Roles: [RoleName] };
    const { physicalId } = await policy.create(policyProperties);
    expect(operations.ListRolePolicies({ RoleName }).PolicyNames).toEqual(['own', 'other']);

    const changed = { ...properties, Policies: [], ManagedPolicyArns: [] };
    await role.update(RoleName, changed, properties);
    expect(operations.ListRolePolicies({ RoleName }).PolicyNames).toEqual(['other']);
    expect(operations.ListAttachedRolePolicies({ RoleName }).AttachedPolicies).toEqual([]);

    await expect(role.delete(RoleName, changed)).rejects.toMatchObject({ code: 'DeleteConflict' });
    await policy.delete(physicalId, policyProperties);
    await role.delete(RoleName, changed);
    await role.delete(RoleName, changed);
    expect(iam.findRole(RoleName)).toBeUndefined();
  });

  test('a managed policy is attached to whom it names', async () => {
    operations.CreateRole({ RoleName: 'bearer', AssumeRolePolicyDocument: '{}' });
    const properties = { ManagedPolicyName: 'm', PolicyDocument, Roles: ['bearer'] };
    const { physicalId: PolicyArn } = await managed.create(properties);
    expect(PolicyArn).toBe('arn:aws:iam::111111111111:policy/m');
    expect(operations.ListAttachedRolePolicies({ RoleName: 'bearer' }).AttachedPolicies).toMatchObject([
      { PolicyArn },
    ]);
    await managed.update(PolicyArn, { ...properties, PolicyDocument: { Statement: [] } }, properties);
    expect(operations.GetPolicy({ PolicyArn }).Policy.DefaultVersionId).toBe('v2');
    await managed.delete(PolicyArn, properties);
    expect(operations.ListAttachedRolePolicies({ RoleName: 'bearer' }).AttachedPolicies).toEqual([]);
  });

  test('an instance profile brings its role', async () => {
    operations.CreateRole({ RoleName: 'instance', AssumeRolePolicyDocument: '{}' });
    const { physicalId, attributes } = await profile.create({ Roles: ['instance'] });
    expect(attributes).toEqual({ Arn: `arn:aws:iam::111111111111:instance-profile/${physicalId}` });
    const { InstanceProfile } = operations.GetInstanceProfile({ InstanceProfileName: physicalId });
    expect(InstanceProfile.Roles).toMatchObject([{ RoleName: 'instance' }]);
    await profile.delete(physicalId, {});
  });
});

describe('git credentials', () => {
  test('are made once, and good for no other password', () => {
    const { userName, password } = iam.gitCredentials();
    expect(iam.gitCredentials()).toEqual({ userName, password });
    expect(userName).toBe('git-at-111111111111');
    expect(iam.verifyGitCredential(userName, password)).toBe(true);
    expect(iam.verifyGitCredential(userName, 'guessed')).toBe(false);
    expect(iam.verifyGitCredential('nobody', password)).toBe(false);
  });

  test('of a user, until they are made inactive', () => {
    const asked = { UserName: 'ann', ServiceName: 'codecommit.amazonaws.com' };
    const { ServiceSpecificCredential } = operations.CreateServiceSpecificCredential(asked);
    const { ServiceUserName, ServicePassword, ServiceSpecificCredentialId } = ServiceSpecificCredential;
    expect(iam.verifyGitCredential(ServiceUserName, ServicePassword)).toBe(true);
    operations.UpdateServiceSpecificCredential({ ServiceSpecificCredentialId, Status: 'Inactive' });
    expect(iam.verifyGitCredential(ServiceUserName, ServicePassword)).toBe(false);
    expect(() => operations.CreateServiceSpecificCredential({ ...asked, ServiceName: 'x' })).toThrow(
      code('NotSupportedService'),
    );
  });
});
