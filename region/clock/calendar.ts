/** A minute as a calendar names it. */
export interface CalendarMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** A time zone of `Intl`'s, and a shift from it in milliseconds. */
export interface Zone {
  readonly name: string;
  readonly offset: number;
}

/** One for each time zone: making one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** @param time milliseconds since the epoch */
export function calendarMinute(time: number, { name, offset }: Zone): CalendarMinute {
  const parts = Object.fromEntries(
    formatOf(name)
      .formatToParts(time + offset)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { minute, hour, day, month, year } = parts;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { minute, hour, day, month, year, weekday, daysInMonth };
}

/**
 * A time zone by the name that AWS's services take: `Region/City`, `UTC+05:30`, or an abbreviation. Where one
 * abbreviation means several zones it is `Intl`'s.
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
