import type { Scope } from '../../service';
import { validationError } from '../errors';

const REFERENCE = /\{\{resolve:([a-z-]+):([^}]+)\}\}/g;

/**
 * Replaces `{{resolve:ssm:name:version}}` and `{{resolve:ssm-secure:…}}` in every text of a value.
 * @see AWS CloudFormation User Guide, "Get values stored in other services using dynamic references"
 */
export async function resolveDynamicReferences(value: unknown, scope: Scope): Promise<unknown> {
  if (typeof value === 'string') return value.includes('{{resolve:') ? resolveText(value, scope) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamicReferences(item, scope)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [
    key,
    await resolveDynamicReferences(item, scope),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string, scope: Scope): Promise<string> {
  let resolved = text;
  for (const [reference, service, name] of text.matchAll(REFERENCE)) {
    if (service !== 'ssm' && service !== 'ssm-secure') {
      throw validationError(
        `Could not resolve ${reference}: the rehearsal region resolves ssm and ssm-secure, not ${service}`,
      );
    }
    const { Parameter } = (await scope
      .service('ssm')
      .operations.GetParameter({ Name: name, WithDecryption: true })) as { Parameter: { Value: string } };
    resolved = resolved.replace(reference, () => Parameter.Value);
  }
  return resolved;
}
