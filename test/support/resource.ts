import type { ResourceContext, ResourceProvider, Scope } from '../../region/service';

/** Plays one resource type as CloudFormation would, in a stack `stack` with the logical id `Thing`. */
export function resource(scope: Scope, service: { resources?: readonly ResourceProvider[] }, type: string) {
  const provider = service.resources!.find((one) => one.type === type)!;
  const context: ResourceContext = {
    scope,
    stackName: 'stack',
    stackId: `arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/stack/0`,
    logicalId: 'Thing',
    tags: {},
  };
  return {
    create: (properties: object) => provider.create(properties, context),
    update: (id: string, properties: object, previous: object) =>
      provider.update(id, properties, previous, context),
    delete: (id: string, properties: object) => provider.delete(id, properties, context),
  };
}
