import { Production } from './production';

jest.setTimeout(60_000);

/**
 * Production as the app declares it, with the guard's own code, real hosts, a real load balancer and steady traffic.
 * A bad revision fails a request that nobody makes before its deployment has ended.
 */
let production: Production;
const position = () => production.region.journal.position;

beforeAll(async () => {
  production = await Production.start();
});

/** Users ask for what the bad revision fails, until its alarm is off. */
async function untilAlarm(): Promise<void> {
  const since = position();
  production.ask('/rare');
  await production.alarm('ALARM', since);
}

/** Users leave, or the revision that is there now answers them. */
async function untilQuiet(): Promise<void> {
  const since = position();
  production.ask();
  await production.alarm('OK', since);
}

test('a first release has nothing to go back to: its stage is frozen and the team told, once', async () => {
  const bad = await production.release({ fails: true });
  production.sendTraffic();
  const since = position();
  await untilAlarm();
  await production.notice(since);

  expect(await production.transition()).toMatchObject({
    enabled: false,
    disabledReason: expect.stringMatching(`^Guard - commit ${bad} - d-.* set off harbor-prod-error-rate `),
  });
  expect(await production.deployments()).toHaveLength(1);
  expect(await production.serves()).toEqual(['v1']);
  await untilQuiet();
});

test('the frozen commit stays out, a newer one lifts the freeze', async () => {
  const since = position();
  const retried = await production.run();
  await production.looked(since);
  expect(await production.transition()).toMatchObject({ enabled: false });
  await production.release();

  expect(await production.serves()).toEqual(['v2']);
  expect(await production.transition()).toMatchObject({ enabled: true });
  expect(await production.executionStatus(retried)).toBe('Superseded');
});

test('a release that goes bad after its deployment is rolled back, its stage frozen, the team told once', async () => {
  const bad = await production.release({ fails: true, brokenStop: true });
  expect(await production.serves()).toEqual(['v3']);
  await production.restructure();
  await expect(production.rollBackStage()).rejects.toThrow('ran in another structure of the pipeline');

  const since = position();
  await untilAlarm();
  await production.notice(since);
  const [rollback] = await production.deployments();
  expect(await production.region.home.service('codedeploy').finished(rollback.deploymentId)).toMatchObject({
    status: 'Succeeded',
    deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
  });
  expect(await production.serves()).toEqual(['v2']);
  expect((await production.transition()).disabledReason).toContain(`Guard - commit ${bad} - `);
  await untilQuiet();
  expect(await production.repeatEvents(since)).toHaveLength(2);
  expect(await production.deployments()).toHaveLength(4);
  expect(production.notices()).toEqual([
    'harbor-prod: alarm, nothing to roll back to',
    'harbor-prod: rolled back',
  ]);
});

test('without the guard the bad release stays out (the negative control)', async () => {
  await production.disconnectGuard();
  await production.release({ fails: true });
  await untilAlarm();
  await production.region.clock.sleep(5 * 60_000);

  expect(await production.serves()).toEqual(['v4']);
  expect(production.notices()).toHaveLength(2);
});
