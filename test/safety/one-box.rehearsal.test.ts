import { Production } from './production';

jest.setTimeout(60_000);

/* Production with a one-box, whose bad revision fails a request that nobody makes before it has come to the fleet. */

let production: Production;
let since: number;

beforeAll(async () => {
  production = await Production.start({ oneBox: true });
  await production.release();
  await production.release({ fails: true });
  production.sendTraffic();
  since = production.region.journal.position;
  production.ask('/rare');
  await production.notice(since);
});

test('a bad release leaves fleet and one-box', async () => {
  const codedeploy = production.region.home.service('codedeploy');
  for (const group of ['harbor-prod', 'harbor-prod-one-box']) {
    const [rollback] = await production.deployments(group);
    expect(rollback.description).toMatch(/^Guard: rolls back d-/);
    expect(await codedeploy.finished(rollback.deploymentId)).toMatchObject({ status: 'Succeeded' });
  }
  expect(await production.serves()).toEqual(['v1']);
  expect(await production.transition()).toMatchObject({ enabled: false });
});

test('of which the team is told once, whatever alarms went off in both and however often', async () => {
  production.ask();
  await production.alarm('OK', since);
  const repeated = await Promise.all([production.repeatEvents(since), production.repeatEvents(since)]);

  expect(repeated.flat().length).toBeGreaterThanOrEqual(6);
  expect(production.notices()).toEqual(['harbor-prod: rolled back']);
});

test('without its memory the guard would tell again (the negative control)', async () => {
  await production.forget();
  await production.repeatEvents(since);

  expect(production.notices()).toHaveLength(2);
});
