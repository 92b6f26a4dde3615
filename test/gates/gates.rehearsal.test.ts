import { GatedRelease } from './gated-release';

let release: GatedRelease;

beforeAll(async () => {
  release = await GatedRelease.start();
}, 60_000);

/* The tests are one story: each finds the pipeline as the one before has left it. */

test('the first release enters an environment whose alarms come with it; a bake that nobody watches fails', async () => {
  expect((await release.first.next('ConditionSucceeded')).message).toMatch(
    /beta may be entered: function .* reported success; the deployment window .* is open/,
  );
  expect(await release.first.end()).toEqual({
    status: 'Failed',
    actions: ['Source Succeeded', 'IntegrationTest Succeeded', 'Bake Failed'],
    message: expect.stringMatching(/Alarm harbor-beta-error-rate does not exist/),
  });
});

test('a bake without traffic is extended to its limit, then fails and says how many requests were missing', async () => {
  await release.putAlarms();
  const run = await release.run();
  const begin = await run.next('ActionStarted', ({ detail }) => detail['action'] === 'Bake');
  const { status, actions, message } = await run.end();
  expect([status, actions.at(-1)]).toEqual(['Failed', 'Bake Failed']);
  expect(message).toMatch(
    /Too little traffic to judge by: 0 of 100 requests in 6 minutes, 100 are missing; no alarm went off/,
  );
  const failed = await run.next('ActionFailed');
  expect(Date.parse(failed.time) - Date.parse(begin.time)).toBeGreaterThanOrEqual(6 * 60_000);
});

test('retried with traffic, the bake begins anew and the release goes on', async () => {
  const traffic = release.sendTraffic(60);
  const run = await release.retry();
  expect(await run.end()).toMatchObject({ status: 'Succeeded', actions: ['Bake Succeeded'] });
  traffic.cancel();
});

test('an alarm that went off in the bake refuses the release, although it is OK again at the next look', async () => {
  const traffic = release.sendTraffic(60);
  const run = await release.run();
  const begin = await run.next('ActionStarted', ({ detail }) => detail['action'] === 'Bake');
  await run.next('Invocation', ({ seq, subject }) => seq > begin.seq && subject.includes('Bake'));
  await release.setAlarm('ALARM');
  await release.setAlarm('OK');
  expect(await run.end()).toMatchObject({
    status: 'Failed',
    message: expect.stringMatching(/Alarm harbor-beta-error-rate is OK, but went into ALARM at .*: by hand/),
  });
  traffic.cancel();
});

test('a red alarm blocks the way in, and says what to do; green again, the same release enters by a retry', async () => {
  await release.setAlarm('ALARM');
  const blocked = await (await release.run()).end();
  expect(blocked).toMatchObject({ status: 'Failed', actions: ['Source Succeeded'] });
  expect(blocked.message).toMatch(
    /stage beta is not entered: beta: alarm harbor-beta-error-rate is in ALARM/,
  );
  expect(blocked.message).toMatch(/Retry the stage when that is over\..*override the entry condition/);

  await release.setAlarm('OK');
  const traffic = release.sendTraffic(60);
  expect(await (await release.retry()).end()).toMatchObject({
    status: 'Succeeded',
    actions: ['IntegrationTest Succeeded', 'Bake Succeeded'],
  });
  traffic.cancel();
});

test('a red alarm is overridden by a person', async () => {
  await release.setAlarm('ALARM');
  expect((await (await release.run()).end()).status).toBe('Failed');
  const run = await release.override();
  expect((await run.next('ActionSucceeded')).detail['action']).toBe('IntegrationTest');
  await run.end();
  await release.setAlarm('OK');
});

test('an integration test that fails stops the release before its bake', async () => {
  release.broken = true;
  expect(await (await release.run()).end()).toMatchObject({
    status: 'Failed',
    actions: ['Source Succeeded', 'IntegrationTest Failed'],
  });
});

describe('the calendar', () => {
  let traffic: { cancel(): void };

  beforeAll(() => {
    release.broken = false;
    traffic = release.sendTraffic(60);
  });

  afterAll(() => traffic.cancel());

  test('a release that comes to a closed window waits, and goes on when it opens', async () => {
    release.leapTo('2030-01-08T08:30:00+01:00');
    const run = await release.push();
    const waiting = await run.next('RuleWaiting');
    expect(waiting.message).toMatch(/beta waits: the deployment window .* \(Europe\/Berlin\) is closed/);
    release.leapTo('2030-01-08T08:59:00+01:00');
    const entered = await run.next('ConditionSucceeded');
    expect(new Date(entered.time) >= new Date('2030-01-08T09:00:00+01:00')).toBe(true);
    expect(await run.end()).toMatchObject({ status: 'Succeeded' });
  });

  test('one that comes into a freeze fails before the stage, with the reason', async () => {
    release.leapTo('2030-01-09T10:00:00+01:00');
    const { status, actions, message } = await (await release.push()).end();
    expect([status, actions]).toEqual(['Failed', ['Source Succeeded']]);
    expect(message).toContain('stage beta is not entered: beta is frozen from 2030-01-09T00:00:00+01:00');
    expect(message).toContain(': Stocktaking');
  });

  test('after the freeze, the next push goes on', async () => {
    release.leapTo('2030-01-10T10:00:00+01:00');
    expect(await (await release.push()).end()).toMatchObject({
      status: 'Succeeded',
      actions: ['Source Succeeded', 'IntegrationTest Succeeded', 'Bake Succeeded'],
    });
  });

  test('in the next one too, when it is taken out of the pipeline (the negative control)', async () => {
    await release.thaw();
    release.leapTo('2030-01-11T10:00:00+01:00');
    expect(await (await release.push()).end()).toMatchObject({ status: 'Succeeded' });
  });
});
