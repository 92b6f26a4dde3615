import { page } from '../../../rehearsal/report/page';
import { passed, type Report } from '../../../rehearsal/report/report';

const report = (seen: string, held: boolean): Report => ({
  started: '2026-01-01T00:00:00.000Z',
  wallSeconds: 100,
  scale: 60,
  hostMode: 'process',
  acts: [
    {
      title: 'A push',
      commit: 'abc1234',
      from: 0,
      to: 50,
      duration: { wallSeconds: 40, awsSeconds: 2400 },
      requests: { sent: 10, failed: 1 },
      checks: [{ name: 'no request fails', passed: held, seen }],
    },
  ],
  traffic: [{ environment: 'prod', points: [{ at: 0, sent: 10, failed: 1, p99: 4 }] }],
  revisions: [{ environment: 'prod', instanceId: 'i-1', spans: [{ revision: 'abc1234', from: 25, to: 75 }] }],
  alarms: [{ at: 5, alarm: 'prod-errors', from: 'OK', to: 'ALARM', reason: 'Threshold Crossed' }],
  ledger: [
    {
      type: 'AWS::S3::Bucket',
      disposition: 'executed',
      resources: 1,
      properties: { recorded: ['BucketEncryption'] },
    },
  ],
});

test('one failed check turns the verdict', () => {
  expect(passed(report('0 failed', true))).toBe(true);
  expect(page(report('0 failed', true))).toContain('<h1>Every check held</h1>');
  expect(passed(report('1 failed', false))).toBe(false);
  expect(page(report('1 failed', false))).toContain('<h1>Not every check held</h1>');
});

test('what was seen cannot break out of the page', () => {
  const html = page({
    ...report('<script>alert(1)</script>', true),
    traffic: [{ environment: '</script>', points: [] }],
  });
  expect(html).not.toContain('<script>alert(1)');
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});

test('asks nothing of the network', () => {
  expect(page(report('', true))).not.toMatch(/(src|href)=|url\(|@import|fetch\(/);
});

test('draws each host from when to when its revision ran', () => {
  expect(page(report('', true))).toContain('left:25.00%;width:50.00%');
});
