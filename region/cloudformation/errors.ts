import { AwsError } from '../service';

/** CloudFormation reports nearly everything wrong with a request under this one code. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
