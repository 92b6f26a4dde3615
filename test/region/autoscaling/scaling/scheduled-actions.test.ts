import { resource } from '../../../support/resource';
import { fleet } from './fleet';

const HOUR = 3600_000;

test('sizes the group when it is due, in its time zone, again and again', async () => {
  const { scope, clock, group } = await fleet(); // from 2026-01-01, a Thursday
  const action = resource(scope, scope.service('autoscaling'), 'AWS::AutoScaling::ScheduledAction');
  const at = (Recurrence: string, size: object) =>
    action.create({ AutoScalingGroupName: 'fleet', Recurrence, TimeZone: 'Europe/Berlin', ...size });
  await at('0 7 * * MON-FRI', { MinSize: 4 });
  await at('0 19 * * *', { MinSize: 2, DesiredCapacity: 2 });
  const hours = async (count: number) => {
    await clock.advance(count * HOUR);
    return group.capacity;
  };
  expect(await hours(5.9)).toBe(2);
  expect(await hours(0.1)).toBe(4); // 06:03 UTC
  expect(await hours(12)).toBe(2);
  expect(await hours(12)).toBe(4); // Friday
  expect(await hours(12)).toBe(2);
  expect(await hours(12)).toBe(2); // Saturday
});

test('at one time alone, and is gone then', async () => {
  const { clock, group, call } = await fleet();
  const StartTime = new Date(clock.now() + HOUR);
  call('PutScheduledUpdateGroupAction', { ScheduledActionName: 'sale', StartTime, DesiredCapacity: 5 });
  await clock.advance(0.9 * HOUR);
  expect(group.capacity).toBe(2);
  expect(call('DescribeScheduledActions').ScheduledUpdateGroupActions).toHaveLength(1);
  await clock.advance(0.2 * HOUR);
  expect(group.capacity).toBe(5);
  expect(call('DescribeScheduledActions').ScheduledUpdateGroupActions).toEqual([]);
});

test('is left out while the process ScheduledActions is suspended; and sizes that do not fit fail', async () => {
  const { scope, clock, group, call } = await fleet();
  call('PutScheduledUpdateGroupAction', {
    ScheduledActionName: 'hourly',
    Recurrence: '0 * * * *',
    MinSize: 9,
  });
  call('SuspendProcesses', { ScalingProcesses: ['ScheduledActions'] });
  await clock.advance(HOUR);
  const entries = () => scope.journal.entries(({ type }) => type.startsWith('ScheduledAction'));
  expect(entries()).toEqual([]);
  call('ResumeProcesses', {});
  await clock.advance(HOUR);
  expect(entries()).toMatchObject([
    { type: 'ScheduledActionFailed', message: expect.stringContaining('MinSize 9') },
  ]);
  expect(group.settings.minSize).toBe(2);
});

test.each([
  [{ Recurrence: '0 7 * * ? *', MinSize: 2 }, 'of 6 fields; allowed is 5'],
  [{ Recurrence: '0 7 * * *' }, 'it must have one of MinSize, MaxSize and DesiredCapacity'],
  [{ MinSize: 2 }, 'it must have one of Recurrence and StartTime'],
  [{ StartTime: new Date(0), MinSize: 2 }, 'is in the past'],
  [{ Recurrence: '0 7 * * *', TimeZone: 'Mars/Base', MinSize: 2 }, 'found the TimeZone Mars/Base'],
])('%j is refused', async (input, message) => {
  const { call } = await fleet();
  expect(() => call('PutScheduledUpdateGroupAction', { ScheduledActionName: 'wrong', ...input })).toThrow(
    message,
  );
});
