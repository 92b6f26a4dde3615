import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider } from '../service';
import { policyText } from './documents';
import type { Principal, Principals } from './principals';

const nameFrom = (arn: string) => arn.split('/').pop()!;

/** Inline policies of a template, in place of those that the template gave before. */
function putPolicies(principal: Principal, policies: any[] = [], previous: any[] = []): void {
  for (const { PolicyName } of previous) principal.policies.delete(PolicyName);
  for (const { PolicyName, PolicyDocument } of policies) {
    principal.policies.set(PolicyName, policyText(PolicyDocument));
  }
}

function described(principal: Principal, idAttribute: string) {
  return { physicalId: principal.name, attributes: { Arn: principal.arn, [idAttribute]: principal.id } };
}

const roleProvider: ResourceProvider = {
  type: 'AWS::IAM::Role',
  disposition: 'modelled',
  properties: {
    RoleName: 'modelled',
    AssumeRolePolicyDocument: 'modelled',
    Description: 'recorded',
    ManagedPolicyArns: 'modelled',
    MaxSessionDuration: 'recorded',
    Path: 'recorded',
    PermissionsBoundary: 'recorded',
    Policies: 'modelled',
    Tags: 'modelled',
  },
  async create(properties, context) {
    const iam = context.scope.service('iam');
    const stackTags = Object.entries(context.tags).map(([Key, Value]) => ({ Key, Value }));
    const role = iam.createRole({
      ...properties,
      RoleName: properties.RoleName ?? physicalName(context, { maxLength: 64 }),
      Tags: [...stackTags, ...(properties.Tags ?? [])],
    });
    putPolicies(role, properties.Policies);
    for (const arn of properties.ManagedPolicyArns ?? []) role.attached.add(arn);
    return described(role, 'RoleId');
  },
  async update(name, properties, previous, { scope }) {
    const role = scope.service('iam').roles.get(name);
    const { AssumeRolePolicyDocument, Description, MaxSessionDuration = 3600 } = properties;
    const document = policyText(AssumeRolePolicyDocument);
    Object.assign(role.facts, { AssumeRolePolicyDocument: document, Description, MaxSessionDuration });
    putPolicies(role, properties.Policies, previous.Policies);
    for (const arn of previous.ManagedPolicyArns ?? []) role.attached.delete(arn);
    for (const arn of properties.ManagedPolicyArns ?? []) role.attached.add(arn);
    return described(role, 'RoleId');
  },
  async delete(name, properties, { scope }) {
    const { roles } = scope.service('iam');
    const role = roles.find(name);
    if (!role) return;
    putPolicies(role, [], properties.Policies);
    for (const arn of properties.ManagedPolicyArns ?? []) role.attached.delete(arn);
    roles.delete(name);
  },
};

/** The principals that a policy's properties name. */
function* namedPrincipals({ Roles = [], Users = [], Groups = [] }: any, { scope }: ResourceContext) {
  const iam = scope.service('iam');
  const kinds: [Principals, string[]][] = [
    [iam.roles, Roles],
    [iam.users, Users],
    [iam.groups, Groups],
  ];
  for (const [principals, names] of kinds) {
    for (const name of names) yield { principals, name };
  }
}

const policyProvider: ResourceProvider = {
  type: 'AWS::IAM::Policy',
  disposition: 'modelled',
  properties: {
    PolicyName: 'recorded',
    PolicyDocument: 'modelled',
    Roles: 'modelled',
    Users: 'recorded',
    Groups: 'recorded',
  },
  async create(properties, context) {
    const document = policyText(properties.PolicyDocument);
    for (const { principals, name } of namedPrincipals(properties, context)) {
      principals.get(name).policies.set(properties.PolicyName, document);
    }
    return { physicalId: physicalName(context, { maxLength: 128 }) };
  },
  async update(physicalId, properties, previous, context) {
    await this.delete(physicalId, previous, context);
    await this.create(properties, context);
    return { physicalId };
  },
  async delete(_physicalId, properties, context) {
    for (const { principals, name } of namedPrincipals(properties, context)) {
      principals.find(name)?.policies.delete(properties.PolicyName);
    }
  },
};

const managedPolicyProvider: ResourceProvider = {
  type: 'AWS::IAM::ManagedPolicy',
  disposition: 'modelled',
  properties: {
    ManagedPolicyName: 'recorded',
    PolicyDocument: 'modelled',
    Description: 'recorded',
    Path: 'recorded',
    Roles: 'modelled',
    Users: 'recorded',
    Groups: 'recorded',
  },
  async create(properties, context) {
    const name = properties.ManagedPolicyName ?? physicalName(context, { maxLength: 128 });
    const { PolicyDocument, Path, Description } = properties;
    const { arn } = context.scope.service('iam').policies.create(name, PolicyDocument, Path, Description);
    for (const { principals, name } of namedPrincipals(properties, context))
      principals.get(name).attached.add(arn);
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  async update(arn, properties, previous, context) {
    context.scope.service('iam').policies.revise(arn, properties.PolicyDocument);
    for (const { principals, name } of namedPrincipals(previous, context))
      principals.find(name)?.attached.delete(arn);
    for (const { principals, name } of namedPrincipals(properties, context))
      principals.get(name).attached.add(arn);
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  async delete(arn, properties, context) {
    const { policies } = context.scope.service('iam');
    for (const { principals, name } of namedPrincipals(properties, context))
      principals.find(name)?.attached.delete(arn);
    if (policies.has(arn)) policies.delete(arn);
  },
};

const instanceProfileProvider: ResourceProvider = {
  type: 'AWS::IAM::InstanceProfile',
  disposition: 'modelled',
  properties: { InstanceProfileName: 'modelled', Path: 'recorded', Roles: 'modelled' },
  async create({ InstanceProfileName, Path, Roles }, context) {
    const { instanceProfiles } = context.scope.service('iam');
    const { name, arn } = instanceProfiles.create(
      InstanceProfileName ?? physicalName(context, { maxLength: 128 }),
      Path,
    );
    instanceProfiles.setRole(name, nameFrom(Roles[0]));
    return { physicalId: name, attributes: { Arn: arn } };
  },
  async update(name, { Roles }, _previous, { scope }) {
    const { instanceProfiles } = scope.service('iam');
    instanceProfiles.setRole(name, nameFrom(Roles[0]));
    return { physicalId: name, attributes: { Arn: instanceProfiles.get(name).arn } };
  },
  async delete(name, _properties, { scope }) {
    scope.service('iam').instanceProfiles.delete(name);
  },
};

export const iamProviders: readonly ResourceProvider[] = [
  roleProvider,
  policyProvider,
  managedPolicyProvider,
  instanceProfileProvider,
];
