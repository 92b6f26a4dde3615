/** Whether a date is meant by one field of an expression. */
type Matches = (date: CalendarMinute) => boolean;

interface CalendarMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

type NumberField = 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'year';

const FIELDS = ['seconds', 'minute', 'hour', 'day', 'month', 'weekday', 'year'] as const;
const RANGES: Readonly<Record<NumberField, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  month: [1, 12],
  weekday: [1, 7],
  year: [1970, 2199],
};
const NAMES: Partial<Record<NumberField, readonly string[]>> = {
  month: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  weekday: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

/**
 * A cron expression of CodePipeline's DeploymentWindow: seconds, minutes, hours, day of month, month, day of week and,
 * if wanted, year. A window is open for whole minutes: the reference has no values for the seconds.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
 */
export class Cron {
  private readonly fields: readonly Matches[];

  /** @throws Error that names the field, what was found and what is allowed */
  constructor(readonly expression: string) {
    const parts = expression.trim().toUpperCase().split(/\s+/);
    if (parts.length < 6 || parts.length > 7) {
      throw new Error(`found the Cron "${expression}" of ${parts.length} fields; allowed is 6 or 7`);
    }
    this.fields = parts.slice(1).map((text, index) => {
      const field = FIELDS[index + 1] as NumberField;
      const matches = text.split(',').map((part) => special(field, part) ?? range(field, part));
      if (matches.some((match) => !match)) {
        throw new Error(
          `found "${text}" in the field ${field} of the Cron "${expression}"; ${allowed(field)}`,
        );
      }
      return (date) => matches.some((match) => match!(date));
    });
  }

  /** @param time milliseconds since the epoch */
  matches(time: number, zone: Zone): boolean {
    const date = calendarMinute(time + zone.offset, zone.name);
    return this.fields.every((matches) => matches(date));
  }
}

/** A time zone of `Intl`'s, and a shift from it in milliseconds. */
export interface Zone {
  readonly name: string;
  readonly offset: number;
}

/**
 * The time zone of a rule's TimeZone: `Region/City`, `UTC+05:30`, or an abbreviation. Where one abbreviation means
 * several zones it is `Intl`'s.
 * @throws Error for what is none
 */
export function timeZone(value = 'UTC'): Zone {
  const [, sign, hours, minutes] = value.match(/^UTC([+-])(\d\d):(\d\d)$/) ?? [];
  if (sign) return { name: 'UTC', offset: (sign === '+' ? 1 : -1) * (+hours * 60 + +minutes) * 60_000 };
  try {
    const name = ABBREVIATIONS[value] ?? value;
    return { name: new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone, offset: 0 };
  } catch {
    throw new Error(`found the TimeZone ${value}; allowed is a zone such as Europe/Berlin, UTC+05:30 or PST`);
  }
}

/** Abbreviations of Java's that `Intl` does not know everywhere. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  CST: 'America/Chicago',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
};

/** L, W and #, which name days relative to a month; and ?, which names none. */
function special(field: NumberField, text: string): Matches | undefined {
  if (field !== 'day' && field !== 'weekday') return undefined;
  if (text === '?') return () => true;
  if (field === 'day') {
    const last = text.match(/^L(?:-(\d+))?$/);
    if (last) return ({ day, daysInMonth }) => day === daysInMonth - Number(last[1] ?? 0);
    const nearest = text.match(/^(L|\d+)W$/);
    if (!nearest) return undefined;
    return (date) => date.day === nearestWeekday(date, nearest[1] === 'L' ? date.daysInMonth : +nearest[1]);
  }
  if (text === 'L') return ({ weekday }) => weekday === 7;
  const relative = text.match(/^(\w+?)(?:L|#([1-5]))$/);
  const wanted = relative && value('weekday', relative[1]);
  if (!wanted) return undefined;
  const nth = Number(relative[2]);
  return ({ weekday, day, daysInMonth }) =>
    weekday === wanted && (nth ? Math.ceil(day / 7) === nth : day > daysInMonth - 7);
}

function range(field: NumberField, text: string): Matches | undefined {
  const [least, most] = RANGES[field];
  const parts = text.match(/^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/);
  if (!parts) return undefined;
  const [, all, first, last, increment] = parts;
  const from = all ? least : value(field, first);
  const to = last ? value(field, last) : all || increment ? most : from;
  const step = Number(increment ?? 1);
  if (from === undefined || to === undefined || step < 1) return undefined;
  return (date) => {
    // FRI-MON goes on over the end of the week, 22-2 over midnight.
    const found = from > to && date[field] < from ? date[field] + most - least + 1 : date[field];
    const end = from > to ? to + most - least + 1 : to;
    return found >= from && found <= end && (found - from) % step === 0;
  };
}

function value(field: NumberField, text: string): number | undefined {
  const [least, most] = RANGES[field];
  const named = NAMES[field]?.indexOf(text) ?? -1;
  const number = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

/** The weekday nearest a day, in the same month; a month without that day has none. */
function nearestWeekday({ day, weekday, daysInMonth }: CalendarMinute, target: number): number | undefined {
  if (target > daysInMonth) return undefined;
  const on = ((((weekday - 1 + target - day) % 7) + 7) % 7) + 1;
  if (on === 7) return target > 1 ? target - 1 : target + 2;
  if (on === 1) return target < daysInMonth ? target + 1 : target - 2;
  return target;
}

function calendarMinute(time: number, timeZone: string): CalendarMinute {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = Object.fromEntries(
    format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
  );
  const { minute, hour, day, month, year } = parts;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { minute, hour, day, month, year, weekday, daysInMonth };
}

function allowed(field: NumberField): string {
  const [least, most] = RANGES[field];
  const names = NAMES[field] ? ` or ${NAMES[field][0]}-${NAMES[field].at(-1)}` : '';
  const more = field === 'day' ? ', ? L W' : field === 'weekday' ? ', ? L #' : '';
  return `allowed is ${least}-${most}${names}, with , - * /${more}`;
}
