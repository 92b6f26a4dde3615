import { PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { once } from '../../lambda/once';
import { Records } from './records';

const records = new Records();
const work = jest.fn();
const tell = () => once('d-1/restore', work);

beforeEach(() => {
  records.reset();
  work.mockReset().mockResolvedValue({ timestamp: 1, message: '{"done":true}' });
});

test('the work is done, and its record written under the key', async () => {
  expect(await tell()).toBe(true);
  expect(records.streams.get('d-1/restore')!.events).toEqual([{ timestamp: 1, message: '{"done":true}' }]);
});

test('not a second time, however late', async () => {
  await tell();
  jest.useFakeTimers({ now: Date.now() + 30 * 24 * 3_600_000 });
  expect(await tell()).toBe(false);
  jest.useRealTimers();
  expect(work).toHaveBeenCalledTimes(1);
});

test('nor at the same time', async () => {
  expect((await Promise.all([tell(), tell(), tell()])).toSorted()).toEqual([false, false, true]);
  expect(work).toHaveBeenCalledTimes(1);
});

test('another key is another fact', async () => {
  await tell();
  expect(await once('d-1/restore/late', work)).toBe(true);
});

test('a claim is left alone while the invocation that made it may still be at work', async () => {
  records.claim('d-1/restore', 49);
  expect(await tell()).toBe(false);
  expect(work).not.toHaveBeenCalled();
});

test('a claim of an invocation that died is taken over, by one', async () => {
  records.claim('d-1/restore', 50);
  expect((await Promise.all([tell(), tell()])).toSorted()).toEqual([false, true]);
  expect(await tell()).toBe(false);
  expect(work).toHaveBeenCalledTimes(1);
});

test('and when that one dies too, by the next', async () => {
  records.claim('d-1/restore', 200);
  records.claim('d-1/restore/again', 100);
  expect(await tell()).toBe(true);
});

test('work that fails is done by the retry, a minute later', async () => {
  work.mockRejectedValueOnce(new Error('throttled'));
  await expect(tell()).rejects.toThrow('throttled');
  jest.useFakeTimers({ now: Date.now() + 60_000 });
  expect(await tell()).toBe(true);
  jest.useRealTimers();
});

test('work whose record could not be written is done again: twice rather than never', async () => {
  records.logs.on(PutLogEventsCommand).rejectsOnce(new Error('unavailable')).resolves({});
  await expect(tell()).rejects.toThrow('unavailable');
  jest.useFakeTimers({ now: Date.now() + 60_000 });
  expect(await tell()).toBe(true);
  jest.useRealTimers();
  expect(work).toHaveBeenCalledTimes(2);
});
