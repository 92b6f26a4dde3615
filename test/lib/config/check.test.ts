import { delivery } from '../../../delivery';
import { checkDescription, DescriptionError } from '../../../lib/config/check';
import { DESCRIPTION } from '../../support/synthesize';

const [beta, prod] = DESCRIPTION.environments;
const check = (description: unknown) => checkDescription(description, 'delivery.ts');
const withEnvironment = (changes: object) => ({
  ...DESCRIPTION,
  environments: [{ ...beta, ...changes }, prod],
});
const withAlarms = (alarms: unknown) => ({ ...DESCRIPTION, alarms });

test('delivery.ts is a valid description', () => {
  expect(() => check(delivery)).not.toThrow();
});

test('the defaults are those the docstrings promise', () => {
  const environment = {
    name: 'prod',
    production: true,
    stage: 'prod',
    capacity: { min: 2, max: 3 },
    instanceType: 't4g.small',
    scaling: { cpuUtilizationPercent: 60, steps: [], schedule: [] },
    deploymentConfiguration: 'OneAtATime',
    rollbackConfiguration: 'HalfAtATime',
    bakeMinutes: 10,
    minimumRequests: 0,
    bakeLimitMinutes: 240,
    freezes: [],
    guardMinutes: 60,
    trafficDropDeviations: 3,
    alarms: { errorRatePercent: 1, latencyP99Milliseconds: 1000, minimumRequestsPerMinute: 20 },
  };
  expect(
    check({ service: 'harbor', environments: [{ name: 'prod', capacity: { min: 2, max: 3 } }] }),
  ).toEqual({
    service: 'harbor',
    branch: 'main',
    approveProduction: false,
    review: true,
    notifications: { email: [], authors: [] },
    dashboards: true,
    tracing: { samplePercent: 5 },
    logRetentionDays: 90,
    security: { auditLevel: 'high', cloudTrail: false, guardDuty: false, inspector: false },
    environments: [environment],
    waves: [{ name: 'prod', production: true, environments: [environment] }],
  });
});

test('an environment overrides thresholds key by key, and inherits account and region', () => {
  const { environments } = check({
    ...withEnvironment({ alarms: { errorRatePercent: 5 }, region: 'us-west-2' }),
    account: '111111111111',
    region: 'eu-central-1',
    alarms: { errorRatePercent: 2, latencyP99Milliseconds: 300 },
  });
  expect(environments).toMatchObject([
    {
      account: '111111111111',
      region: 'us-west-2',
      alarms: { errorRatePercent: 5, latencyP99Milliseconds: 300, minimumRequestsPerMinute: 20 },
    },
    { account: '111111111111', region: 'eu-central-1', alarms: { errorRatePercent: 2 } },
  ]);
});

describe('waves', () => {
  const named = (name: string) => ({ name, capacity: { min: 2, max: 2 } });
  const environments = [named('beta'), [named('west')], [named('east'), named('eu')]];
  const resolve = (production?: string) => check({ service: 'harbor', environments, production });

  test('each entry is a stage; an environment knows its own', () => {
    const delivery = resolve();
    expect(delivery.waves.map(({ name }) => name)).toEqual(['beta', 'west', 'east_eu']);
    expect(delivery.environments.map(({ name, stage }) => [name, stage])).toEqual([
      ['beta', 'beta'],
      ['west', 'west'],
      ['east', 'east_eu'],
      ['eu', 'east_eu'],
    ]);
  });

  test.each([
    [undefined, ['east', 'eu']],
    ['west', ['west', 'east', 'eu']],
    ['eu', ['east', 'eu']],
    ['beta', ['beta', 'west', 'east', 'eu']],
  ])('production that begins with %s', (production, expected) => {
    const inProduction = resolve(production).environments.filter((environment) => environment.production);
    expect(inProduction.map(({ name }) => name)).toEqual(expected);
  });
});

test.each<[string, unknown, string]>([
  [
    'a production that is no environment',
    { ...DESCRIPTION, production: 'live' },
    'production: found "live", allowed is the name of an environment: one of beta, prod',
  ],
  [
    'a wave of nothing',
    { ...DESCRIPTION, environments: [beta, []] },
    'environments[1]: found [], allowed is one environment or more',
  ],
  [
    'a mistake inside a wave',
    { ...DESCRIPTION, environments: [beta, [{ ...prod, bakeMinutes: 0 }]] },
    'environments[1][0].bakeMinutes: found 0, allowed is a whole number from 3 to 1440',
  ],
  [
    'a name twice, once in a wave',
    { ...DESCRIPTION, environments: [beta, [prod, beta]] },
    'environments[1][1].name: found "beta", allowed is a name that no other environment has',
  ],
  [
    'an entry that is neither',
    { ...DESCRIPTION, environments: ['beta'] },
    'environments[0]: found "beta", allowed is an environment, or a list of environments: a wave',
  ],
  [
    'a retention that CloudWatch Logs does not have',
    { ...DESCRIPTION, logRetentionDays: 31 },
    'logRetentionDays: found 31, allowed is one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
  ],
  [
    'a share of more than all requests',
    { ...DESCRIPTION, tracing: { samplePercent: 101 } },
    'tracing.samplePercent: found 101, allowed is a number from 0 to 100',
  ],
  [
    'tracing that does not say how much',
    { ...DESCRIPTION, tracing: true },
    'tracing: found true, allowed is an object, or false',
  ],
  ['nothing', undefined, 'delivery: found nothing, allowed is a delivery description'],
  ['an unknown key', { ...DESCRIPTION, colour: 'red' }, 'colour: unknown key'],
  [
    'an unknown key of an environment',
    withEnvironment({ baekMinutes: 5 }),
    'environments[0].baekMinutes: unknown key',
  ],
  [
    'an unknown key of the capacity',
    withEnvironment({ capacity: { min: 2, max: 2, desired: 2 } }),
    'environments[0].capacity.desired: unknown key',
  ],
  [
    'a missing service',
    { environments: [beta] },
    'service: found nothing, allowed is 2 to 20 lower-case letters, digits and inner hyphens, a letter first',
  ],
  [
    'a service with capitals',
    { ...DESCRIPTION, service: 'Harbor' },
    'service: found "Harbor", allowed is 2 to 20 lower-case letters, digits and inner hyphens, a letter first',
  ],
  [
    'a branch with a space',
    { ...DESCRIPTION, branch: 'a b' },
    'branch: found "a b", allowed is the name of a branch',
  ],
  [
    'no environments',
    { ...DESCRIPTION, environments: [] },
    'environments: found [], allowed is 1 to 20 entries',
  ],
  [
    'environments that are no list',
    { ...DESCRIPTION, environments: 3 },
    'environments: found 3, allowed is a list of environments',
  ],
  [
    'two environments of one name',
    { ...DESCRIPTION, environments: [beta, beta] },
    'environments[1].name: found "beta", allowed is a name that no other environment has',
  ],
  [
    'a fleet of one',
    withEnvironment({ capacity: { min: 1, max: 2 } }),
    'environments[0].capacity.min: found 1, allowed is a whole number from 2 to 200',
  ],
  [
    'half an instance',
    withEnvironment({ capacity: { min: 2.5, max: 3 } }),
    'environments[0].capacity.min: found 2.5, allowed is a whole number from 2 to 200',
  ],
  [
    'a maximum below the minimum',
    withEnvironment({ capacity: { min: 4, max: 3 } }),
    'environments[0].capacity.max: found 3, allowed is a whole number no smaller than min',
  ],
  [
    'no capacity',
    withEnvironment({ capacity: undefined }),
    'environments[0].capacity: found nothing, allowed is an object with min and max',
  ],
  [
    'AllAtOnce',
    withEnvironment({ deploymentConfiguration: 'AllAtOnce' }),
    'environments[0].deploymentConfiguration: found "AllAtOnce", allowed is one of OneAtATime, HalfAtATime, or an object with a minimum of healthy instances',
  ],
  [
    'a bake that is over before an alarm can go off',
    withEnvironment({ bakeMinutes: 2 }),
    'environments[0].bakeMinutes: found 2, allowed is a whole number from 3 to 1440',
  ],
  [
    'a minimum of healthy hosts that is the whole fleet',
    withEnvironment({ deploymentConfiguration: { minimumHealthyHosts: 2 } }),
    'environments[0].deploymentConfiguration.minimumHealthyHosts: found 2, allowed is at most 1, or the smallest fleet, 2, leaves no instance to deploy to',
  ],
  [
    'a percentage of healthy hosts that rounds up to the whole fleet',
    withEnvironment({ capacity: { min: 3, max: 9 }, rollbackConfiguration: { minimumHealthyPercent: 67 } }),
    'environments[0].rollbackConfiguration.minimumHealthyPercent: found 67, allowed is at most 66, or the smallest fleet, 3, leaves no instance to deploy to',
  ],
  [
    'a band of no width',
    withEnvironment({ trafficDropDeviations: 0 }),
    'environments[0].trafficDropDeviations: found 0, allowed is a number from 1 to 10, or false',
  ],
  [
    'an alarm on the traffic that is just turned on',
    withEnvironment({ trafficDropDeviations: true }),
    'environments[0].trafficDropDeviations: found true, allowed is a number from 1 to 10, or false',
  ],
  [
    'a one-box of one, with traffic control',
    withEnvironment({ oneBox: { instances: 1 } }),
    'environments[0].oneBox.instances: found 1, allowed is a whole number from 2 to 20',
  ],
  [
    'a minimum of healthy hosts that is the whole fleet at night',
    withEnvironment({
      capacity: { min: 4, max: 8 },
      scaling: { schedule: [{ cron: '0 22 * * *', min: 2 }] },
      deploymentConfiguration: { minimumHealthyHosts: 3 },
    }),
    'environments[0].deploymentConfiguration.minimumHealthyHosts: found 3, allowed is at most 1, or the smallest fleet, 2, leaves no instance to deploy to',
  ],
  [
    'a custom deployment configuration without a minimum',
    withEnvironment({ deploymentConfiguration: { zonal: { monitorMinutes: 5 } } }),
    'environments[0].deploymentConfiguration: found {"zonal":{"monitorMinutes":5}}, allowed is either minimumHealthyPercent or minimumHealthyHosts',
  ],
  [
    'an unknown key of a deployment configuration',
    withEnvironment({ deploymentConfiguration: { minimumHealthyHosts: 1, zones: 2 } }),
    'environments[0].deploymentConfiguration.zones: unknown key',
  ],
  [
    'a monitoring time that two zones have no time for',
    withEnvironment({ deploymentConfiguration: { minimumHealthyHosts: 1, zonal: { monitorMinutes: 400 } } }),
    'environments[0].deploymentConfiguration.zonal.monitorMinutes: found 400, allowed is a whole number from 1 to 300',
  ],
  [
    'a bake of no time',
    withEnvironment({ bakeMinutes: 0 }),
    'environments[0].bakeMinutes: found 0, allowed is a whole number from 3 to 1440',
  ],
  [
    'minutes as text',
    withEnvironment({ bakeMinutes: '5' }),
    'environments[0].bakeMinutes: found "5", allowed is a whole number from 3 to 1440',
  ],
  [
    'an instance type without a size',
    withEnvironment({ instanceType: 't4g' }),
    'environments[0].instanceType: found "t4g", allowed is an EC2 instance type, such as t4g.small',
  ],
  [
    'an error rate of nothing',
    withAlarms({ errorRatePercent: 0 }),
    'alarms.errorRatePercent: found 0, allowed is a number above 0, up to 100',
  ],
  [
    'an account as a number',
    { ...DESCRIPTION, account: 111111111111, region: 'eu-west-1' },
    'account: found 111111111111, allowed is an account id: a string of 12 digits',
  ],
  [
    'an account without a region',
    { ...DESCRIPTION, account: '111111111111' },
    'region: found nothing, allowed is account and region given together, or neither',
  ],
  [
    'an environment elsewhere when the pipeline is nowhere',
    withEnvironment({ region: 'eu-west-1' }),
    'environments[0].region: found "eu-west-1", allowed is nothing, unless the delivery itself gives account and region: without them the pipeline\'s place is not known, and it cannot reach another',
  ],
])('%s is refused with file, key, what was found and what is allowed', (_, description, message) => {
  expect(() => check(description)).toThrow(new DescriptionError(`delivery.ts: ${message}`));
});

test('every mistake is reported at once, one on each line', () => {
  const description = { ...withEnvironment({ capacity: { min: 0, max: 2 } }), service: 'X' };
  expect(() => check(description)).toThrow(
    /^delivery\.ts: service: .*\ndelivery\.ts: environments\[0\]\.capacity\.min: .*$/,
  );
});
