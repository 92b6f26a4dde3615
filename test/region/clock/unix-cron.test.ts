import { timeZone } from '../../../region/clock/calendar';
import { UnixCron } from '../../../region/clock/unix-cron';

const due = (expression: string, time: string, zone = 'UTC') =>
  new UnixCron(expression).matches(Date.parse(`${time}Z`), timeZone(zone));

test.each([
  // expression, at, not at (2026-11-20 is a Friday, 2026-11-22 a Sunday)
  ['30 7 * * *', '2026-11-20T07:30', '2026-11-20T07:31'],
  ['0 7 * * MON-FRI', '2026-11-20T07:00', '2026-11-21T07:00'],
  ['0 7 * * 1-5', '2026-11-20T07:00', '2026-11-22T07:00'],
  ['0 7 * * 0', '2026-11-22T07:00', '2026-11-21T07:00'],
  ['0 7 * * 7', '2026-11-22T07:00', '2026-11-21T07:00'],
  ['0 7 * * 5-7', '2026-11-22T07:00', '2026-11-19T07:00'],
  ['0 7 * * sat,sun', '2026-11-21T07:00', '2026-11-20T07:00'],
  ['*/20 * * * *', '2026-11-20T10:40', '2026-11-20T10:30'],
  ['30 0 1 1,6,12 *', '2026-12-01T00:30', '2026-11-01T00:30'],
])('%s', (expression, at, notAt) => {
  expect(due(expression, at)).toBe(true);
  expect(due(expression, notAt)).toBe(false);
});

test('of a day of the month and a day of the week one is enough', () => {
  expect(due('0 0 13 * FRI', '2026-11-20T00:00')).toBe(true);
  expect(due('0 0 13 * FRI', '2026-10-13T00:00')).toBe(true);
  expect(due('0 0 13 * FRI', '2026-10-14T00:00')).toBe(false);
});

test('in a time zone, over the change to summer time', () => {
  expect(due('0 9 * * *', '2026-01-15T08:00', 'Europe/Berlin')).toBe(true);
  expect(due('0 9 * * *', '2026-07-15T07:00', 'Europe/Berlin')).toBe(true);
});

test.each([
  ['0 7 * * ? *', 'of 6 fields; allowed is 5'],
  [
    '0 24 * * *',
    'found "24" in the field hour of the cron expression "0 24 * * *"; allowed is 0-23, with , - * /',
  ],
  ['0 7 * * 6L', 'found "6L" in the field day of the week'],
])('%s is refused', (expression, message) => {
  expect(() => new UnixCron(expression)).toThrow(message);
});
