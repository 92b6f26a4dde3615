import { checkDescription } from '../../lib/config/check';
import { unplayable } from '../../rehearsal/unplayable';
import { ACROSS_ACCOUNTS, DESCRIPTION } from '../support/synthesize';

const NOW = Date.parse('2026-12-24T12:00:00Z');
const capacity = { min: 2, max: 2 };

const linesFor = (description: object, scale = 120) =>
  unplayable(checkDescription({ ...DESCRIPTION, ...description }, 'delivery.ts'), scale, NOW);
const linesForLast = (last: object, scale?: number) =>
  linesFor(
    {
      environments: [
        { name: 'beta', capacity },
        [
          { name: 'east', capacity },
          { name: 'west', capacity, ...last },
        ],
      ],
    },
    scale,
  );
const freeze = (from: string, to: string) => ({ freezes: [{ from, to, reason: 'Holidays' }] });

test('accounts, regions, waves, a one-box, an approval and zones can be played', () => {
  expect(linesFor({ ...ACROSS_ACCOUNTS, approveProduction: true })).toEqual([]);
  expect(
    linesForLast({
      oneBox: {},
      deploymentConfiguration: { minimumHealthyHosts: 1, zonal: { monitorMinutes: 5 } },
    }),
  ).toEqual([]);
});

test('a rollback proof whose minutes are longer than its deployment holds, by the wall clock, cannot', () => {
  const proven = (minutes: number) => ({
    environments: [
      { name: 'gamma', capacity, rollbackProof: { minutes } },
      { name: 'prod', capacity },
    ],
  });
  expect(linesFor(proven(2))).toEqual([]);
  expect(linesFor(proven(3))).toEqual([
    'delivery.ts: environments[0].rollbackProof.minutes: found 3; a build lives by the wall clock, and at a scale of 120 its deployment holds for 150 seconds, take a smaller --scale',
  ]);
  expect(linesFor(proven(3), 60)).toEqual([]);
});

test.each([
  [
    {
      https: {
        domainName: 'harbor.example.com',
        certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/7d2469ff-0000-4000-8000-000000000000',
      },
    },
    'environments[1][1].https: found harbor.example.com',
  ],
  [
    { deploymentWindow: { cron: '* * 9-15 ? * MON-THU' } },
    'environments[1][1].deploymentWindow: found * * 9-15',
  ],
  [freeze('2026-12-24T00:00:00Z', '2026-12-27T00:00:00Z'), 'environments[1][1].freezes[0]: found 2026-12-24'],
  [freeze('2026-12-25T00:00:00Z', '2026-12-27T00:00:00Z'), 'environments[1][1].freezes[0]: found 2026-12-25'],
  [
    { alarms: { minimumRequestsPerMinute: 51 } },
    'alarms.minimumRequestsPerMinute: found 51; the story sends 50',
  ],
  [{ minimumRequests: 12_001 }, 'environments[1][1].minimumRequests: found 12001; the story sends 50'],
])('%j cannot: the key is named', (last, line) => {
  expect(linesForLast(last)).toEqual([expect.stringContaining(line)]);
});

test.each([
  freeze('2026-12-20T00:00:00Z', '2026-12-24T00:00:00Z'),
  freeze('2026-12-27T00:00:00Z', '2026-12-28T00:00:00Z'),
  { alarms: { minimumRequestsPerMinute: 50 }, minimumRequests: 12_000 },
])('%j can', (last) => {
  expect(linesForLast(last)).toEqual([]);
});

test('a smaller scale has more requests in a minute', () => {
  expect(linesForLast({ alarms: { minimumRequestsPerMinute: 200 } }, 30)).toEqual([]);
});

test('a source outside AWS cannot be reached', () => {
  const source = {
    connectionArn:
      'arn:aws:codeconnections:eu-central-1:111111111111:connection/6d8d2f5c-1d3b-4f6e-8a55-0c8a1f1f2a11',
    repository: 'acme/harbor',
  };
  expect(linesFor({ source })).toEqual([expect.stringContaining('source: found a connection')]);
});
