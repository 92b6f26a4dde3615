import { z } from 'zod';

/* Every leaf carries one sentence: what is allowed. `check.ts` puts the file, the key and what was found before it. */

export const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

export const oneOf = <const T extends string>(...values: T[]) =>
  z.enum(values, `one of ${values.join(', ')}`);

export const wholeNumber = (from: number, to: number) => {
  const allowed = `a whole number from ${from} to ${to}`;
  return z.number(allowed).int(allowed).min(from, allowed).max(to, allowed);
};

export const percent = () => {
  const allowed = 'a number above 0, up to 100';
  return z.number(allowed).gt(0, allowed).lte(100, allowed);
};

const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
export const name = (from: number, to: number) => {
  const allowed = `${from} to ${to} lower-case letters, digits and inner hyphens, a letter first`;
  return text(NAME, allowed).min(from, allowed).max(to, allowed);
};

export const timeZone = () => {
  const allowed = 'a time zone of the IANA database, such as Europe/Berlin';
  return z.string(allowed).refine(isTimeZone, allowed);
};

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
