import { AwsError } from '../service';

/**
 * One page of a list, and the token of the next.
 * @throws InvalidContinuationTokenException
 */
export function page<Item>(
  items: readonly Item[],
  size = 100,
  token = '0',
): { items: Item[]; next: string | undefined } {
  if (!/^\d+$/.test(token)) {
    throw new AwsError('InvalidContinuationTokenException', 'The specified continuation token is not valid.');
  }
  const start = Number(token);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? String(end) : undefined };
}
