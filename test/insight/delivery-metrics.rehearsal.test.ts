import { type Metrics, ReleasedService } from './released-service';

jest.setTimeout(60_000);

/** Releases by a real pipeline to a real host, counted and told of by the app's own functions. */
let service: ReleasedService;

beforeAll(async () => {
  service = await ReleasedService.start();
});

test('a release is a change and a deployment, with its lead time', async () => {
  await service.release();

  expect(await service.metrics()).toEqual(counts({ Changes: 1, Deployments: 1, LeadTime: 1 }));
  expect(await service.told()).toEqual([]);
});

test('a deployment that fails and is rolled back is a failed change, and restored', async () => {
  await service.release({ fails: true });

  expect(await service.metrics()).toEqual(
    counts({ Changes: 2, ChangeFailures: 1, Deployments: 1, LeadTime: 1, TimeToRestore: 1 }),
  );
  const [rolledBack, failed] = (await service.told()).toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  expect(rolledBack).toMatchObject({
    subject: 'harbor prod: rolled back',
    text: expect.stringMatching(/^In prod, the release of \w{8} "Break it" by Ada Lovelace was rolled back/),
  });
  expect(failed).toMatchObject({
    subject: expect.stringMatching(/^harbor: release \w{8} failed in prod, action Deploy$/),
    text: expect.stringContaining('Rollback deployment d-'),
  });
});

test('a release whose test fails, and which is retried: one change, one failure, one deployment', async () => {
  service.letThrough(false);
  const execution = await service.release();
  service.letThrough(true);
  await service.retry(execution);

  expect(await service.metrics()).toEqual(
    counts({ Changes: 3, ChangeFailures: 2, Deployments: 2, LeadTime: 2, TimeToRestore: 1 }),
  );
  expect(await service.told()).toHaveLength(3);
});

test('a release that is superseded before production is none, the one that supersedes it is', async () => {
  await service.transition('Disable');
  const superseded = await service.push();
  await service.waits(superseded);
  const next = await service.push();
  await service.ends(superseded);
  await service.transition('Enable');
  await service.ends(next);

  expect(await service.metrics()).toEqual(
    counts({ Changes: 4, ChangeFailures: 2, Deployments: 3, LeadTime: 3, TimeToRestore: 1 }),
  );
});

test('events that are delivered again change nothing; without its memory they would (the negative control)', async () => {
  const once = await service.metrics();
  expect(await service.repeatEvents()).toBeGreaterThanOrEqual(6);
  expect(await service.metrics()).toEqual(once);

  await service.forget();
  await service.repeatEvents();
  const { Changes, Deployments } = await service.metrics();
  expect([Changes, Deployments]).toEqual([2 * once.Changes, 2 * once.Deployments]);
});

function counts(some: Partial<Metrics>): Metrics {
  return { Changes: 0, ChangeFailures: 0, Deployments: 0, LeadTime: 0, TimeToRestore: 0, ...some };
}
