import type { AwsService, Operation, ResourceProvider, Scope } from '../service';
import { policyText } from './documents';
import { InstanceProfiles } from './instance-profiles';
import { ManagedPolicies } from './managed-policies';
import { Principals } from './principals';
import { iamProviders } from './resources';
import {
  CODECOMMIT,
  type ServiceSpecificCredential,
  ServiceSpecificCredentials,
} from './service-specific-credentials';

/**
 * Identity and Access Management: roles, users, groups and policies. Policies decide who may assume a role
 * (assume-role.ts), and nothing else: whoever holds keys may do all in their account.
 */
export class Iam implements AwsService {
  readonly roles: Principals;
  readonly users: Principals;
  readonly groups: Principals;
  readonly policies: ManagedPolicies;
  readonly instanceProfiles: InstanceProfiles;
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = iamProviders;
  private readonly credentials: ServiceSpecificCredentials;
  private git?: ServiceSpecificCredential;

  constructor(scope: Scope) {
    this.roles = new Principals(scope, { kind: 'Role', idPrefix: 'AROA' });
    this.users = new Principals(scope, { kind: 'User', idPrefix: 'AIDA' });
    this.groups = new Principals(scope, { kind: 'Group', idPrefix: 'AGPA' });
    this.policies = new ManagedPolicies(scope);
    this.instanceProfiles = new InstanceProfiles(scope, this.roles);
    this.credentials = new ServiceSpecificCredentials(scope);
    this.operations = {
      ...this.users.operations(),
      ...this.groups.operations(),
      ...this.roles.operations(),
      ...this.policies.operations(),
      ...this.instanceProfiles.operations(),
      ...this.credentials.operations(),
      CreateRole: (input) => ({ Role: this.roles.describe(this.createRole(input)) }),
      UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }) => {
        this.roles.get(RoleName).facts.AssumeRolePolicyDocument = policyText(PolicyDocument);
      },
      UpdateRole: ({ RoleName, Description, MaxSessionDuration }) => {
        Object.assign(this.roles.get(RoleName).facts, { Description, MaxSessionDuration });
        return {};
      },
      CreateUser: ({ UserName, Path, Tags }) => ({
        User: this.users.describe(this.users.create(UserName, Path, {}, Tags)),
      }),
      CreateGroup: ({ GroupName, Path }) => ({
        Group: this.groups.describe(this.groups.create(GroupName, Path)),
      }),
      ListAccountAliases: () => ({ AccountAliases: [], IsTruncated: false }),
    };
    this.openToOrganization(scope);
  }

  /** The way into an account from another, as AWS Organizations makes it in every account that it creates. */
  private openToOrganization({ accountId }: Scope): void {
    const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
    const AssumeRolePolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    };
    const role = this.createRole({ RoleName: 'OrganizationAccountAccessRole', AssumeRolePolicyDocument });
    role.attached.add('arn:aws:iam::aws:policy/AdministratorAccess');
  }

  createRole(input: any) {
    const { RoleName, Path, AssumeRolePolicyDocument, Description, MaxSessionDuration = 3600, Tags } = input;
    const { PermissionsBoundary } = input;
    const facts = {
      AssumeRolePolicyDocument: policyText(AssumeRolePolicyDocument),
      Description,
      MaxSessionDuration,
      PermissionsBoundary: PermissionsBoundary && {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: PermissionsBoundary,
      },
    };
    return this.roles.create(RoleName, Path, facts, Tags);
  }

  /** A role by its name; undefined when the account has none. */
  findRole(name: string): { RoleId: string; Arn: string } | undefined {
    const role = this.roles.find(name);
    return role && { RoleId: role.id, Arn: role.arn };
  }

  /** User name and password for git, made when first asked for. */
  gitCredentials(): { userName: string; password: string } {
    this.git ??= this.credentials.create('git', CODECOMMIT);
    return { userName: this.git.ServiceUserName, password: this.git.ServicePassword };
  }

  verifyGitCredential(userName: string, password: string): boolean {
    return this.credentials.verify(userName, password);
  }
}
