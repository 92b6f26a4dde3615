import { calendarMinute, type Zone } from './calendar';
import {
  allowedInField,
  type CronField,
  cronRange,
  DAY,
  HOUR,
  type Matches,
  MINUTE,
  MONTH,
  WEEKDAYS,
} from './cron-field';

/** Sunday is 0, and 7 too. */
const WEEKDAY: CronField = {
  name: 'day of the week',
  least: 0,
  most: 7,
  names: WEEKDAYS,
  of: ({ weekday }) => weekday - 1,
};
const SUNDAY_AS_SEVEN: CronField = {
  ...WEEKDAY,
  of: ({ weekday }) => (weekday === 1 ? 7 : weekday - 1),
};

/**
 * A cron expression as crontab has it: minute, hour, day of month, month, day of week. Where both days are given, one
 * of them is enough.
 * @see crontab(5)
 */
export class UnixCron {
  private readonly matchesMinute: Matches;

  /** @throws Error that names the field, what was found and what is allowed */
  constructor(readonly expression: string) {
    const parts = expression.trim().toUpperCase().split(/\s+/);
    if (parts.length !== 5) {
      throw new Error(`found the cron expression "${expression}" of ${parts.length} fields; allowed is 5`);
    }
    const [minute, hour, day, month] = [MINUTE, HOUR, DAY, MONTH].map((field, index) =>
      this.parse([field], parts[index]!),
    ) as [Matches, Matches, Matches, Matches];
    const weekday = this.parse([WEEKDAY, SUNDAY_AS_SEVEN], parts[4]!);
    const bothDays = !parts[2]!.startsWith('*') && !parts[4]!.startsWith('*');
    const onDay: Matches = bothDays
      ? (date) => day(date) || weekday(date)
      : (date) => day(date) && weekday(date);
    this.matchesMinute = (date) => minute(date) && hour(date) && month(date) && onDay(date);
  }

  /** @param time milliseconds since the epoch */
  matches(time: number, zone: Zone): boolean {
    return this.matchesMinute(calendarMinute(time, zone));
  }

  /** @param readings of a date, any of which may match */
  private parse(readings: readonly CronField[], text: string): Matches {
    const matches = text.split(',').flatMap((part) => readings.map((field) => cronRange(field, part)));
    if (matches.some((match) => !match)) {
      const [field] = readings as [CronField];
      throw new Error(
        `found "${text}" in the field ${field.name} of the cron expression "${this.expression}"; ${allowedInField(field)}`,
      );
    }
    return (date) => matches.some((match) => match!(date));
  }
}
