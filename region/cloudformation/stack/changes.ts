import { isDeepStrictEqual } from 'node:util';
import type {
  ResourceChange,
  ResourceChangeDetail,
  ResourceTargetDefinition,
} from '@aws-sdk/client-cloudformation';
import type { Replacement, ResourceSchemas } from '../resources/schemas';
import { isUnknown } from '../template/functions';
import { references } from '../template/references';
import type { ResolvedTemplate } from '../template/resolved-template';
import type { DesiredResource } from './desired-resource';
import type { StackResource } from './stack';

export type Decision = 'none' | 'redeclare' | 'update' | 'replace';

/** What an update has to do with a resource that exists. */
export function decide(
  desired: DesiredResource,
  current: StackResource,
  schemas: ResourceSchemas,
  tagsChanged: boolean,
): Decision {
  const changed = changedProperties(desired, current);
  const replaces = changed.some(
    (name) =>
      schemas.replacement(desired.type, name, current.properties[name], desired.properties[name]) === 'yes',
  );
  if (replaces) return 'replace';
  const taggable = schemas.find(desired.type)?.tagInformation !== undefined;
  if (changed.length > 0 || (tagsChanged && taggable)) return 'update';
  return changedAttributes(desired, current).length > 0 ? 'redeclare' : 'none';
}

/** The templates before and after a change, and what is already known to change. */
export interface ChangeContext {
  readonly before: ResolvedTemplate;
  readonly after: ResolvedTemplate;
  readonly schemas: ResourceSchemas;
  readonly tagsChanged: boolean;
  /** Changes of the resources that this one depends on, by logical id. */
  readonly changes: ReadonlyMap<string, ResourceChange>;
}

/** How a change set describes the change of an existing resource; nothing when there is none. */
export function describeModification(
  desired: DesiredResource,
  current: StackResource,
  context: ChangeContext,
): ResourceChange | undefined {
  const details = changedProperties(desired, current).flatMap((name) =>
    propertyDetails(name, desired, current, context),
  );
  const attributes = changedAttributes(desired, current);
  const taggable = context.schemas.find(desired.type)?.tagInformation !== undefined;
  if (context.tagsChanged && taggable) attributes.push('Tags');
  if (details.length === 0 && attributes.length === 0) return undefined;

  const recreations = details.map(({ Target, Evaluation }) => ({
    always: Target?.RequiresRecreation === 'Always',
    conditionally: Target?.RequiresRecreation === 'Conditionally',
    sure: Evaluation === 'Static',
  }));
  const replaced = recreations.some(({ always, sure }) => always && sure);
  const perhaps = recreations.some(({ always, conditionally }) => always || conditionally);
  return {
    Action: 'Modify',
    LogicalResourceId: desired.logicalId,
    PhysicalResourceId: current.physicalId,
    ResourceType: desired.type,
    Replacement: replaced ? 'True' : perhaps ? 'Conditional' : 'False',
    ...(replaced && {
      PolicyAction: desired.updateReplacePolicy === 'Retain' ? 'ReplaceAndRetain' : 'ReplaceAndDelete',
    }),
    Scope: [...(details.length > 0 ? (['Properties'] as const) : []), ...attributes],
    Details: [
      ...details,
      ...attributes.map((Attribute) => ({
        Target: { Attribute, RequiresRecreation: 'Never' as const },
        Evaluation: 'Static' as const,
        ChangeSource: 'DirectModification' as const,
      })),
    ],
    BeforeContext: JSON.stringify({ Properties: current.properties, Metadata: current.metadata }),
    AfterContext: JSON.stringify({ Properties: desired.properties, Metadata: desired.metadata }),
  };
}

function changedProperties(desired: DesiredResource, current: StackResource): string[] {
  return Object.keys({ ...current.properties, ...desired.properties }).filter(
    (name) => !isDeepStrictEqual(current.properties[name], desired.properties[name]),
  );
}

function changedAttributes(desired: DesiredResource, current: StackResource) {
  const changed: ('Metadata' | 'DeletionPolicy' | 'UpdateReplacePolicy' | 'UpdatePolicy' | 'Tags')[] = [];
  if (!isDeepStrictEqual(desired.metadata, current.metadata)) changed.push('Metadata');
  if (desired.deletionPolicy !== current.deletionPolicy) changed.push('DeletionPolicy');
  if (desired.updateReplacePolicy !== current.updateReplacePolicy) changed.push('UpdateReplacePolicy');
  if (!isDeepStrictEqual(desired.updatePolicy, current.updatePolicy)) changed.push('UpdatePolicy');
  return changed;
}

const RECREATION = { yes: 'Always', maybe: 'Conditionally', no: 'Never' } as const satisfies Record<
  Replacement,
  string
>;

/** One detail for each cause: the template's own change, or what a reference leads to. */
function propertyDetails(
  name: string,
  desired: DesiredResource,
  current: StackResource,
  { before, after, schemas, changes }: ChangeContext,
): ResourceChangeDetail[] {
  const [old, value] = [current.properties[name], desired.properties[name]];
  const Target: ResourceTargetDefinition = {
    Attribute: 'Properties',
    Name: name,
    RequiresRecreation: RECREATION[schemas.replacement(desired.type, name, old, value)],
    Path: `/Properties/${name}`,
    BeforeValue: textOf(old),
    AfterValue: textOf(value),
    AttributeChangeType: old === undefined ? 'Add' : value === undefined ? 'Remove' : 'Modify',
  };
  const Evaluation = isUnknown(value) ? 'Dynamic' : 'Static';
  const written = (template: ResolvedTemplate) =>
    template.resources.get(desired.logicalId)?.Properties?.[name];
  const details = [...references(written(after))].flatMap((reference): ResourceChangeDetail[] => {
    if (changes.has(reference.name)) {
      const attribute = reference.attribute;
      return [
        {
          Target,
          Evaluation,
          ChangeSource: attribute === undefined ? 'ResourceReference' : 'ResourceAttribute',
          CausingEntity: attribute === undefined ? reference.name : `${reference.name}.${attribute}`,
        },
      ];
    }
    const parameter = (template: ResolvedTemplate) => template.parameters.get(reference.name)?.value;
    return isDeepStrictEqual(parameter(before), parameter(after))
      ? []
      : [{ Target, Evaluation, ChangeSource: 'ParameterReference', CausingEntity: reference.name }];
  });
  if (details.length === 0 || !isDeepStrictEqual(written(before), written(after))) {
    details.push({ Target, Evaluation, ChangeSource: 'DirectModification' });
  }
  return details;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
