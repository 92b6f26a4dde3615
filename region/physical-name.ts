import { randomBytes } from 'node:crypto';
import type { ResourceContext } from './service';

export interface NameRules {
  /** The longest name that the resource may have. */
  readonly maxLength: number;
  /** @default false */
  readonly lowercase?: boolean;
}

/**
 * A name as CloudFormation makes it for a resource that is given none: stack, logical id and a random ending.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function physicalName(
  { stackName, logicalId }: ResourceContext,
  { maxLength, lowercase }: NameRules,
): string {
  const ending = randomBytes(9).toString('base64url').replace(/[-_]/g, 'x').slice(0, 12);
  const room = maxLength - ending.length - 2;
  const stack = stackName.slice(0, Math.max(room - logicalId.length, Math.ceil(room / 2)));
  const name = `${stack}-${logicalId.slice(0, room - stack.length)}-${lowercase ? ending : ending.toUpperCase()}`;
  return lowercase ? name.toLowerCase() : name;
}
