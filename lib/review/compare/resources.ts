import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange } from '../../../lambda/review/contract';
import { replacement } from './replacement';
import { type Resource, references, type Template } from './template';

type Change = Omit<ResourceChange, 'stack'>;

/** Attributes that CloudFormation does not act upon when they change. */
const INERT = new Set(['Type', 'Properties', 'Metadata', 'DependsOn']);

/**
 * The resources that differ. As a replaced resource has a new physical id, what refers to it changes with it, and may
 * have to be replaced in turn.
 */
export function compareResources(before: Template, after: Template): Change[] {
  const [old, now] = [before.Resources ?? {}, after.Resources ?? {}];
  const kept = Object.keys(now).filter((logicalId) => logicalId in old);
  const replaced = new Set<string>();
  const compare = () => kept.flatMap((id) => compareResource(id, old[id]!, now[id]!, replaced));

  let changes: Change[];
  let known: number;
  do {
    known = replaced.size;
    changes = compare();
    for (const { logicalId, change } of changes) if (change === 'replaced') replaced.add(logicalId);
  } while (replaced.size > known);

  return [...only(old, now, 'removed'), ...changes, ...only(now, old, 'added')];
}

/** Resources of one template that the other does not have. */
function only(
  these: Record<string, Resource>,
  others: Record<string, Resource>,
  change: 'added' | 'removed',
): Change[] {
  return Object.entries(these)
    .filter(([logicalId]) => !(logicalId in others))
    .map(([logicalId, { Type }]) => ({ change, logicalId, type: Type, properties: [] }));
}

function compareResource(
  logicalId: string,
  before: Resource,
  after: Resource,
  replaced: ReadonlySet<string>,
): Change[] {
  const type = after.Type;
  if (before.Type !== type) return [{ change: 'replaced', logicalId, type, properties: ['Type'] }];

  const [old, now] = [before.Properties ?? {}, marked(after.Properties ?? {}, replaced)];
  const properties = changedKeys(old, now);
  const attributes = changedKeys(before, after).filter((name) => !INERT.has(name));
  if (properties.length + attributes.length === 0) return [];

  const verdicts = properties.map((name) => replacement(type, name, old[name], now[name]));
  const change = verdicts.includes('yes')
    ? 'replaced'
    : verdicts.includes('maybe')
      ? 'may be replaced'
      : 'changed';
  return [{ change, logicalId, type, properties: [...properties, ...attributes] }];
}

/** The value with every reference to a replaced resource marked, so that it differs from what it was. */
function marked(value: any, replaced: ReadonlySet<string>): any {
  if (typeof value !== 'object' || value === null) return value;
  const isReference = 'Ref' in value || 'Fn::GetAtt' in value || 'Fn::Sub' in value;
  if (isReference && references(value).some((id) => replaced.has(id))) return { ...value, replaced: true };
  if (Array.isArray(value)) return value.map((item) => marked(item, replaced));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item, replaced)]));
}

function changedKeys(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  return Object.keys({ ...before, ...after }).filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
