import type { Scope } from '../../service';
import type { ResourceSchemas } from '../resources/schemas';
import { resolveDynamicReferences } from '../template/dynamic-references';
import type { LiveResources, ResolvedTemplate } from '../template/resolved-template';
import type { StackResource } from './stack';

/** What the template says of a resource beside its properties. */
export type DeclaredResource = Pick<
  StackResource,
  'logicalId' | 'type' | 'dependsOn' | 'deletionPolicy' | 'updateReplacePolicy' | 'updatePolicy' | 'metadata'
>;

/** A resource as the template asks for it, its properties evaluated. */
export type DesiredResource = DeclaredResource & Pick<StackResource, 'properties'>;

export function declaredResource(logicalId: string, template: ResolvedTemplate): DeclaredResource {
  const declaration = template.resources.get(logicalId)!;
  return {
    logicalId,
    type: declaration.Type,
    dependsOn: template.graph.get(logicalId)!,
    deletionPolicy: declaration.DeletionPolicy ?? 'Delete',
    updateReplacePolicy: declaration.UpdateReplacePolicy ?? 'Delete',
    updatePolicy: declaration.UpdatePolicy,
    metadata: declaration.Metadata,
  };
}

export async function evaluateProperties(
  logicalId: string,
  template: ResolvedTemplate,
  live: LiveResources,
  schemas: ResourceSchemas,
  scope: Scope,
): Promise<Record<string, unknown>> {
  const { Type, Properties = {} } = template.resources.get(logicalId)!;
  const evaluated = await resolveDynamicReferences(template.evaluate(Properties, live), scope);
  return schemas.coerce(Type, evaluated as Record<string, unknown>);
}
