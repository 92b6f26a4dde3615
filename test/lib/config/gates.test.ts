import { checkDescription } from '../../../lib/config/check';
import type { EnvironmentDescription } from '../../../lib/config/description';

const check = (...wave: Partial<EnvironmentDescription>[]) =>
  checkDescription(
    {
      service: 'harbor',
      environments: [
        wave.map((keys, index) => ({ name: `prod-${index}`, capacity: { min: 2, max: 2 }, ...keys })),
      ],
    },
    'delivery.ts',
  );
const window = { cron: '* * 9-15 ? * MON-THU *' };
const freeze = { from: '2026-12-19T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', reason: 'Christmas' };

test('windows and freezes are optional', () => {
  expect(check({}).environments[0]).toMatchObject({ freezes: [] });
  expect(check({}).environments[0]).not.toHaveProperty('deploymentWindow');
});

test('what is allowed is taken as it is', () => {
  const keys = {
    deploymentWindow: { ...window, timeZone: 'Europe/Berlin' },
    freezes: [freeze],
    minimumRequests: 1,
    bakeMinutes: 60,
    bakeLimitMinutes: 60,
  };
  expect(check(keys).environments[0]).toMatchObject(keys);
});

test.each<[string, object, RegExp]>([
  [
    'a cron expression of five fields',
    { deploymentWindow: { cron: '* 9-15 ? * MON-THU' } },
    /deploymentWindow\.cron: found "\* 9-15 \? \* MON-THU", allowed is a cron expression of 6 or 7 fields, the first of them \*/,
  ],
  [
    'a time zone that is none',
    { deploymentWindow: { ...window, timeZone: 'Europe/Harbor' } },
    /timeZone: found "Europe\/Harbor", allowed is a time zone of the IANA database/,
  ],
  [
    'a freeze without an offset',
    { freezes: [{ ...freeze, from: '2026-12-19T00:00:00' }] },
    /freezes\[0\]\.from: found "2026-12-19T00:00:00", allowed is a moment in ISO 8601 with its offset/,
  ],
  [
    'a freeze that ends before it begins',
    { freezes: [{ ...freeze, to: '2026-12-18T23:59:59+01:00' }] },
    /freezes\[0\]\.to: found "2026-12-18T23:59:59\+01:00", allowed is a moment after from/,
  ],
  [
    'a freeze without a reason',
    { freezes: [{ ...freeze, reason: '' }] },
    /freezes\[0\]\.reason: found "", allowed is 1 to 200 characters/,
  ],
  [
    'a limit below the bake',
    { bakeMinutes: 60, bakeLimitMinutes: 59 },
    /bakeLimitMinutes: found 59, allowed is a whole number no smaller than bakeMinutes/,
  ],
])('%s is refused', (_, keys, message) => {
  expect(() => check(keys)).toThrow(message);
});

test('a wave has at most four different windows', () => {
  const at = (hour: number) => ({ deploymentWindow: { cron: `* * ${hour} ? * *` } });
  expect(() => check(at(1), at(2), at(3), at(4), at(1))).not.toThrow();
  expect(() => check(at(1), at(2), at(3), at(4), at(5))).toThrow(
    /environments\[0\]: .* allowed is a wave with at most 4 different deployment windows/,
  );
});
