import { randomCharacters } from './random';
import type { ResourceContext } from './service';

const ENDING = 12;

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
  const ending = randomCharacters(ENDING, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  const room = maxLength - ENDING - 2;
  const stack = stackName.slice(0, Math.max(room - logicalId.length, Math.ceil(room / 2)));
  const name = `${stack}-${logicalId.slice(0, room - stack.length)}-${ending}`;
  return lowercase ? name.toLowerCase() : name;
}
