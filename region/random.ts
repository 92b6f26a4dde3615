import { randomBytes, randomInt } from 'node:crypto';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** @param letters what to draw from. @default letters and digits */
export function randomCharacters(count: number, letters = ALPHANUMERIC): string {
  return Array.from({ length: count }, () => letters[randomInt(letters.length)]).join('');
}

/** Hexadecimal digits: the end of an id as EC2 and Elastic Load Balancing form them. */
export function randomHex(count: number): string {
  return randomBytes(Math.ceil(count / 2))
    .toString('hex')
    .slice(0, count);
}
