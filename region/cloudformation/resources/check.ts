import { references } from '../template/references';
import type { ResolvedTemplate } from '../template/resolved-template';
import type { ResourceDeclaration } from '../template/template';
import { customResourceProblems, isCustomResource } from './custom-type';
import { dispositionOf, type ResourceProviders } from './providers';
import type { ResourceSchemas } from './schemas';
import { PLAYED_UPDATE_POLICIES } from './update-policy';

/** A resource, or a property of one, that cannot be deployed here. */
export interface Problem {
  readonly logicalId: string;
  readonly type: string;
  /** Where in the template, `/Resources/Fleet/Properties/Foo`. */
  readonly path: string;
  /** The validation that it did not pass. */
  readonly validation: string;
  readonly message: string;
}

/** Validations of the region's own: AWS would accept what they refuse. */
const REGION_VALIDATION = 'Tidegate::Region::NotPlayed';
/** The name under which AWS reports extraneous and missing properties before a deployment. */
const PROPERTY_VALIDATION = 'AWS::EarlyValidation::PropertyValidation';

/** Looks through every resource and property of a template for what is wrong, or not played. */
export function checkResources(
  template: ResolvedTemplate,
  providers: ResourceProviders,
  schemas: ResourceSchemas,
): Problem[] {
  return [...template.resources].flatMap(([logicalId, resource]) => [
    ...checkProperties(logicalId, resource, schemas, providers),
    ...checkAttributes(logicalId, resource, template, schemas),
    ...checkPlayed(logicalId, resource, providers, schemas),
  ]);
}

function checkProperties(
  logicalId: string,
  { Type, Properties = {} }: ResourceDeclaration,
  schemas: ResourceSchemas,
  providers: ResourceProviders,
): Problem[] {
  const named = providers.find(Type)?.properties ?? {};
  const found = isCustomResource(Type)
    ? customResourceProblems(Properties)
    : schemas.problems(Type, Properties, (name) => Object.hasOwn(named, name));
  if (found.length === 0) return [];
  return [
    {
      logicalId,
      type: Type,
      path: `/Resources/${logicalId}/Properties`,
      validation: PROPERTY_VALIDATION,
      message: `Properties validation failed for resource ${logicalId} with message:\n${found.join('\n')}`,
    },
  ];
}

/** `Fn::GetAtt` may ask only for attributes that the type has. */
function checkAttributes(
  logicalId: string,
  resource: ResourceDeclaration,
  template: ResolvedTemplate,
  schemas: ResourceSchemas,
): Problem[] {
  return [...references(resource.Properties)].flatMap(({ name, attribute }) => {
    const target = template.resources.get(name);
    const schema = target && schemas.find(target.Type);
    if (
      !schema ||
      attribute === undefined ||
      attribute in schema.attributes ||
      attribute.startsWith('Outputs.')
    ) {
      return [];
    }
    return [
      {
        logicalId,
        type: resource.Type,
        path: `/Resources/${logicalId}/Properties`,
        validation: PROPERTY_VALIDATION,
        message: `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
      },
    ];
  });
}

function checkPlayed(
  logicalId: string,
  resource: ResourceDeclaration,
  providers: ResourceProviders,
  schemas: ResourceSchemas,
): Problem[] {
  const type = resource.Type;
  const problem = (path: string, message: string): Problem => ({
    logicalId,
    type,
    path: `/Resources/${logicalId}${path}`,
    validation: REGION_VALIDATION,
    message: `${logicalId} (${type}): ${message}`,
  });
  const provider = providers.find(type);
  if (!provider) return [problem('/Type', notPlayed(type, schemas))];
  const properties = Object.keys(resource.Properties ?? {})
    .filter((name) => (dispositionOf(provider, name) ?? 'refused') === 'refused')
    .map((name) =>
      problem(
        `/Properties/${name}`,
        `the rehearsal region does not play the property ${name}; leave it out, or add it to the provider's properties with what is done with it`,
      ),
    );
  const policies = [
    ...Object.keys(resource.UpdatePolicy ?? {})
      .filter((name) => !PLAYED_UPDATE_POLICIES.includes(name))
      .map((name) => `UpdatePolicy/${name}`),
    ...Object.keys(resource.CreationPolicy ?? {}).map((name) => `CreationPolicy/${name}`),
  ].map((name) => problem(`/${name}`, `the rehearsal region does not play ${name}; leave it out`));
  const snapshots = (['DeletionPolicy', 'UpdateReplacePolicy'] as const)
    .filter((attribute) => resource[attribute] === 'Snapshot')
    .map((attribute) =>
      problem(`/${attribute}`, `the rehearsal region takes no snapshots; use Delete or Retain`),
    );
  return [...properties, ...policies, ...snapshots];
}

function notPlayed(type: string, schemas: ResourceSchemas): string {
  if (type === 'AWS::CloudFormation::Stack') {
    return 'the rehearsal region does not play nested stacks; deploy the template as a stack of its own';
  }
  if (!schemas.find(type)) return `Template format error: Unrecognized resource types: [${type}]`;
  return 'the rehearsal region does not play this resource type; leave it out, or add a provider for it to the `resources` of its service';
}
