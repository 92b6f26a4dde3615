import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import type { ResourceSchemas } from '../resources/schemas';
import { KNOWN_AFTER_APPLY } from '../template/functions';
import { describeModification } from './changes';
import { type DesiredResource, declaredResource, evaluateProperties } from './desired-resource';
import { attributeOf } from './live-resources';
import type { Stack, StackSettings } from './stack';

/** The changes that a deployment of these settings would make, as far as they can be known before it. */
export async function preview(
  stack: Stack,
  settings: StackSettings,
  schemas: ResourceSchemas,
  scope: Scope,
): Promise<ResourceChange[]> {
  const { template } = settings;
  const changes = new Map<string, ResourceChange>();
  const tagsChanged = !isDeepStrictEqual(stack.settings?.tags ?? [], settings.tags);
  // A reference to what will be made anew, or to an attribute of what will change, is known only afterwards.
  const live = {
    ref: (logicalId: string) => {
      const change = changes.get(logicalId);
      const lasting = change === undefined || (change.Action === 'Modify' && change.Replacement === 'False');
      return lasting ? stack.resources.get(logicalId)!.physicalId : KNOWN_AFTER_APPLY;
    },
    getAtt: (logicalId: string, attribute: string) =>
      changes.has(logicalId) ? KNOWN_AFTER_APPLY : attributeOf(stack.resources.get(logicalId)!, attribute),
  };
  for (const logicalId of inOrder(template.graph)) {
    const desired = {
      ...declaredResource(logicalId, template),
      properties: await evaluateProperties(logicalId, template, live, schemas, scope),
    };
    const current = stack.resources.get(logicalId);
    const change =
      current?.physicalId === undefined || current.status === 'CREATE_FAILED'
        ? addition(desired)
        : describeModification(desired, current, {
            before: stack.settings!.template,
            after: template,
            schemas,
            tagsChanged,
            changes,
          });
    if (change) changes.set(logicalId, change);
  }
  const removals = [...stack.resources.values()]
    .filter(({ logicalId }) => !template.resources.has(logicalId))
    .map(
      ({ logicalId, physicalId, type, properties, deletionPolicy }): ResourceChange => ({
        Action: 'Remove',
        LogicalResourceId: logicalId,
        PhysicalResourceId: physicalId,
        ResourceType: type,
        PolicyAction: deletionPolicy.startsWith('Retain') ? 'Retain' : 'Delete',
        Scope: [],
        Details: [],
        BeforeContext: JSON.stringify({ Properties: properties }),
      }),
    );
  return JSON.parse(stack.masked(JSON.stringify([...changes.values(), ...removals])));
}

function addition({ logicalId, type, properties }: DesiredResource): ResourceChange {
  return {
    Action: 'Add',
    LogicalResourceId: logicalId,
    ResourceType: type,
    Scope: [],
    Details: [],
    AfterContext: JSON.stringify({ Properties: properties }),
  };
}

/** Logical ids, each after those it depends on. */
function inOrder(graph: ReadonlyMap<string, ReadonlySet<string>>): Iterable<string> {
  const ordered = new Set<string>();
  const visit = (logicalId: string) => {
    if (ordered.has(logicalId)) return;
    for (const need of graph.get(logicalId)!) visit(need);
    ordered.add(logicalId);
  };
  for (const logicalId of graph.keys()) visit(logicalId);
  return ordered;
}
