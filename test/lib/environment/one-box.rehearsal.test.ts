import http from 'node:http';
import path from 'node:path';
import { Fn, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ServerApplication } from 'aws-cdk-lib/aws-codedeploy';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { checkDescription } from '../../../lib/config/check';
import { ReleaseAlarms } from '../../../lib/environment/alarms';
import { Deployment } from '../../../lib/environment/deployment';
import { NamedDeploymentConfiguration } from '../../../lib/environment/deployment-configurations';
import { Fleet } from '../../../lib/environment/fleet';
import { LoadBalancer } from '../../../lib/environment/load-balancer';
import { Network } from '../../../lib/environment/network';
import { OneBox } from '../../../lib/environment/one-box';
import { environmentNames } from '../../../lib/names';
import { ScaledClock } from '../../../region/clock/clock';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';
import { revision } from '../../support/revision';
import { testApp } from '../../support/synthesize';

jest.setTimeout(120_000);

/**
 * The one-box and the fleet as the app declares them, with real hosts, a real load balancer and steady traffic. The
 * threshold of the one-box's own alarm on errors is out of reach: what goes off is the comparison.
 */
const delivery = checkDescription(
  {
    service: 'harbor',
    environments: [
      {
        name: 'prod',
        capacity: { min: 2, max: 2 },
        deploymentConfiguration: 'HalfAtATime',
        oneBox: {
          trafficPercent: 50,
          bakeMinutes: 4,
          errorRateAboveFleetPercent: 15,
          latencyP99AboveFleetMilliseconds: 60_000,
        },
        alarms: { errorRatePercent: 90, latencyP99Milliseconds: 60_000, minimumRequestsPerMinute: 5 },
      },
    ],
  },
  'delivery.ts',
);
const [environment] = delivery.environments;
const names = environmentNames(delivery, environment);
const { errorRateAboveFleet } = names.oneBox.alarms;

class Production extends Stack {
  constructor() {
    super(testApp(), names.stack, { synthesizer: new LegacyStackSynthesizer() });
    const settings = environment.oneBox!;
    const network = new Network(this, 'Network');
    const load = new LoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      oneBoxPercent: settings.trafficPercent,
    });
    const { targetGroup } = load;
    const logGroup = new LogGroup(this, 'Logs');
    const fleet = new Fleet(this, 'Fleet', { delivery, environment, network, targetGroup, logGroup });
    const { group, launchTemplate } = fleet;
    const application = new ServerApplication(this, 'Application', { applicationName: names.application });
    new OneBox(this, 'OneBox', { names: names.oneBox, settings, network, launchTemplate, load, application });
    const { alarms } = new ReleaseAlarms(this, 'Alarms', {
      names: names.alarms,
      thresholds: environment.alarms,
      loadBalancer: load.loadBalancer,
      targetGroup,
    });
    new Deployment(this, 'Deployment', {
      application,
      deploymentGroupName: names.deploymentGroup,
      deploymentConfig: new NamedDeploymentConfiguration(this, 'Configuration', {
        name: names.deploymentConfiguration,
      }),
      group,
      targetGroup,
      alarms,
    });
  }

  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}

/** Every other request fails. */
const BAD = 'count % 2 === 0';

let region: Region;
let url: string;
let running = true;
let client: Promise<void>;
/** Where in the journal the comparison last went off. */
let wentOff = 0;
/** Revision and status of every answer. */
const answers: string[] = [];

const call = async (service: string, operation: string, input: object): Promise<any> =>
  (region.home.service(service as any) as any).operations[operation](input);

/** Publishes a revision and deploys it to the one-box or the fleet; resolves at the end of the deployment. */
async function deploy(name: string, deploymentGroupName: string, fails?: string) {
  await region.home.service('s3').write('releases', `${name}.zip`, await revision(name, { fails }));
  const { deploymentId } = await call('codedeploy', 'CreateDeployment', {
    applicationName: names.application,
    deploymentGroupName,
    revision: {
      revisionType: 'S3',
      s3Location: { bucket: 'releases', key: `${name}.zip`, bundleType: 'zip' },
    },
  });
  return region.home.service('codedeploy').finished(deploymentId);
}

/** Resolves with revision and status of one answer. */
function ask(agent: http.Agent): Promise<string> {
  return new Promise((resolve) => {
    const failed = () => resolve('no answer');
    http
      .get(url, { agent }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(`${body} ${response.statusCode}`)).on('error', failed);
      })
      .on('error', failed);
  });
}

/** Resolves when the comparison of errors changes into that state. */
const comparison = (to: string, since: number) =>
  region.journal.waitFor(
    ({ type, subject, detail }) =>
      type === 'AlarmStateChange' && subject === errorRateAboveFleet && detail['to'] === to,
    { since },
  );

/** Which alarms went off since then. */
const alarmed = (since: number) =>
  region.journal
    .entries(
      ({ seq, type, detail }) => seq > since && type === 'AlarmStateChange' && detail['to'] === 'ALARM',
    )
    .map(({ subject }) => subject);

beforeAll(async () => {
  const folder = temporaryFolder('one-box');
  region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(60) });
  await call('s3', 'CreateBucket', { Bucket: 'releases' });
  await call('cloudformation', 'CreateStack', {
    StackName: names.stack,
    TemplateBody: JSON.stringify(Template.fromStack(new Production()).toJSON()),
    Capabilities: ['CAPABILITY_IAM'],
  });
  const stack = await region.home.service('cloudformation').finished(names.stack);
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  for (const group of [names.oneBox.deploymentGroup, names.deploymentGroup])
    expect(await deploy('v1', group)).toMatchObject({ status: 'Succeeded' });

  const { LoadBalancers } = await call('elasticloadbalancing', 'DescribeLoadBalancers', {});
  url = `http://${LoadBalancers[0].DNSName}/`;
  client = (async () => {
    const agent = new http.Agent({ keepAlive: true });
    while (running) {
      answers.push(await ask(agent));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    agent.destroy();
  })();
});

afterAll(async () => {
  running = false;
  await client;
  await region?.stop();
});

test('a good revision on the one-box sets off nothing, and gets its share of the requests', async () => {
  const since = region.journal.position;
  expect(await deploy('v2', names.oneBox.deploymentGroup)).toMatchObject({ status: 'Succeeded' });
  answers.length = 0;
  await region.clock.sleep(environment.oneBox!.bakeMinutes * 60_000);

  expect(alarmed(since)).toEqual([]);
  expect(new Set(answers)).toEqual(new Set(['v1 200', 'v2 200']));
  const share = answers.filter((answer) => answer === 'v2 200').length / answers.length;
  expect(share).toBeCloseTo(0.5, 1);
});

test('a bad one sets off the comparison while the fleet stays on the good one', async () => {
  const since = region.journal.position;
  const deployed = deploy('v3', names.oneBox.deploymentGroup, BAD);
  wentOff = (await comparison('ALARM', since)).seq;
  expect(alarmed(since)).toEqual([errorRateAboveFleet]);
  expect(answers).toContain('v3 500');
  expect(answers.filter((answer) => /^v1/.test(answer) && answer !== 'v1 200')).toEqual([]);
  expect(answers.slice(-50)).toContain('v1 200');

  const { rollbackInfo } = await deployed;
  const rollback = rollbackInfo?.rollbackDeploymentId;
  if (rollback) await region.home.service('codedeploy').finished(rollback);
});

test('what the fleet suffers from as well is not held against it', async () => {
  expect(await deploy('v4', names.deploymentGroup, BAD)).toMatchObject({ status: 'Succeeded' });
  await comparison('OK', wentOff);
  const quiet = region.journal.position;
  expect(await deploy('v4', names.oneBox.deploymentGroup, BAD)).toMatchObject({ status: 'Succeeded' });
  answers.length = 0;
  await region.clock.sleep(environment.oneBox!.bakeMinutes * 60_000);

  expect(alarmed(quiet)).toEqual([]);
  expect(new Set(answers)).toEqual(new Set(['v4 200', 'v4 500']));
});
