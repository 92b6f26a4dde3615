import http from 'node:http';
import path from 'node:path';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { ScaledClock } from '../../../region/clock/clock';
import type { JournalEntry } from '../../../region/journal/journal';
import { Region } from '../../../region/region';
import { atEnd, temporaryFolder } from '../../support/folder';
import { type RevisionOptions, revision } from '../../support/revision';

const GROUP = { applicationName: 'app', deploymentGroupName: 'group' };

/** By CloudFormation, since only that suspends processes. */
const DEPLOYMENT_GROUP = {
  Type: 'AWS::CodeDeploy::DeploymentGroup',
  Properties: {
    ApplicationName: GROUP.applicationName,
    DeploymentGroupName: GROUP.deploymentGroupName,
    ServiceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
    AutoScalingGroups: ['fleet'],
    DeploymentStyle: { DeploymentType: 'IN_PLACE', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
    LoadBalancerInfo: { TargetGroupInfoList: [{ Name: 'targets' }] },
    AlarmConfiguration: { Enabled: true, Alarms: [{ Name: 'errors' }] },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_FAILURE'],
    },
    Ec2DeploymentOptions: { AutoScalingGroupProcessesToSuspend: ['Terminate'] },
  },
};

/** Real hosts of an Auto Scaling group of 2 to 4, one by one deployed to behind a real load balancer, under traffic. */
export class PlayedFleet {
  /** What was answered, oldest first. A request without an answer has status 0. */
  readonly traffic: { status: number; revision: string }[] = [];

  private constructor(readonly region: Region) {}

  /** @param scale of the clock: a CloudWatch minute in a second, unless more is asked for */
  static async start(scale = 60): Promise<PlayedFleet> {
    const folder = path.join(temporaryFolder('fleet'), 'region');
    const region = await Region.start({ folder, clock: new ScaledClock(scale) });
    atEnd(() => region.stop());
    const fleet = new PlayedFleet(region);
    const address = await fleet.#provision();
    await fleet.publish('v1');
    const { errorInformation } = await fleet.release('v1');
    if (errorInformation) throw new Error(errorInformation.message);
    fleet.#sendTraffic(`${address}/`, `${address}/quote`);
    return fleet;
  }

  async call(service: string, operation: string, input: object): Promise<any> {
    return (this.region.home.service(service as any) as any).operations[operation](input);
  }

  async publish(name: string, options?: RevisionOptions): Promise<void> {
    await this.region.home.service('s3').write('releases', `${name}.zip`, await revision(name, options));
  }

  /** Begins a deployment; resolves with its id. */
  async deploy(name: string): Promise<string> {
    const s3Location = { bucket: 'releases', key: `${name}.zip`, bundleType: 'zip' };
    const input = { ...GROUP, revision: { revisionType: 'S3', s3Location } };
    return (await this.call('codedeploy', 'CreateDeployment', input)).deploymentId;
  }

  finished(deploymentId: string): Promise<DeploymentInfo> {
    return this.region.home.service('codedeploy').finished(deploymentId);
  }

  /** Deploys, and resolves with what came of it. */
  async release(name: string): Promise<DeploymentInfo> {
    return this.finished(await this.deploy(name));
  }

  async configure(settings: object): Promise<void> {
    const { applicationName, deploymentGroupName: currentDeploymentGroupName } = GROUP;
    const input = { applicationName, currentDeploymentGroupName, ...settings };
    await this.call('codedeploy', 'UpdateDeploymentGroup', input);
  }

  /** Sets the deregistration delay, seconds of AWS time. */
  async drainFor(seconds: number): Promise<void> {
    const { TargetGroups } = await this.call('elasticloadbalancing', 'DescribeTargetGroups', {});
    await this.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
      TargetGroupArn: TargetGroups[0].TargetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }],
    });
  }

  /** Resolves when the alarm, which would stop the next deployment, is not red any more. */
  async quiet(): Promise<void> {
    const changes = ({ type }: JournalEntry) => type === 'AlarmStateChange';
    const last = this.region.journal.entries(changes).at(-1);
    if (last?.detail['to'] !== 'ALARM') return;
    await this.region.journal.waitFor((entry) => changes(entry) && entry.detail['to'] === 'OK', {
      since: last.seq,
    });
  }

  /** Resolves with the instance that next comes into a state. */
  async next(state: 'Pending' | 'InService' | 'Terminating', since: number): Promise<JournalEntry> {
    return this.region.journal.waitFor(
      ({ type, detail }) => type === 'LifecycleStateChange' && detail['state'] === state,
      { since },
    );
  }

  /** The revisions that were installed on an instance, in order. */
  installed(instanceId: string): string[] {
    return this.region.journal
      .entries(({ type, subject }) => type === 'RevisionInstalled' && subject === instanceId)
      .map(({ detail }) => (detail['revision'] as { key: string }).key.replace('.zip', ''));
  }

  get instances(): string[] {
    const { Instances } = this.region.home.service('autoscaling').group('fleet').describe();
    return Instances!.map(({ InstanceId }) => InstanceId!);
  }

  /** @returns what serves the load balancer: alone, when it is one revision */
  async serves(): Promise<Set<string>> {
    const last = this.traffic.length;
    await this.region.clock.sleep(60_000);
    return new Set(this.traffic.slice(last + 2).map(({ revision }) => revision));
  }

  async #provision(): Promise<string> {
    await this.call('s3', 'CreateBucket', { Bucket: 'releases' });
    const [{ LoadBalancerArn, DNSName }] = (
      await this.call('elasticloadbalancing', 'CreateLoadBalancer', { Name: 'balancer' })
    ).LoadBalancers;
    const [{ TargetGroupArn }] = (
      await this.call('elasticloadbalancing', 'CreateTargetGroup', {
        Name: 'targets',
        Port: 8080,
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
      })
    ).TargetGroups;
    await this.drainFor(30);
    await this.call('elasticloadbalancing', 'CreateListener', {
      LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    });
    const { LaunchTemplate } = await this.call('ec2', 'CreateLaunchTemplate', {
      LaunchTemplateName: 'template',
      LaunchTemplateData: {},
    });
    await this.call('autoscaling', 'CreateAutoScalingGroup', {
      AutoScalingGroupName: 'fleet',
      MinSize: 2,
      MaxSize: 4,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate.LaunchTemplateId, Version: '$Latest' },
      VPCZoneIdentifier: 'subnet-1,subnet-2',
      TargetGroupARNs: [TargetGroupArn],
    });
    await this.region.home.service('autoscaling').group('fleet').stable();
    await this.call('cloudwatch', 'PutMetricAlarm', {
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
    await this.call('codedeploy', 'CreateApplication', { applicationName: 'app' });
    await this.call('cloudformation', 'CreateStack', {
      StackName: 'group',
      TemplateBody: JSON.stringify({ Resources: { Group: DEPLOYMENT_GROUP } }),
    });
    await this.region.home.service('cloudformation').finished('group');
    return `http://${DNSName}`;
  }

  #sendTraffic(...urls: string[]): void {
    let running = true;
    const agent = new http.Agent({ keepAlive: true });
    const clients = urls.map(async (url) => {
      while (running) {
        this.traffic.push(await ask(url, agent));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    atEnd(async () => {
      running = false;
      await Promise.all(clients);
      agent.destroy();
    });
  }
}

function ask(url: string, agent: http.Agent): Promise<{ status: number; revision: string }> {
  return new Promise((resolve) => {
    http
      .get(url, { agent }, (response) => {
        const answer = { status: response.statusCode!, revision: String(response.headers['x-revision']) };
        response.resume().on('end', () => resolve(answer));
      })
      .on('error', () => resolve({ status: 0, revision: '' }));
  });
}
