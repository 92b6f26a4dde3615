import http from 'node:http';
import path from 'node:path';
import { ScaledClock } from '../../../region/clock/clock';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';
import { revision } from '../../support/revision';

/** Real hosts, a real load balancer, measured metrics, steady traffic: releases and a rollback, end to end. */
const folder = temporaryFolder('release');
let region: Region;
const traffic: { status: number; revision: string }[] = [];
let running = true;
const clients: Promise<void>[] = [];

async function publish(name: string, fails = false): Promise<void> {
  const bundle = await revision(name, fails ? { fails: "request.url === '/quote'" } : undefined);
  await region.home.service('s3').write('releases', `${name}.zip`, bundle);
}

const call = async (service: string, operation: string, input: object): Promise<any> =>
  (region.home.service(service as any) as any).operations[operation](input);

async function deploy(revision: string) {
  const { deploymentId } = await call('codedeploy', 'CreateDeployment', {
    applicationName: 'app',
    deploymentGroupName: 'group',
    revision: {
      revisionType: 'S3',
      s3Location: { bucket: 'releases', key: `${revision}.zip`, bundleType: 'zip' },
    },
  });
  return region.home.service('codedeploy').finished(deploymentId);
}

/** Sets the deregistration delay, seconds of AWS time. */
async function drainFor(seconds: number): Promise<void> {
  const { TargetGroups } = await call('elasticloadbalancing', 'DescribeTargetGroups', {});
  await call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: TargetGroups[0].TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }],
  });
}

function request(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve) => {
    http
      .get(url, { agent }, (response) => {
        response.resume().on('end', () => {
          traffic.push({
            status: response.statusCode!,
            revision: String(response.headers['x-revision']),
          });
          resolve();
        });
      })
      .on('error', () => {
        traffic.push({ status: 0, revision: '' });
        resolve();
      });
  });
}

beforeAll(async () => {
  region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(60) });
  await call('s3', 'CreateBucket', { Bucket: 'releases' });
  const [{ LoadBalancerArn, DNSName }] = (
    await call('elasticloadbalancing', 'CreateLoadBalancer', { Name: 'balancer' })
  ).LoadBalancers;
  const [{ TargetGroupArn }] = (
    await call('elasticloadbalancing', 'CreateTargetGroup', {
      Name: 'targets',
      Port: 8080,
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
    })
  ).TargetGroups;
  await drainFor(30);
  await call('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  const { LaunchTemplate } = await call('ec2', 'CreateLaunchTemplate', {
    LaunchTemplateName: 'template',
    LaunchTemplateData: {},
  });
  await call('autoscaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: 'fleet',
    MinSize: 2,
    MaxSize: 3,
    LaunchTemplate: { LaunchTemplateId: LaunchTemplate.LaunchTemplateId, Version: '$Latest' },
    VPCZoneIdentifier: 'subnet-1,subnet-2',
    TargetGroupARNs: [TargetGroupArn],
  });
  await region.home.service('autoscaling').group('fleet').stable();
  await call('cloudwatch', 'PutMetricAlarm', {
    AlarmName: 'errors',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'LoadBalancer', Value: LoadBalancerArn.split('loadbalancer/')[1] }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  await call('codedeploy', 'CreateApplication', { applicationName: 'app' });
  await call('codedeploy', 'CreateDeploymentGroup', {
    applicationName: 'app',
    deploymentGroupName: 'group',
    serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
    autoScalingGroups: ['fleet'],
    deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    loadBalancerInfo: { targetGroupInfoList: [{ name: 'targets' }] },
    alarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }] },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_FAILURE'] },
  });
  await publish('v1');
  const info = await deploy('v1');
  expect(info.errorInformation).toBeUndefined();
  const agent = new http.Agent({ keepAlive: true });
  const client = async (url: string) => {
    while (running) {
      await request(url, agent);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  clients.push(client(`http://${DNSName}/`), client(`http://${DNSName}/quote`));
}, 60_000);

afterAll(async () => {
  running = false;
  await Promise.all(clients);
  await region?.stop();
});

test('a good release replaces the fleet and not one request fails', async () => {
  await publish('v2');
  traffic.length = 0;
  expect(await deploy('v2')).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 2 } });
  expect(traffic.length).toBeGreaterThan(20);
  expect(traffic.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(traffic.map(({ revision }) => revision))).toEqual(new Set(['v1', 'v2']));
});

test('a release that fails only on some requests is stopped by the alarm and rolled back', async () => {
  await publish('v3', true);
  // CloudWatch needs a minute to see it, so the first instance has to serve that long before the second has gone.
  await drainFor(150);
  traffic.length = 0;
  const info = await deploy('v3');
  expect(info).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
  const rollback = await region.home.service('codedeploy').finished(info.rollbackInfo!.rollbackDeploymentId!);
  expect(rollback).toMatchObject({ status: 'Succeeded', revision: { s3Location: { key: 'v2.zip' } } });
  // What is never answered by the load balancer itself: the bad revision failed, the road did not.
  expect(new Set(traffic.map(({ status }) => status))).toEqual(new Set([200, 500]));
  const last = traffic.length;
  await region.clock.sleep(60_000);
  expect(new Set(traffic.slice(last + 2).map(({ revision }) => revision))).toEqual(new Set(['v2']));
}, 60_000);

test('an instance that is killed is replaced by one with the last good revision', async () => {
  const since = region.journal.position;
  const { Instances } = region.home.service('autoscaling').group('fleet').describe();
  const lost = Instances![0]!.InstanceId!;
  await region.home.service('ec2').host(lost).terminate();
  const launched = await region.journal.waitFor(
    ({ type, detail }) => type === 'LifecycleStateChange' && detail.state === 'InService',
    { since },
  );
  const installed = region.journal.entries(
    ({ type, subject }) => type === 'RevisionInstalled' && subject === launched.subject,
  );
  expect(installed.map(({ detail }) => (detail.revision as { key: string }).key)).toEqual(['v2.zip']);
}, 60_000);
