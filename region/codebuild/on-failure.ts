/** What a phase does when one of its commands fails. */
export type OnFailure =
  | { readonly action: 'ABORT' | 'CONTINUE' }
  | { readonly action: 'RETRY'; readonly maxRetries: number; readonly regex?: string };

/** Retries where the buildspec gives no number. */
const DEFAULT_RETRIES = 3;

/**
 * Reads `ABORT`, `CONTINUE`, `RETRY`, `RETRY-<count>`, `RETRY-<regex>` or `RETRY-<count>-<regex>`, where the count is
 * 0 to 100; gives undefined for anything else.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function parseOnFailure(value: string): OnFailure | undefined {
  if (value === 'ABORT' || value === 'CONTINUE') return { action: value };
  const [matched, count, regex] = /^RETRY(?:-(\d+)(?=-|$))?(?:-(.+))?$/s.exec(value) ?? [];
  if (matched === undefined) return undefined;
  const maxRetries = count === undefined ? DEFAULT_RETRIES : Number(count);
  if (maxRetries > 100 || (regex !== undefined && !isRegex(regex))) return undefined;
  return { action: 'RETRY', maxRetries, ...(regex !== undefined && { regex }) };
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
