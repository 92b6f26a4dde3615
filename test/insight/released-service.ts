import fs from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { checkDescription } from '../../lib/config/check';
import { ForwardedDeployments } from '../../lib/insight/forwarded-deployments';
import { Insight } from '../../lib/insight/insight';
import { environmentNames, pipelineNames } from '../../lib/names';
import { ScaledClock } from '../../region/clock/clock';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { zipOf } from '../../region/zip/zip';
import { atEnd, temporaryFolder } from '../support/folder';
import { FLAGS } from '../support/synthesize';

/** An account and a region. */
interface Place {
  readonly account: string;
  readonly region: string;
}

const HOME: Place = { account: '111111111111', region: 'us-east-1' };
const ASSETS = `cdk-hnb659fds-assets-${HOME.account}-${HOME.region}`;
const deliveryTo = (place: Place) =>
  checkDescription(
    {
      service: 'harbor',
      ...HOME,
      dashboards: false,
      notifications: {
        authors: ['ada@example.com'],
        chat: { workspaceId: 'T0123456789', channelId: 'C0123456789' },
      },
      environments: [{ name: 'prod', capacity: { min: 2, max: 2 }, ...place }],
    },
    'delivery.ts',
  );
const { pipeline: PIPELINE, repository: REPOSITORY, records: RECORDS } = pipelineNames(deliveryTo(HOME));
const PROD = environmentNames(deliveryTo(HOME), deliveryTo(HOME).environments[0]!);
const METRICS_FUNCTION = 'DeliveryMetrics';

const APPSPEC = `version: 0.0
os: linux
hooks:
  AfterInstall: [{ location: hook.sh, timeout: 30 }]
`;

/** What the delivery metrics say, summed over all time; of times, how often they were measured. */
export interface Metrics {
  readonly Changes: number;
  readonly ChangeFailures: number;
  readonly Deployments: number;
  readonly LeadTime: number;
  readonly TimeToRestore: number;
}

/** A repository, a pipeline and a fleet of one, and the app's insight into them: its own stack and functions. */
export class ReleasedService {
  /** While this file is there the test after the deployment fails. */
  readonly #closed: string;

  private constructor(
    readonly region: Region,
    folder: string,
    private readonly place: Place,
  ) {
    this.#closed = path.join(folder, 'closed');
  }

  /** @param place of the fleet */
  static async start(place = HOME): Promise<ReleasedService> {
    const folder = temporaryFolder('insight');
    const region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(60) });
    atEnd(() => region.stop());
    const service = new ReleasedService(region, folder, place);
    await service.#createFleet();
    await service.#createPipeline();
    await service.#provision(path.join(folder, 'assembly'));
    return service;
  }

  async call(service: string, operation: string, input: object, place = HOME): Promise<any> {
    const scope = this.region.at(place.account, place.region);
    return (scope.service(service as any) as any).operations[operation](input);
  }

  /** Whether the test after the deployment lets a release through. */
  letThrough(through: boolean): void {
    if (through) fs.rmSync(this.#closed, { force: true });
    else fs.writeFileSync(this.#closed, '');
  }

  /** Starts a release of a new commit; resolves with the execution. */
  async push({ fails = false }: { fails?: boolean } = {}): Promise<string> {
    const branch = { repositoryName: REPOSITORY, branchName: 'main' };
    const head = await this.call('codecommit', 'GetBranch', branch).catch(() => undefined);
    await this.call('codecommit', 'CreateCommit', {
      ...branch,
      parentCommitId: head?.branch.commitId,
      authorName: 'Ada Lovelace',
      email: 'ada@example.com',
      commitMessage: fails ? 'Break it' : 'Mend it',
      putFiles: Object.entries({
        'appspec.yml': APPSPEC,
        'hook.sh': `#!/bin/bash\n# ${head?.branch.commitId}\nexit ${fails ? 1 : 0}\n`,
      }).map(([filePath, text]) => ({ filePath, fileContent: Buffer.from(text) })),
    });
    return (await this.call('codepipeline', 'StartPipelineExecution', { name: PIPELINE }))
      .pipelineExecutionId;
  }

  /** Releases a new commit; resolves with the execution once it has come to its end. */
  async release(commit?: { fails?: boolean }): Promise<string> {
    const since = this.region.journal.position;
    const execution = await this.push(commit);
    await this.ends(execution, since);
    return execution;
  }

  async ends(execution: string, since = 0): Promise<void> {
    const ended = ({ type, detail }: JournalEntry) =>
      /^Pipeline(Succeeded|Failed|Superseded)$/.test(type) && detail['execution-id'] === execution;
    await this.region.journal.waitFor(ended, { since });
  }

  async retry(pipelineExecutionId: string): Promise<void> {
    const since = this.region.journal.position;
    const stage = { pipelineName: PIPELINE, stageName: 'prod', retryMode: 'FAILED_ACTIONS' };
    await this.call('codepipeline', 'RetryStageExecution', { ...stage, pipelineExecutionId });
    await this.ends(pipelineExecutionId, since);
  }

  /** Closes or opens the way into production. */
  async transition(operation: 'Enable' | 'Disable'): Promise<void> {
    const stage = { pipelineName: PIPELINE, stageName: 'prod', transitionType: 'Inbound', reason: 'test' };
    await this.call('codepipeline', `${operation}StageTransition`, stage);
  }

  /** Waits until the release stands before production. */
  async waits(execution: string): Promise<void> {
    const sourced = ({ type, detail }: JournalEntry) =>
      type === 'StageSucceeded' && detail['execution-id'] === execution && detail['stage'] === 'Source';
    await this.region.journal.waitFor(sourced);
  }

  /** Delivers every event that the metrics are made from once more. */
  async repeatEvents(): Promise<number> {
    const events = this.#matched(METRICS_FUNCTION);
    for (const { detail } of events) {
      const { event, targets } = detail as { event: object; targets: string[] };
      const Payload = Buffer.from(JSON.stringify(event));
      await this.call('lambda', 'Invoke', { FunctionName: targets[0], Payload });
    }
    return events.length;
  }

  /** Takes away what the metrics function knows to have counted. */
  async forget(): Promise<void> {
    const logGroupName = RECORDS;
    const { logStreams } = await this.call('logs', 'DescribeLogStreams', { logGroupName });
    for (const { logStreamName } of logStreams)
      await this.call('logs', 'DeleteLogStream', { logGroupName, logStreamName });
  }

  async metrics(): Promise<Metrics> {
    await this.#handled(METRICS_FUNCTION);
    const dimensions = { Service: 'harbor', Environment: 'prod' };
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const query = (MetricName: string, Stat: string) => ({
      Id: MetricName.toLowerCase(),
      Label: MetricName,
      MetricStat: { Metric: { Namespace: 'Tidegate', MetricName, Dimensions }, Period: 60, Stat },
    });
    const now = this.region.clock.now();
    const { MetricDataResults } = await this.call('cloudwatch', 'GetMetricData', {
      StartTime: new Date(now - 24 * 3_600_000),
      EndTime: new Date(now + 60_000),
      MetricDataQueries: [
        query('Changes', 'Sum'),
        query('ChangeFailures', 'Sum'),
        query('Deployments', 'Sum'),
        query('LeadTime', 'SampleCount'),
        query('TimeToRestore', 'SampleCount'),
      ],
    });
    const sums = MetricDataResults.map(({ Label, Values }: any) => [
      Label,
      Values.reduce((sum: number, value: number) => sum + value, 0),
    ]);
    return Object.fromEntries(sums) as unknown as Metrics;
  }

  /** What e-mails have said to the author, by their subject. */
  async told(): Promise<{ subject: string; text: string }[]> {
    await this.#handled('Notify');
    const deliveries = this.region.journal.entries(
      ({ type, subject }) => type === 'DeliveryRecorded' && subject === 'ada@example.com',
    );
    return deliveries.map(({ detail }) => ({
      subject: String(detail['subject']),
      text: String(detail['message']),
    }));
  }

  /** Waits until a function has been invoked with every event that has matched its rules. */
  async #handled(name: string): Promise<void> {
    const done = () =>
      this.region.journal.entries(
        ({ type, subject }) => type.startsWith('Invocation') && subject.includes(name),
      );
    while (done().length < this.#matched(name).length) {
      const { position } = this.region.journal;
      await this.region.journal.waitFor(({ type }) => type.startsWith('Invocation'), { since: position });
    }
    const failed = done().filter(({ type }) => type === 'InvocationFailed');
    if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join('\n'));
  }

  #matched(name: string): JournalEntry[] {
    return this.region.journal.entries(
      ({ type, detail }) => type === 'RuleMatched' && String(detail['targets']).includes(name),
    );
  }

  async #createFleet(): Promise<void> {
    const { account, region } = this.place;
    const call = (service: string, operation: string, input: object) =>
      this.call(service, operation, input, this.place);
    const template = { LaunchTemplateName: 'template', LaunchTemplateData: {} };
    const { LaunchTemplate } = await call('ec2', 'CreateLaunchTemplate', template);
    await call('autoscaling', 'CreateAutoScalingGroup', {
      AutoScalingGroupName: 'fleet',
      MinSize: 1,
      MaxSize: 1,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate.LaunchTemplateId, Version: '$Latest' },
      VPCZoneIdentifier: 'subnet-1',
    });
    await this.region.at(account, region).service('autoscaling').group('fleet').stable();
    await call('codedeploy', 'CreateApplication', { applicationName: PROD.application });
    await call('codedeploy', 'CreateDeploymentGroup', {
      applicationName: PROD.application,
      deploymentGroupName: PROD.deploymentGroup,
      serviceRoleArn: roleIn(this.place),
      autoScalingGroups: ['fleet'],
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
    });
    const { TopicArn } = await call('sns', 'CreateTopic', { Name: PROD.topic });
    await call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'ada@example.com' });
  }

  async #createPipeline(): Promise<void> {
    for (const place of new Set([HOME, this.place]))
      await this.call('s3', 'CreateBucket', { Bucket: bucketIn(place) }, place);
    await this.call('codecommit', 'CreateRepository', { repositoryName: REPOSITORY });
    await this.call('codebuild', 'CreateProject', {
      name: 'Test',
      source: {
        type: 'CODEPIPELINE',
        buildspec: JSON.stringify({
          version: 0.2,
          phases: { build: { commands: [`test ! -e ${this.#closed}`] } },
        }),
      },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: roleIn(HOME),
    });
    const action = (name: string, category: string, provider: string, more: object) => ({
      name,
      actionTypeId: { category, owner: 'AWS', provider, version: '1' },
      ...more,
    });
    const inputArtifacts = [{ name: 'Revision' }];
    const stages = [
      {
        name: 'Source',
        actions: [
          action('Source', 'Source', 'CodeCommit', {
            configuration: { RepositoryName: REPOSITORY, BranchName: 'main', PollForSourceChanges: 'false' },
            outputArtifacts: inputArtifacts,
          }),
        ],
      },
      {
        name: 'prod',
        actions: [
          action('Deploy', 'Deploy', 'CodeDeploy', {
            configuration: {
              ApplicationName: PROD.application,
              DeploymentGroupName: PROD.deploymentGroup,
            },
            inputArtifacts,
            roleArn: roleIn(this.place),
            region: this.place.region,
          }),
          action('Test', 'Test', 'CodeBuild', {
            configuration: { ProjectName: 'Test' },
            inputArtifacts,
            runOrder: 2,
          }),
        ],
      },
    ];
    await this.call('codepipeline', 'CreatePipeline', {
      pipeline: {
        name: PIPELINE,
        roleArn: roleIn(HOME),
        pipelineType: 'V2',
        artifactStores: Object.fromEntries(
          [HOME, this.place].map((place) => [place.region, { type: 'S3', location: bucketIn(place) }]),
        ),
        stages,
      },
    });
    await this.region.journal.waitFor(({ type }) => type === 'PipelineFailed');
  }

  async #provision(outdir: string): Promise<void> {
    const app = new App({ outdir, context: FLAGS, analyticsReporting: false });
    const delivery = deliveryTo(this.place);
    const stack = new Stack(app, 'Delivery', { env: HOME });
    new Insight(stack, 'Insight', { delivery });
    const stacks: [Stack, Place][] = [[stack, HOME]];
    if (this.place !== HOME) {
      const there = new Stack(app, 'Environment', { env: this.place });
      new ForwardedDeployments(there, 'Forwarded', { delivery, environment: delivery.environments[0]! });
      stacks.push([there, this.place]);
    }
    const assembly = app.synth();
    await this.call('s3', 'CreateBucket', { Bucket: ASSETS });
    for (const asset of fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'))) {
      const handler = fs.readFileSync(path.join(outdir, asset, 'index.js'), 'utf8');
      const key = `${asset.replace('asset.', '')}.zip`;
      await this.region.home.service('s3').write(ASSETS, key, await zipOf({ 'index.js': handler }));
    }
    for (const [{ artifactId, stackName: StackName }, place] of stacks) {
      const bootstrap = { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' };
      await this.call('ssm', 'PutParameter', bootstrap, place);
      const TemplateBody = JSON.stringify(assembly.getStackArtifact(artifactId).template);
      const input = { StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] };
      await this.call('cloudformation', 'CreateStack', input, place);
      const cloudformation = this.region.at(place.account, place.region).service('cloudformation');
      const made = await cloudformation.finished(StackName);
      if (made.StackStatus !== 'CREATE_COMPLETE') throw new Error(made.StackStatusReason);
    }
  }
}

const roleIn = ({ account }: Place) => `arn:aws:iam::${account}:role/any`;
const bucketIn = ({ region }: Place) => `artifacts-${region}`;
