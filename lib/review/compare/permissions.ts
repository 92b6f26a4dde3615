import type { Finding } from '../../../lambda/review/contract';
import { jsonOf, list, type Resource, references, type Template, textOf } from './template';

/** One action on one resource by one principal: what a policy's statement is made of. */
interface Grant {
  readonly effect: 'Allow' | 'Deny';
  /** Logical ids of the identities or resources that the policy is attached to. */
  readonly holder: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** As JSON; empty without one. */
  readonly condition: string;
}

/** Properties by which a policy names what it is attached to. */
const ATTACHED = ['Roles', 'Users', 'Groups', 'Bucket', 'Topics', 'Queues', 'FunctionName'];

/**
 * What is allowed that was not, and what is no longer denied. Wildcards are understood, variables and intrinsics are
 * compared as text: in doubt something is called new.
 */
export function widenedPermissions(before: Template, after: Template): Omit<Finding, 'stack'>[] {
  const [old, now] = [grants(before), grants(after)];
  const added = now.filter(
    (grant) => grant.effect === 'Allow' && !old.some((other) => includes(other, grant)),
  );
  const lifted = old.filter(
    (grant) =>
      grant.effect === 'Deny' &&
      after.Resources?.[grant.holder] &&
      !now.some((other) => includes(other, grant)),
  );
  return [...findings('Allow', added), ...findings('No longer deny', lifted)];
}

/** Those that differ in their action alone are one finding. */
function findings(verb: string, grants: readonly Grant[]): Omit<Finding, 'stack'>[] {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const { action: _, ...rest } = grant;
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return [...groups.values()].map((group) => {
    const [{ holder, principal, resource, condition }] = group as [Grant];
    const actions = [...new Set(group.map(({ action }) => action))].join(', ');
    const text = [
      `${verb} ${actions}`,
      resource && `on ${resource}`,
      principal && `to ${principal}`,
      condition && `if ${condition}`,
    ];
    return { logicalId: holder, text: text.filter(Boolean).join(' ') };
  });
}

function includes(wide: Grant, narrow: Grant): boolean {
  return (
    wide.effect === narrow.effect &&
    wide.holder === narrow.holder &&
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource) &&
    matches(wide.principal, narrow.principal) &&
    (wide.condition === '' || wide.condition === narrow.condition)
  );
}

function matches(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  const parts = pattern
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\?/g, '.'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

function grants({ Resources = {} }: Template): Grant[] {
  return Object.entries(Resources).flatMap(([logicalId, resource]) => {
    const found = statements(resource);
    return holders(logicalId, resource).flatMap((holder) =>
      found.flatMap((statement) => ofStatement(statement, holder)),
    );
  });
}

function holders(logicalId: string, { Properties = {} }: Resource): string[] {
  const attached = ATTACHED.flatMap((name) => references(Properties[name]));
  return attached.length > 0 ? attached : [logicalId];
}

function statements({ Type, Properties = {} }: Resource): any[] {
  const managed = list(Properties.ManagedPolicyArns).map((arn) => ({
    Effect: 'Allow',
    Action: `all of the policy ${textOf(arn)}`,
  }));
  if (Type !== 'AWS::Lambda::Permission') return [...managed, ...documented(Properties)];
  const { Action, Principal, SourceArn, SourceAccount } = Properties;
  const Condition = SourceArn || SourceAccount ? { SourceArn, SourceAccount } : undefined;
  return [{ Effect: 'Allow', Action, Principal, Condition }];
}

/** The statements of every policy document in a value, whatever the property's name. */
function documented(value: any): any[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = list(value.Statement).filter((statement) => typeof statement?.Effect === 'string');
  return own.length > 0 ? own : Object.values(value).flatMap(documented);
}

function ofStatement(statement: any, holder: string): Grant[] {
  const { Effect: effect, Condition } = statement;
  const condition = Condition ? jsonOf(Condition) : '';
  return parts(statement, 'Principal', principals).flatMap((principal) =>
    parts(statement, 'Action', texts).flatMap((action) =>
      parts(statement, 'Resource', texts).map((resource) => ({
        ...{ effect, holder, principal, action, resource, condition },
      })),
    ),
  );
}

/** `NotAction` and its like are kept whole: what they leave out is not known here. */
function parts(statement: any, key: string, read: (value: any) => string[]): string[] {
  const except = statement[`Not${key}`];
  if (except) return [`all but ${read(except).join(', ')}`];
  return statement[key] ? read(statement[key]) : [''];
}

function texts(value: any): string[] {
  return list(value).map(textOf);
}

function principals(value: any): string[] {
  if (typeof value !== 'object') return texts(value);
  return Object.entries(value).flatMap(([kind, who]) =>
    texts(who).map((name) => (kind === 'AWS' ? name : `${kind} ${name}`)),
  );
}
