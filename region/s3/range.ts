import { AwsError } from '../service';

/**
 * Reads a `Range` header of one range of bytes.
 * @returns the first and last byte; undefined when no range, or several, are asked for: the whole is sent then
 * @throws AwsError InvalidRange when it begins after the end
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function readRange(
  header: string | undefined,
  length: number,
): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (start >= length || start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return { start, end };
}
