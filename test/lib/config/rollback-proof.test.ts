import { checkDescription } from '../../../lib/config/check';

const PROOF = { requestsPerSecond: 5, paths: ['/quote?lines=1'], minutes: 2 };
const gamma = { name: 'gamma', capacity: { min: 2, max: 2 } };
const prod = { name: 'prod', capacity: { min: 2, max: 2 } };

const check = (environment: object, delivery: object = {}) =>
  checkDescription(
    { service: 'harbor', environments: [{ ...gamma, ...environment }, prod], ...delivery },
    'delivery.ts',
  ).environments[0]!;

test('no proof is the default, {} is one with every default, and each key has its own', () => {
  expect(check({}).rollbackProof).toBeUndefined();
  expect(check({ rollbackProof: {} }).rollbackProof).toEqual({
    requestsPerSecond: 10,
    paths: ['/'],
    minutes: 1,
  });
  expect(check({ rollbackProof: PROOF }).rollbackProof).toEqual(PROOF);
});

test.each<[string, object, string]>([
  [
    'no load',
    { requestsPerSecond: 0 },
    'requestsPerSecond: found 0, allowed is a whole number from 1 to 100',
  ],
  ['nothing to request', { paths: [] }, 'paths: found [], allowed is 1 to 20 paths'],
  [
    'an address',
    { paths: ['http://x/'] },
    'paths[0]: found "http://x/", allowed is a path that begins with /',
  ],
  ['no time', { minutes: 0.5 }, 'minutes: found 0.5, allowed is a whole number from 1 to 60'],
  ['an unknown key', { seconds: 30 }, 'seconds: unknown key'],
])('%s is refused', (_, rollbackProof, message) => {
  expect(() => check({ rollbackProof })).toThrow(`delivery.ts: environments[0].rollbackProof.${message}`);
});

test('true is refused: a proof is an object', () => {
  expect(() => check({ rollbackProof: true })).toThrow(
    'environments[0].rollbackProof: found true, allowed is an object',
  );
});

test('a fleet of one, which has no half, is refused as it is without a proof', () => {
  expect(() => check({ capacity: { min: 1, max: 1 }, rollbackProof: {} })).toThrow(
    'environments[0].capacity.min: found 1, allowed is a whole number from 2 to 200',
  );
});

test('in production nothing is proven, wherever production begins', () => {
  const message =
    /rollbackProof: found \{\}, allowed is nothing in production: an unproven release would serve half/;
  expect(() => check({ rollbackProof: {} }, { production: 'gamma' })).toThrow(message);
  expect(() => check({ rollbackProof: {} }, { environments: [{ ...gamma, rollbackProof: {} }] })).toThrow(
    message,
  );
});

test("in another region than the pipeline's nothing is proven, in another account it is", () => {
  const place = { account: '111111111111', region: 'eu-central-1' };
  expect(() => check({ rollbackProof: {}, region: 'us-west-2' }, place)).toThrow(
    "rollbackProof: found {}, allowed is nothing in another region than the pipeline's, eu-central-1",
  );
  expect(check({ rollbackProof: {}, account: '222222222222' }, place).rollbackProof).toBeDefined();
});
