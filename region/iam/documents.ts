import { AwsError } from '../service';

/**
 * A policy document as IAM keeps it: text, which a client may give and CloudFormation gives as an object.
 * @throws AwsError MalformedPolicyDocument when it is not a JSON object
 */
export function policyText(document: unknown): string {
  if (typeof document === 'object' && document !== null) return JSON.stringify(document);
  try {
    const parsed: unknown = JSON.parse(String(document));
    if (typeof parsed === 'object' && parsed !== null) return String(document);
  } catch {
    // Falls through to the error that IAM gives.
  }
  throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy: it must be a JSON object.', 400);
}

/** IAM's API returns documents percent-encoded (RFC 3986). */
export function encodedDocument(text: string | undefined): string | undefined {
  return text === undefined ? undefined : encodeURIComponent(text);
}
