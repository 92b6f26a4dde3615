import { AwsError } from '../service';

/**
 * A filter pattern for unstructured log events: every term must occur, `-term` must not, and of `?term`s at least
 * one must. Terms are case-sensitive; quotes keep a phrase together.
 * @throws AwsError InvalidParameterException for JSON, space-delimited and regular expression patterns
 * @see CloudWatch Logs User Guide: Filter pattern syntax
 */
export function filterPattern(pattern = ''): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid filter pattern '${pattern}': terms are played here; JSON, space-delimited and regular expression patterns are not`,
    );
  }
  const terms = [...pattern.matchAll(/([-?]?)(?:"([^"]*)"|(\S+))/g)].map(([, sign, phrase, word]) => ({
    sign,
    text: phrase ?? word!,
  }));
  const optional = terms.filter(({ sign }) => sign === '?');
  return (message) =>
    terms.every(({ sign, text }) => sign === '?' || message.includes(text) === (sign === '')) &&
    (optional.length === 0 || optional.some(({ text }) => message.includes(text)));
}
