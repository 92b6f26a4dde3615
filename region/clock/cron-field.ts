import type { CalendarMinute } from './calendar';

/** Whether a date is meant by one field of a cron expression. */
export type Matches = (date: CalendarMinute) => boolean;

/** One field of a cron expression: what it reads of a date, and the values it may hold. */
export interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of the values, from `least` on. */
  readonly names?: readonly string[];
  of(date: CalendarMinute): number;
}

export const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The fields that every kind of cron expression reads alike. */
export const MINUTE: CronField = { name: 'minute', least: 0, most: 59, of: ({ minute }) => minute };
export const HOUR: CronField = { name: 'hour', least: 0, most: 23, of: ({ hour }) => hour };
export const DAY: CronField = { name: 'day', least: 1, most: 31, of: ({ day }) => day };
export const MONTH: CronField = {
  name: 'month',
  least: 1,
  most: 12,
  names: MONTHS,
  of: ({ month }) => month,
};

/** `*`, a value, `from-to`, each with `/step`; undefined for anything else. */
export function cronRange(field: CronField, text: string): Matches | undefined {
  const { least, most } = field;
  const parts = text.match(/^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/);
  if (!parts) return undefined;
  const [, all, first, last, increment] = parts;
  const from = all ? least : cronValue(field, first);
  const to = last ? cronValue(field, last) : all || increment ? most : from;
  const step = Number(increment ?? 1);
  if (from === undefined || to === undefined || step < 1) return undefined;
  return (date) => {
    const value = field.of(date);
    // FRI-MON goes on over the end of the week, 22-2 over midnight.
    const found = from > to && value < from ? value + most - least + 1 : value;
    const end = from > to ? to + most - least + 1 : to;
    return found >= from && found <= end && (found - from) % step === 0;
  };
}

/** One value by its number or name; undefined for what is none. */
export function cronValue({ least, most, names }: CronField, text: string): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  const number = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

/** For messages: what a field may hold, and further signs that some kinds of expression allow in it. */
export function allowedInField({ least, most, names }: CronField, more = ''): string {
  const named = names ? ` or ${names[0]}-${names.at(-1)}` : '';
  return `allowed is ${least}-${most}${named}, with , - * /${more}`;
}
