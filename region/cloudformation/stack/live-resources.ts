import { validationError } from '../errors';
import { isCustomResource } from '../resources/custom-type';
import type { StackResource } from './stack';

/** What `Fn::GetAtt` returns; a dotted attribute may be one name, or a path into an attribute that is an object. */
export function attributeOf({ logicalId, type, attributes }: StackResource, attribute: string): unknown {
  const direct = attributes[attribute];
  const value =
    direct ??
    attribute
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], attributes);
  if (value === undefined && isCustomResource(type)) {
    throw validationError(
      `CustomResource attribute error: Vendor response doesn't contain ${attribute} in ${logicalId}`,
    );
  }
  if (value === undefined) {
    throw validationError(
      `${logicalId}: the rehearsal region's ${type} gives no attribute ${attribute}; it gives ${Object.keys(attributes).join(', ') || 'none'}`,
    );
  }
  return value;
}
