import type { AlarmState } from '../../../region/cloudwatch/alarm-evaluation';
import { parseAlarmRule } from '../../../region/cloudwatch/alarm-rule';

const states: Record<string, AlarmState> = { red: 'ALARM', green: 'OK', grey: 'INSUFFICIENT_DATA' };

it.each([
  ['TRUE', true],
  ['FALSE OR TRUE', true],
  ['NOT TRUE OR TRUE', true],
  ['NOT (TRUE OR TRUE)', false],
  ['TRUE OR TRUE AND FALSE', true],
  ['(TRUE OR TRUE) AND FALSE', false],
  ['ALARM(red) AND OK("green") AND INSUFFICIENT_DATA(grey)', true],
  ['ALARM(absent) OR OK(absent) OR INSUFFICIENT_DATA(absent)', false],
  ['AT_LEAST(2, ALARM, (red, green, grey))', false],
  ['AT_LEAST(2, NOT ALARM, (red, green, grey))', true],
  ['AT_LEAST(50%, NOT ALARM, (red, green, grey))', true],
  ['AT_LEAST(67%, NOT ALARM, (red, green, grey))', false],
])('%s is %s', (rule, expected) => {
  expect(parseAlarmRule(rule).holds((name) => states[name])).toBe(expected);
});

it.each([
  ['', 'found its end where ALARM, OK, INSUFFICIENT_DATA is expected'],
  ['ALARM(a) ALARM(b)', "found 'ALARM' where AND, OR or the end is expected"],
  ['ALARM()', "found ')' where an alarm's name or ARN is expected"],
  ['AT_LEAST(most, ALARM, (a))', "found 'most' where a count or a percentage is expected"],
  ['BROKEN(a)', "found 'BROKEN'"],
])('refuses %j', (rule, message) => {
  expect(() => parseAlarmRule(rule)).toThrow(message);
});

it('watches at most 100 alarms', () => {
  const rule = (count: number) =>
    Array.from({ length: count }, (_, index) => `ALARM(a${index})`).join(' OR ');
  expect(parseAlarmRule(rule(100)).children).toHaveLength(100);
  expect(() => parseAlarmRule(rule(101))).toThrow('101 alarms; allowed are at most 100');
});
