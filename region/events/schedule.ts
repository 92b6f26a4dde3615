import { AwsError } from '../service';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3600_000, day: 86_400_000 };

/**
 * Milliseconds between two calls of `rate(5 minutes)`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function rateOf(expression: string, ruleName: string): number {
  const [, value, unit, plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const number = Number(value);
  if (!unit || number < 1 || (number === 1) !== (plural === '')) {
    throw new AwsError(
      'ValidationException',
      `Rule ${ruleName}: found the ScheduleExpression ${expression}; the region plays rate(value minutes|hours|days)`,
    );
  }
  return number * UNITS[unit];
}
