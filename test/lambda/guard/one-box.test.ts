import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { handler } from '../../../lambda/guard/handler';
import { ago, alarmEvent, busy, Environment, endOf, NOW, WITH_ONE_BOX } from './environment';

let environment: Environment;

beforeEach(() => {
  process.env.GUARD = JSON.stringify(WITH_ONE_BOX);
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  jest.spyOn(console, 'log').mockImplementation(() => {});
  environment = new Environment();
  deployed('good', 600);
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A release that got to the one-box so many minutes ago, and five later to the fleet. */
function deployed(revision: string, began: number): string {
  environment.deployed(revision, { to: 'one-box', began: began + 5 });
  return environment.deployed(revision, { began });
}

/** What was deployed by the guard, by group. */
function rollbacks() {
  return environment
    .rollbacks()
    .map(({ deploymentGroupName, revision }) => `${deploymentGroupName}: ${revision!.s3Location!.key}`)
    .toSorted();
}

const BOTH = ['harbor-prod: good', 'one-box: good'];

describe('a release that has come to the fleet', () => {
  beforeEach(() => deployed('bad', 10));

  test.each([
    ['of the fleet', 'errors'],
    ['of the one-box', 'one-box errors'],
  ])('leaves fleet and one-box for an alarm %s, and is told of once', async (_, alarm) => {
    environment.red(alarm, 3);
    await handler(alarmEvent(alarm));

    expect(rollbacks()).toEqual(BOTH);
    expect(environment.told).toMatchObject([
      {
        subject: 'harbor-prod: rolled back',
        message: expect.stringContaining(
          'rolled back harbor-prod by deployment d-5, one-box by deployment d-6',
        ),
      },
    ]);
    expect(environment.transition.disabledReason).toContain(' - d-4 set off ');
  });

  test('is told of once when alarms of both go off together', async () => {
    environment.red('errors', 3);
    environment.red('one-box errors', 3);
    await Promise.all(['errors', 'one-box errors', 'errors'].map((alarm) => handler(alarmEvent(alarm))));

    expect(environment.deployments).toHaveLength(6);
    expect(environment.told).toHaveLength(1);
    expect(environment.told[0]!.message).toMatch(
      /harbor-prod by deployment d-\d, one-box by deployment d-\d/,
    );
  });

  test('and not again when the alarms of the fleet follow, nor at the end of the rollbacks', async () => {
    environment.red('one-box errors', 3);
    await handler(alarmEvent('one-box errors'));
    environment.red('errors', 2);
    await handler(alarmEvent('errors'));
    for (const deployment of environment.deployments.slice(0, 2))
      Object.assign(deployment, { status: 'Succeeded', completeTime: ago(0) });
    for (const { deploymentId } of environment.deployments.slice(0, 2)) await handler(endOf(deploymentId!));
    jest.setSystemTime(NOW + 2 * 60_000);
    environment.red('latency', -1); // a minute after the rollbacks, for requests of the minutes before
    await handler(alarmEvent('latency'));

    expect(rollbacks()).toEqual(BOTH);
    expect(environment.told).toHaveLength(1);
  });

  test('is told of once when one group is held for a moment', async () => {
    environment.red('errors', 3);
    environment.codedeploy
      .on(CreateDeploymentCommand, { deploymentGroupName: 'one-box' })
      .rejectsOnce(busy());
    await expect(handler(alarmEvent('errors'))).rejects.toThrow('A deployment group is busy');
    environment.codedeploy.on(CreateDeploymentCommand, { deploymentGroupName: 'one-box' }).callsFake(() => ({
      deploymentId: environment.deployed('good', {
        to: 'one-box',
        status: 'InProgress',
        description: environment.deployments[0]!.description,
      }),
    }));
    await handler(alarmEvent('errors'));

    expect(environment.deployments.slice(0, 2).map((one) => one.deploymentGroupName)).toEqual([
      'one-box',
      'harbor-prod',
    ]);
    expect(environment.told).toHaveLength(1);
  });

  test('stays when only the one-box differs from the fleet: on one revision that tells of its instances', async () => {
    environment.red('above fleet', 3);
    await handler(alarmEvent('above fleet'));

    expect(rollbacks()).toEqual([]);
    expect(environment.told).toEqual([]);
  });

  test('is as young on the one-box as on the fleet, which it reached last', async () => {
    jest.setSystemTime(NOW + 50 * 60_000);
    environment.red('errors', -48);
    await handler(alarmEvent('errors'));

    expect(rollbacks()).toEqual(BOTH);
  });
});

describe('a release that is on the one-box alone', () => {
  test.each(['one-box errors', 'above fleet', 'errors'])(
    'leaves it for the alarm %s; the fleet stays',
    async (alarm) => {
      environment.deployed('bad', { to: 'one-box', began: 10 });
      environment.red(alarm, 3);
      await handler(alarmEvent(alarm));

      expect(rollbacks()).toEqual(['one-box: good']);
      expect(environment.told).toMatchObject([{ subject: 'harbor-prod: rolled back' }]);
    },
  );

  test('and the fleet, on a release as young, is not blamed for it', async () => {
    deployed('better', 30);
    environment.deployed('bad', { to: 'one-box', began: 10 });
    environment.red('one-box errors', 3);
    await handler(alarmEvent('one-box errors'));
    await handler(alarmEvent('one-box errors'));

    expect(rollbacks()).toEqual(['one-box: better']);
    expect(environment.told).toHaveLength(1);
  });

  test('leaves it when CodeDeploy has rolled back the fleet', async () => {
    environment.deployed('bad', { to: 'one-box', began: 15 });
    const failed = environment.deployed('bad', { began: 10, status: 'Stopped' });
    const rollbackInfo = { rollbackTriggeringDeploymentId: failed };
    environment.deployed('good', { began: 8, creator: 'codeDeployRollback', rollbackInfo });
    environment.red('errors', 9);
    await handler(alarmEvent('errors'));

    expect(rollbacks()).toEqual(['one-box: good']);
    expect(environment.told).toHaveLength(1);
  });

  test('which is new, leaves it for what the fleet runs', async () => {
    environment.deployments.length = 0;
    environment.deployed('good', { began: 600 });
    environment.deployed('bad', { to: 'one-box', began: 10 });
    environment.red('one-box errors', 3);
    await handler(alarmEvent('one-box errors'));

    expect(rollbacks()).toEqual(['one-box: good']);
  });
});

test('a first release stays on both, its stage frozen, told of once', async () => {
  environment.deployments.length = 0;
  deployed('first', 10);
  environment.red('errors', 3);
  environment.red('one-box errors', 3);
  await Promise.all([handler(alarmEvent('errors')), handler(alarmEvent('one-box errors'))]);

  expect(rollbacks()).toEqual([]);
  expect(environment.transition.enabled).toBe(false);
  expect(environment.told).toMatchObject([{ subject: 'harbor-prod: alarm, nothing to roll back to' }]);
});
