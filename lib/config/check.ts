import type { z } from 'zod';
import { type Delivery, withDefaults } from './delivery';
import { schema } from './schema';

/** A description that says something it may not. The message has one line for each mistake. */
export class DescriptionError extends Error {}

/**
 * Checks a description once, at the edge of the app, and fills in its defaults.
 *
 * @param file the file the description stands in, for the message
 * @throws DescriptionError that names the file, the key, what was found and what is allowed
 */
export function checkDescription(description: unknown, file: string): Delivery {
  const result = schema.safeParse(description);
  if (result.success) return withDefaults(result.data);
  throw new DescriptionError(
    [...new Set(result.error.issues.flatMap((issue) => explain(issue, description, file)))].join('\n'),
  );
}

function explain(issue: z.core.$ZodIssue, description: unknown, file: string): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${file}: ${keyPath([...issue.path, key])}: unknown key`);
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((option) =>
      option.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
    );
    if (meant)
      return meant.flatMap((inner) =>
        explain({ ...inner, path: [...issue.path, ...inner.path] }, description, file),
      );
  }
  const found = issue.path.reduce<any>((value, key) => value?.[key], description);
  return [`${file}: ${keyPath(issue.path)}: found ${show(found)}, allowed is ${issue.message}`];
}

/** `environments[1].capacity.min` */
function keyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'delivery';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
