import { AwsError } from '../service';

/** EC2's limit for user data, before it is encoded. */
const MOST = 16 * 1024;

/**
 * The script that a launch template's user data is.
 * @returns undefined when there is none
 * @throws AwsError InvalidUserData.Malformed, or that it is something other than a script, which a rehearsal would not run
 */
export function readUserData(encoded: string | undefined): string | undefined {
  if (!encoded) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded)) {
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
  }
  const script = Buffer.from(encoded, 'base64');
  if (script.length > MOST) {
    throw new AwsError(
      'InvalidUserData.Malformed',
      `User data has ${script.length} bytes; allowed are ${MOST}`,
    );
  }
  const text = script.toString('utf8');
  if (text.startsWith('#!')) return text;
  const beginning = JSON.stringify(text.split('\n', 1)[0].slice(0, 60));
  throw new AwsError(
    'InvalidParameterValue',
    `the user data begins with ${beginning}; a rehearsal plays scripts that begin with #!, not cloud-config, MIME multipart or compressed user data`,
  );
}
