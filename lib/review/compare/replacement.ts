import { isDeepStrictEqual } from 'node:util';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, SpecDatabase } from '@aws-cdk/service-spec-types';

/** Whether CloudFormation makes a new resource for the change; `maybe` depends on the resource's service. */
export type Replacement = 'yes' | 'maybe' | 'no';

let loaded: SpecDatabase | undefined;
const specification = () => {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
};

/**
 * Whether a changed value of a top-level property replaces the resource, by the resource types that AWS publishes.
 * Types that are not published there (`Custom::…`) are taken to be updated in place.
 */
export function replacement(type: string, name: string, before: unknown, after: unknown): Replacement {
  const [resource] = specification().lookup('resource', 'cloudFormationType', 'equals', type);
  return resource ? ofProperty(resource.properties[name], before, after) : 'no';
}

function ofProperty(property: Property | undefined, before: any, after: any): Replacement {
  if (!property) return 'no';
  if (property.causesReplacement && property.causesReplacement !== 'no') return property.causesReplacement;
  if (property.type.type !== 'ref' || !isObject(before) || !isObject(after)) return 'no';
  const fields = specification().get('typeDefinition', property.type.reference).properties;
  const verdicts = Object.keys({ ...before, ...after })
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => ofProperty(fields[key], before[key], after[key]));
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('maybe') ? 'maybe' : 'no';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
