import { type CalendarMinute, calendarMinute, type Zone } from '../../clock/calendar';
import {
  allowedInField,
  type CronField,
  cronRange,
  cronValue,
  DAY,
  HOUR,
  type Matches,
  MINUTE,
  MONTH,
  WEEKDAYS,
} from '../../clock/cron-field';

const WEEKDAY: CronField = {
  name: 'weekday',
  least: 1,
  most: 7,
  names: WEEKDAYS,
  of: ({ weekday }) => weekday,
};
const YEAR: CronField = { name: 'year', least: 1970, most: 2199, of: ({ year }) => year };

/** The fields after the seconds. */
const FIELDS = [MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR];

const MORE = new Map([
  [DAY, ', ? L W'],
  [WEEKDAY, ', ? L #'],
]);

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
      const field = FIELDS[index]!;
      const matches = text.split(',').map((part) => special(field, part) ?? cronRange(field, part));
      if (matches.some((match) => !match)) {
        throw new Error(
          `found "${text}" in the field ${field.name} of the Cron "${expression}"; ${allowedInField(field, MORE.get(field))}`,
        );
      }
      return (date) => matches.some((match) => match!(date));
    });
  }

  /** @param time milliseconds since the epoch */
  matches(time: number, zone: Zone): boolean {
    const date = calendarMinute(time, zone);
    return this.fields.every((matches) => matches(date));
  }
}

/** L, W and #, which name days relative to a month; and ?, which names none. */
function special(field: CronField, text: string): Matches | undefined {
  if (field !== DAY && field !== WEEKDAY) return undefined;
  if (text === '?') return () => true;
  if (field === DAY) {
    const last = text.match(/^L(?:-(\d+))?$/);
    if (last) return ({ day, daysInMonth }) => day === daysInMonth - Number(last[1] ?? 0);
    const nearest = text.match(/^(L|\d+)W$/);
    if (!nearest) return undefined;
    return (date) => date.day === nearestWeekday(date, nearest[1] === 'L' ? date.daysInMonth : +nearest[1]);
  }
  if (text === 'L') return ({ weekday }) => weekday === 7;
  const relative = text.match(/^(\w+?)(?:L|#([1-5]))$/);
  const wanted = relative && cronValue(WEEKDAY, relative[1]);
  if (!wanted) return undefined;
  const nth = Number(relative[2]);
  return ({ weekday, day, daysInMonth }) =>
    weekday === wanted && (nth ? Math.ceil(day / 7) === nth : day > daysInMonth - 7);
}

/** The weekday nearest a day, in the same month; a month without that day has none. */
function nearestWeekday({ day, weekday, daysInMonth }: CalendarMinute, target: number): number | undefined {
  if (target > daysInMonth) return undefined;
  const on = ((((weekday - 1 + target - day) % 7) + 7) % 7) + 1;
  if (on === 7) return target > 1 ? target - 1 : target + 2;
  if (on === 1) return target < daysInMonth ? target + 1 : target - 2;
  return target;
}
