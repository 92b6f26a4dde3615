import { isDeepStrictEqual } from 'node:util';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';
import { isCustomResource } from './custom-type';

/** Whether a change of a value makes CloudFormation replace the resource; `maybe` depends on the resource's service. */
export type Replacement = 'yes' | 'no' | 'maybe';

type Values = Readonly<Record<string, unknown>>;

/**
 * The resource types as AWS publishes them: their properties, which of those cause replacement, their attributes.
 * @see AWS CloudFormation Template Reference, "AWS resource and property types reference"
 */
export class ResourceSchemas {
  private static loading?: Promise<ResourceSchemas>;

  /** One database for the process, read when the first template comes: it takes 0.4 s and 120 MB. */
  static load(): Promise<ResourceSchemas> {
    ResourceSchemas.loading ??= loadAwsServiceSpec().then((database) => new ResourceSchemas(database));
    return ResourceSchemas.loading;
  }

  private constructor(private readonly database: SpecDatabase) {}

  /** The published schema of a type; nothing for types that have none (`AWS::CDK::Metadata`) or one of their own making. */
  find(type: string): Resource | undefined {
    if (isCustomResource(type)) return undefined;
    return this.database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  }

  /**
   * What is wrong with the top-level properties, in the words of CloudFormation's property validation.
   * @param known properties that exist although this edition of the schemas is too old to have them
   */
  problems(type: string, properties: Values, known: (name: string) => boolean): string[] {
    const resource = this.find(type);
    if (!resource) return [];
    const extraneous = Object.keys(properties)
      .filter((name) => !(name in resource.properties) && !known(name))
      .map((name) => `#: extraneous key [${name}] is not permitted`);
    const missing = Object.entries(resource.properties)
      .filter(([name, property]) => property.required && !(name in properties))
      .map(([name]) => `#: required key [${name}] not found`);
    return [...extraneous, ...missing];
  }

  /** Whether changing this top-level property from one value to another replaces the resource. */
  replacement(type: string, name: string, before: unknown, after: unknown): Replacement {
    const resource = this.find(type);
    return resource ? this.replacementOf(resource.properties[name], before, after) : 'no';
  }

  /** Gives every value the primitive type its schema asks for: parameters are strings, even those that hold numbers. */
  coerce(type: string, properties: Values): Record<string, unknown> {
    const resource = this.find(type);
    return resource ? this.coerceObject(resource.properties, properties) : { ...properties };
  }

  private replacementOf(property: Property | undefined, before: unknown, after: unknown): Replacement {
    if (!property) return 'no';
    if (property.causesReplacement && property.causesReplacement !== 'no') return property.causesReplacement;
    const nested = property.type.type === 'ref' && this.fields(property.type);
    if (!nested || !isObject(before) || !isObject(after)) return 'no';
    const changed = Object.keys({ ...before, ...after }).filter(
      (key) => !isDeepStrictEqual(before[key], after[key]),
    );
    const verdicts = changed.map((key) => this.replacementOf(nested[key], before[key], after[key]));
    return (['yes', 'maybe'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'no';
  }

  private coerceObject(fields: Record<string, Property>, values: Values): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        fields[key] ? this.coerceValue(fields[key].type, value) : value,
      ]),
    );
  }

  private coerceValue(type: PropertyType, value: unknown): unknown {
    switch (type.type) {
      case 'string':
        return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
      case 'boolean':
        return value === 'true' ? true : value === 'false' ? false : value;
      case 'integer':
      case 'number':
        return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
          ? Number(value)
          : value;
      case 'array':
        return Array.isArray(value) ? value.map((item) => this.coerceValue(type.element, item)) : value;
      case 'map':
        return isObject(value)
          ? Object.fromEntries(
              Object.entries(value).map(([key, item]) => [key, this.coerceValue(type.element, item)]),
            )
          : value;
      case 'ref':
        return isObject(value) ? this.coerceObject(this.fields(type), value) : value;
      default:
        return value;
    }
  }

  private fields(type: Extract<PropertyType, { type: 'ref' }>): Record<string, Property> {
    return this.database.get('typeDefinition', type.reference).properties;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
