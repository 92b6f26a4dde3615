import { handler } from '../../../lambda/guard/handler';
import { describeProof, describePutBack } from '../../../lambda/proof';
import { alarmEvent, Environment, endOf, NOW, SETTINGS } from './environment';

let environment: Environment;

beforeEach(() => {
  process.env.AWS_REGION = 'us-east-1';
  process.env.GUARD = JSON.stringify(SETTINGS);
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  jest.spyOn(console, 'log').mockImplementation(() => {});
  environment = new Environment();
  environment.deployed('older', { began: 600 });
  environment.deployed('good', { began: 50 });
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A proof of the revision `bad`, and CodeDeploy's rollback of it. */
function proof(began: number): { proven: string; back: string } {
  const proven = environment.deployed('bad', {
    ...{ began, status: 'Stopped', description: describeProof('e1') },
  });
  const back = environment.deployed('good', {
    ...{ began: began - 2, creator: 'codeDeployRollback' },
    rollbackInfo: { rollbackTriggeringDeploymentId: proven },
  });
  return { proven, back };
}

test('an alarm that a proof has set off is not held against the release that was there before', async () => {
  const { proven, back } = proof(6);
  environment.red('errors', 3);
  for (const event of [endOf(proven, 'STOP'), endOf(back), alarmEvent('errors')]) await handler(event);

  expect(environment.rollbacks()).toEqual([]);
  expect(environment.transition).toEqual({ enabled: true });
  expect(environment.told).toEqual([]);
});

test('nor when the fleet had to be put back', async () => {
  const { proven } = proof(9);
  const putBack = environment.deployed('good', { began: 5, description: describePutBack(proven) });
  environment.red('errors', 3);
  for (const event of [endOf(putBack), alarmEvent('errors')]) await handler(event);

  expect(environment.rollbacks()).toEqual([]);
  expect(environment.told).toEqual([]);
});

test('a release that goes bad although it was proven goes back to the one before the proof', async () => {
  proof(20);
  environment.deployed('bad', { began: 10 });
  environment.red('errors', 3);
  await handler(alarmEvent('errors'));

  expect(environment.rollbacks()).toMatchObject([{ revision: { s3Location: { key: 'good' } } }]);
});

test('a revision that a proof has left on the whole fleet is no release to go back to', async () => {
  const { proven } = proof(40);
  environment.deployed('unproven', { began: 35, description: describeProof('e2') });
  environment.deployed('good', { began: 30, description: describePutBack(proven) });
  environment.deployed('worse', { began: 10 });
  environment.red('errors', 3);
  await handler(alarmEvent('errors'));

  expect(environment.rollbacks()).toMatchObject([{ revision: { s3Location: { key: 'good' } } }]);
});
