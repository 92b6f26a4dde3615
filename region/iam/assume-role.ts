import type { Scope } from '../service';
import type { ManagedPolicies } from './managed-policies';
import { verdict } from './policy';
import type { Principal } from './principals';

/** One who wants to assume a role: the account's root user, or a role under a session's name. */
interface Caller {
  readonly accountId: string;
  /** ARN of the root user or of the role. */
  readonly arn: string;
  /** Absent for the root user, who may do all in their account. */
  readonly role?: Principal;
}

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const ANYTHING = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

export interface AssumeRoleInput {
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
}

/**
 * Whether a caller may assume a role: its trust policy has to let the caller in, and the caller's own policies have to
 * allow it, unless the trust policy names a role of its own account itself. Permissions boundaries and policies of
 * sessions and organizations are not looked at.
 *
 * @param principalArn of the caller, as a {@link Call} has it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function mayAssume(
  scope: Scope,
  principalArn: string,
  role: Principal,
  { RoleSessionName, ExternalId }: AssumeRoleInput,
): boolean {
  const caller = callerOf(scope, principalArn);
  if (!caller) return false;
  const tags = role.tags.flatMap(({ Key, Value }) =>
    ['iam', 'aws'].map((prefix) => [`${prefix}:resourcetag/${Key}`.toLowerCase(), Value]),
  );
  const request = {
    action: 'sts:AssumeRole',
    resource: role.arn,
    context: {
      'aws:principalarn': caller.arn,
      'aws:principalaccount': caller.accountId,
      'sts:rolesessionname': RoleSessionName,
      ...(ExternalId && { 'sts:externalid': ExternalId }),
      ...Object.fromEntries(tags),
    },
  };
  const trust = [String(role.facts['AssumeRolePolicyDocument'])];
  const named = (names: readonly string[]) =>
    verdict(trust, request, (principal) =>
      [principal === '*' ? '*' : (principal?.['AWS'] ?? [])].flat().some((one) => names.includes(one)),
    );
  const own = [caller.arn, principalArn];
  const account = ['*', caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  const trusted = named([...own, ...account]);
  const allowed = verdict(policiesOf(scope, caller), request);
  if (trusted !== 'Allow' || allowed === 'Deny') return false;
  const ofOwnAccount = role.arn.split(':')[4] === caller.accountId;
  return allowed === 'Allow' || (ofOwnAccount && named(own) === 'Allow');
}

function callerOf(scope: Scope, principalArn: string): Caller | undefined {
  const [, , service, , accountId, resource] = principalArn.split(':') as [string, ...string[]];
  if (service !== 'sts') return { accountId: accountId!, arn: principalArn };
  const name = resource!.split('/')[1]!;
  const role = scope.at(accountId!, scope.region).service('iam').roles.find(name);
  return role && { accountId: accountId!, arn: role.arn, role };
}

/** Inline and attached policies. Of AWS's managed policies, only the administrator's lets roles be assumed. */
function policiesOf(scope: Scope, { accountId, role }: Caller): string[] {
  if (!role) return [ANYTHING];
  const { policies }: { policies: ManagedPolicies } = scope.at(accountId, scope.region).service('iam');
  const attached = [...role.attached].flatMap((arn) => {
    if (arn === ADMINISTRATOR) return ANYTHING;
    return policies.has(arn) ? policies.get(arn).versions.at(-1)! : [];
  });
  return [...role.policies.values(), ...attached];
}
