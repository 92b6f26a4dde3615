import path from 'node:path';
import { checkDescription } from '../../lib/config/check';
import { environmentNames } from '../../lib/names';
import { ScaledClock } from '../../region/clock/clock';
import { Region } from '../../region/region';
import { zipOf } from '../../region/zip/zip';
import { atEnd, temporaryFolder } from '../support/folder';
import { revisionFiles } from '../support/revision';
import { synthesize } from '../support/synthesize';

jest.setTimeout(60_000);

/** An environment's own template, deployed on real hosts, and a service that says where it runs. */
const DESCRIPTION = { service: 'harbor', environments: [{ name: 'prod', capacity: { min: 2, max: 2 } }] };
const DELIVERY = checkDescription(DESCRIPTION, 'delivery.ts');
const NAMES = environmentNames(DELIVERY, DELIVERY.environments[0]!);

const UNIT = `[Service]
EnvironmentFile=/etc/sysconfig/harbor
StandardOutput=append:/var/log/harbor.log
ExecStart=/usr/bin/env node /opt/app/server.js
`;

/** The environment's template, without what only a bootstrapped account has. */
function environmentTemplate(): string {
  const { Rules: _, Parameters, ...body } = synthesize(DESCRIPTION).environment('prod').toJSON();
  const { BootstrapVersion: __, ...parameters } = Parameters;
  return JSON.stringify({ ...body, Parameters: parameters });
}

async function release(): Promise<Buffer> {
  const { 'server.js': server, ...files } = revisionFiles('v1');
  const says = "console.log('at your service in ' + process.env.SERVICE_ENVIRONMENT);";
  return zipOf({
    ...files,
    'server.js': { content: says + server!.content },
    'app.service': { content: UNIT },
  });
}

/** Creates the environment from a template and deploys to it. */
async function deployed(template: string) {
  const folder = path.join(temporaryFolder('service-logs'), 'region');
  const region = await Region.start({ folder, clock: new ScaledClock(120) });
  atEnd(() => region.stop());
  const { home } = region;
  const call = async (service: string, operation: string, input: object): Promise<any> =>
    (home.service(service as any) as any).operations[operation](input);

  await call('s3', 'CreateBucket', { Bucket: 'releases' });
  await home.service('s3').write('releases', 'prod.json', Buffer.from(template));
  await home.service('s3').write('releases', 'v1.zip', await release());
  await call('cloudformation', 'CreateStack', {
    StackName: NAMES.stack,
    TemplateURL: 'https://releases.s3.us-east-1.amazonaws.com/prod.json',
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  const stack = await home.service('cloudformation').finished(NAMES.stack);
  expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const { deploymentId } = await call('codedeploy', 'CreateDeployment', {
    applicationName: NAMES.application,
    deploymentGroupName: NAMES.deploymentGroup,
    revision: {
      revisionType: 'S3',
      s3Location: { bucket: 'releases', key: 'v1.zip', bundleType: 'zip' },
    },
  });
  const logged = async (logStreamNamePrefix: string): Promise<string[]> => {
    const { events } = await call('logs', 'FilterLogEvents', {
      logGroupName: NAMES.logGroup,
      logStreamNamePrefix,
    });
    return events.map(({ message }: { message: string }) => message);
  };
  return { region, deployment: await home.service('codedeploy').finished(deploymentId), logged, call };
}

test('what the service writes, what the hook scripts do and how the instances booted comes out of CloudWatch', async () => {
  const { region, deployment, logged, call } = await deployed(environmentTemplate());
  expect(deployment).toMatchObject({ status: 'Succeeded' });
  const { logGroups } = await call('logs', 'DescribeLogGroups', { logGroupNamePrefix: NAMES.logGroup });
  expect(logGroups).toMatchObject([{ logGroupName: NAMES.logGroup, retentionInDays: 90 }]);
  expect(logGroups[0].kmsKeyId).toMatch(/^arn:aws:kms:/);

  let lines: string[] = [];
  while (lines.length < 2) {
    await region.clock.sleep(10_000);
    lines = await logged('service/');
  }
  expect(lines).toEqual(Array(2).fill('at your service in prod'));
  expect((await logged('deployments/')).join('\n')).toMatch(/\[d-[^\]]+\]Script - start\.sh/);
  expect((await logged('first-boot/')).join('\n')).toContain('nodejs24 is installed');
});

test('without the CloudWatch agent nothing does', async () => {
  const without = environmentTemplate().replace(/amazon-cloudwatch-agent-ctl -a fetch-config[^\\]*/, 'true');
  const { region, deployment, call } = await deployed(without);
  expect(deployment).toMatchObject({ status: 'Succeeded' });
  await region.clock.sleep(120_000);
  const { logStreams } = await call('logs', 'DescribeLogStreams', { logGroupName: NAMES.logGroup });
  expect(logStreams).toEqual([]);
});

test('user data that fails is seen: in the journal, and by the deployment that meets no agent', async () => {
  const broken = environmentTemplate().replace(
    'dnf install -y nodejs24',
    'dnf install -y nodejs24 no-such-package',
  );
  const { region, deployment } = await deployed(broken);
  const [failure] = region.journal.entries(({ type }) => type === 'UserDataFailed');
  expect(failure!.message).toMatch(/failed with status 1.*Unable to find a match: no-such-package/s);
  expect(deployment).toMatchObject({
    status: 'Failed',
    errorInformation: {
      code: 'HEALTH_CONSTRAINTS',
      message: expect.stringMatching(/the CodeDeploy agent has not taken the lifecycle event/),
    },
  });
});
