import { timeZone } from '../../../region/clock/calendar';
import { Cron } from '../../../region/codepipeline/rules/cron';

const open = (expression: string, time: string, zone = 'UTC') =>
  new Cron(expression).matches(Date.parse(`${time}Z`), timeZone(zone));

test.each([
  // expression, inside, outside (2026-11-20 is a Friday, 2026-11-21 a Saturday)
  ['* * 9-17 ? * MON-FRI *', '2026-11-20T09:00', '2026-11-20T08:59'],
  ['* * 9-17 ? * MON-FRI *', '2026-11-20T17:59', '2026-11-20T18:00'],
  ['* * 9-17 ? * MON-FRI', '2026-11-20T12:00', '2026-11-21T12:00'],
  ['* * 9-17 ? * mon,wed,fri *', '2026-11-20T12:00', '2026-11-19T12:00'],
  ['0 0 9-17 ? * MON-FRI *', '2026-11-20T09:00', '2026-11-20T09:01'],
  ['* 0/15 * * * ?', '2026-11-20T10:45', '2026-11-20T10:46'],
  ['* 5/15 * * * ?', '2026-11-20T10:20', '2026-11-20T10:00'],
  ['* */20 * * * ?', '2026-11-20T10:40', '2026-11-20T10:30'],
  ['* * 22-2 * * ?', '2026-11-20T01:00', '2026-11-20T03:00'],
  ['* * * ? * FRI-MON', '2026-11-22T01:00', '2026-11-24T03:00'],
  ['* * * L * ?', '2026-11-30T01:00', '2026-11-29T01:00'],
  ['* * * L-3 * ?', '2026-11-27T01:00', '2026-11-28T01:00'],
  ['* * * LW * ?', '2026-10-30T01:00', '2026-10-31T01:00'],
  ['* * * 15W * ?', '2026-11-16T01:00', '2026-11-15T01:00'],
  ['* * * 21W * ?', '2026-11-20T01:00', '2026-11-21T01:00'],
  ['* * * 1W * ?', '2026-08-03T01:00', '2026-08-01T01:00'],
  ['* * * ? * 6L', '2026-11-27T01:00', '2026-11-20T01:00'],
  ['* * * ? * L', '2026-11-21T01:00', '2026-11-20T01:00'],
  ['* * * ? * 6#3', '2026-11-20T01:00', '2026-11-13T01:00'],
  ['* * * * JAN-MAR ?', '2026-03-01T01:00', '2026-04-01T01:00'],
  ['* * * * 11 ? 2026', '2026-11-01T01:00', '2027-11-01T01:00'],
])('%s', (expression, inside, outside) => {
  expect(open(expression, inside)).toBe(true);
  expect(open(expression, outside)).toBe(false);
});

test.each([
  ['Europe/Berlin', '2026-11-20T08:00', '2026-11-20T07:59'],
  ['Europe/Berlin', '2026-07-17T07:00', '2026-07-17T06:59'],
  ['UTC+05:30', '2026-11-20T03:30', '2026-11-20T03:29'],
  ['UTC-03:00', '2026-11-20T12:00', '2026-11-20T11:59'],
  ['PST', '2026-11-20T17:00', '2026-11-20T16:59'],
])('in the time zone %s', (zone, inside, outside) => {
  expect(open('* * 9-17 ? * *', inside, zone)).toBe(true);
  expect(open('* * 9-17 ? * *', outside, zone)).toBe(false);
});

test.each([
  ['* * 9-17 ? *', 'found the Cron "* * 9-17 ? *" of 5 fields; allowed is 6 or 7'],
  ['* * 9-25 ? * *', 'found "9-25" in the field hour'],
  ['* * * ? * FRY', 'allowed is 1-7 or SUN-SAT, with , - * /, ? L #'],
  ['* ? * * * *', 'found "?" in the field minute'],
  ['* 0/0 * * * ?', 'found "0/0" in the field minute'],
])('%s is refused', (expression, message) => {
  expect(() => new Cron(expression)).toThrow(message);
});

test('what is no time zone is refused', () => {
  expect(() => timeZone('Mars/Olympus')).toThrow(
    'found the TimeZone Mars/Olympus; allowed is a zone such as',
  );
});
