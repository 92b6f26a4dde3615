import { ProvenRelease, UNPROVEN } from './proven-release';

jest.setTimeout(120_000);

/**
 * gamma as the app declares it, with the program of the proof in a build, real hosts, a real load balancer and, beside
 * the load of the proof, a user who sees everything. The tests are one story.
 */
let gamma: ProvenRelease;
/** The execution that brought the first release. */
let first: string;

beforeAll(async () => {
  gamma = await ProvenRelease.start();
});

const bad = (answers: readonly string[]) => answers.filter((answer) => !answer.endsWith(' 200'));

test('a first release has nothing to go back to: the proof says so, and lets it on', async () => {
  const run = await gamma.release('v1');
  first = run.executionId;
  expect(run).toMatchObject({
    status: 'Succeeded',
    actions: ['Source Succeeded', 'RollbackProof Succeeded', 'Deploy Succeeded'],
    log: expect.stringContaining('a first release has nothing to go back to'),
    deployments: [{ installed: 2 }],
  });
  expect(await gamma.serves()).toEqual(['v1 200']);
  gamma.watch();
});

test('a good release is on half of the fleet, then on none of it, without a failed request; then it is deployed', async () => {
  const run = await gamma.release('v2');
  expect(run.log).toMatch(/1 of 2 instances \(us-east-1[ab]\) have the new revision/);
  expect(run.log).toMatch(/Proven: this release can be taken back\. \d+ requests were answered/);
  expect(run).toMatchObject({
    status: 'Succeeded',
    deployments: [
      { about: 'user, Rollback proof: Stopped', installed: 1 },
      { about: expect.stringMatching(/^codeDeployRollback, .*: Succeeded$/), installed: 2 },
      { about: expect.stringMatching(/^user, Execution .*: Succeeded$/), installed: 2 },
    ],
  });
  expect(bad(run.answers)).toEqual([]);
  expect(new Set(run.answers)).toEqual(new Set(['v1 200', 'v2 200']));
  expect(await gamma.serves()).toEqual(['v2 200']);
});

test('a release whose ApplicationStop is broken cannot be taken back: it stops there, and the fleet is put back', async () => {
  const run = await gamma.release('v3', { brokenStop: true });
  expect(run.actions).toEqual(['Source Succeeded', 'RollbackProof Failed']);
  expect(run.log).toMatch(
    /on the way back, deployment d-\S+ failed: i-\S+ in ApplicationStop \(stop\.sh\): .*\. The fleet was put back on the revision before, by deployment d-/s,
  );
  expect(run.deployments.map(({ about }) => about)).toEqual([
    'user, Rollback proof: Stopped',
    expect.stringMatching(/^codeDeployRollback, .*: Failed$/),
    'user, Rollback proof: Succeeded',
  ]);
  expect(bad(run.answers)).toEqual([]);
  expect(await gamma.serves()).toEqual(['v2 200']);
});

test('a release that drops requests when it is stopped is caught, although its rollback succeeds', async () => {
  const run = await gamma.release('v4', { stopsTooEarly: true });
  expect(run.actions).toEqual(['Source Succeeded', 'RollbackProof Failed']);
  expect(run.log).toMatch(/ of \d+ requests failed: .*GET \/(quote)? 50\d on the way back \(\d+\)/);
  expect(run.deployments.map(({ about }) => about)).toEqual([
    'user, Rollback proof: Stopped',
    expect.stringMatching(/^codeDeployRollback, .*: Succeeded$/),
  ]);
  expect(await gamma.serves()).toEqual(['v2 200']);
});

test('a proof that is told to stop while half of the fleet has the new revision puts the fleet back', async () => {
  const { code, log } = await gamma.terminate(first, 'have the new revision');
  expect(code).toBe(1);
  expect(log).toMatch(
    /: the build was stopped\. The fleet was put back on the revision before, by deployment d-/,
  );
  expect(await gamma.serves()).toEqual(['v2 200']);
});

test('without the proof the release that cannot be taken back gets out (the negative control)', async () => {
  expect(await gamma.release('v5', { brokenStop: true }, UNPROVEN)).toMatchObject({
    actions: ['Source Succeeded', 'Deploy Succeeded'],
  });
  expect(await gamma.serves()).toEqual(['v5 200']);
});
