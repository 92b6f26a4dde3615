import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { BuildSpec, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { Artifact, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeBuildAction,
  CodeCommitSourceAction,
  CodeCommitTrigger,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { CodePipelineSource } from 'aws-cdk-lib/pipelines';
import { checkDescription } from '../../lib/config/check';
import { BakeFunction } from '../../lib/gates/bake-function';
import { BakeStep } from '../../lib/gates/bake-step';
import { GatedPipeline } from '../../lib/gates/gated-pipeline';
import { testStep } from '../../lib/gates/test-step';
import { environmentNames } from '../../lib/names';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { createService, type Service } from '../../service/src/server';
import { deploy } from '../support/deploy';
import { atEnd, temporaryFolder } from '../support/folder';
import { LeapingClock } from '../support/leaping-clock';

const SERVICE = path.join(__dirname, '../../service');
const TRAFFIC = { loadBalancer: 'app/harbor/1', targetGroup: 'targetgroup/harbor/2' };

const midnight = (date: string) => `${date}T00:00:00+01:00`;
const freeze = (from: string, to: string) => ({
  from: midnight(from),
  to: midnight(to),
  reason: 'Stocktaking',
});

const delivery = checkDescription(
  {
    service: 'harbor',
    environments: [
      {
        name: 'beta',
        capacity: { min: 2, max: 2 },
        bakeMinutes: 3,
        minimumRequests: 100,
        bakeLimitMinutes: 6,
        deploymentWindow: { cron: '* * 9-16 ? * MON-FRI', timeZone: 'Europe/Berlin' },
        freezes: [freeze('2030-01-09', '2030-01-10'), freeze('2030-01-11', '2030-01-12')],
      },
      { name: 'prod', capacity: { min: 2, max: 2 } },
    ],
  },
  'test',
);
const [beta] = delivery.environments;
const ALARMS = Object.values(environmentNames(delivery, beta!).alarms);

/** A Monday morning inside the deployment window, two days before the first freeze. */
const START = '2030-01-07T09:00:00+01:00';

/** A pipeline of source and beta, with the gates of beta: entry condition, integration test, bake. */
export class GatedRelease {
  /** Whether the service answers quotes with an error. */
  broken = false;
  /** The run that the creation of the pipeline starts. */
  first!: Played;

  #revision = '';
  /** What answers behind the load balancer, in the revision of the last commit. */
  #service!: Service;

  private constructor(
    readonly region: Region,
    private readonly clock: LeapingClock,
  ) {}

  static async start(): Promise<GatedRelease> {
    const clock = new LeapingClock(240, START);
    const region = await Region.start({ folder: temporaryFolder('gates'), clock });
    atEnd(() => region.stop());
    const release = new GatedRelease(region, clock);
    await release.call('codecommit', 'CreateRepository', { repositoryName: 'harbor' });
    const files = [path.join(SERVICE, 'test-integration'), path.join(SERVICE, 'package.json')];
    await release.#commit(serviceFiles(...files));
    const url = await release.#serve();
    release.first = new Played(release, region.journal.position);
    await deploy(region, (stack) => declare(stack, url));
    return release;
  }

  async call(service: string, operation: string, input: object): Promise<any> {
    return (this.region.home.service(service as any) as any).operations[operation](input);
  }

  /** @param time ISO 8601, later than it is */
  leapTo(time: string): void {
    this.clock.leapTo(time);
  }

  /** A new commit, and the pipeline's run with it. */
  async push(): Promise<Played> {
    await this.#commit([{ filePath: 'CHANGES.md', fileContent: Buffer.from(`after ${this.#revision}`) }]);
    return this.run();
  }

  /** Takes the freezes out of the pipeline, as a push that changes the description does. */
  async thaw(): Promise<void> {
    const { pipeline } = await this.call('codepipeline', 'GetPipeline', { name: 'gated' });
    const { configuration } = pipeline.stages.at(-1).beforeEntry.conditions[0].rules[0];
    const parameters = JSON.parse(configuration.UserParameters);
    for (const environment of parameters.environments) delete environment.freezes;
    configuration.UserParameters = JSON.stringify(parameters);
    await this.call('codepipeline', 'UpdatePipeline', { pipeline });
  }

  /** Starts the pipeline. */
  async run(): Promise<Played> {
    const since = this.region.journal.position;
    await this.call('codepipeline', 'StartPipelineExecution', { name: 'gated' });
    return new Played(this, since);
  }

  /** Retries what has failed in the stage. */
  retry(): Promise<Played> {
    return this.#again('RetryStageExecution', { retryMode: 'FAILED_ACTIONS' });
  }

  /** Overrides the entry condition that the stage has failed. */
  override(): Promise<Played> {
    return this.#again('OverrideStageCondition', { conditionType: 'BEFORE_ENTRY' });
  }

  async #again(operation: string, input: object): Promise<Played> {
    const since = this.region.journal.position;
    const { stageStates } = await this.call('codepipeline', 'GetPipelineState', { name: 'gated' });
    const { pipelineExecutionId } = stageStates.at(-1).latestExecution;
    const stage = { pipelineName: 'gated', stageName: 'beta', pipelineExecutionId };
    await this.call('codepipeline', operation, { ...stage, ...input });
    return new Played(this, since);
  }

  /** Declares the release alarms of beta, which keep the state that they are set to. */
  async putAlarms(): Promise<void> {
    for (const AlarmName of ALARMS)
      await this.call('cloudwatch', 'PutMetricAlarm', {
        ...{ AlarmName, Namespace: 'Own', MetricName: AlarmName, Statistic: 'Sum', Period: 60 },
        ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
        TreatMissingData: 'ignore',
      });
  }

  async setAlarm(StateValue: 'OK' | 'ALARM'): Promise<void> {
    await this.call('cloudwatch', 'SetAlarmState', {
      AlarmName: ALARMS[0],
      StateValue,
      StateReason: 'by hand',
    });
  }

  /** Requests in every minute from now on, as the load balancer would record them. */
  sendTraffic(requestsPerMinute: number): { cancel(): void } {
    const cloudwatch = this.region.home.service('cloudwatch');
    const dimensions = { LoadBalancer: TRAFFIC.loadBalancer, TargetGroup: TRAFFIC.targetGroup };
    const metric = { namespace: 'AWS/ApplicationELB', metricName: 'RequestCount', dimensions, unit: 'Count' };
    return this.region.clock.every(60_000, () =>
      cloudwatch.record({ ...metric, value: 1, count: requestsPerMinute }),
    );
  }

  async #commit(putFiles: object[]): Promise<void> {
    const { commitId } = await this.call('codecommit', 'CreateCommit', {
      repositoryName: 'harbor',
      branchName: 'main',
      parentCommitId: this.#revision || undefined,
      putFiles,
    });
    this.#revision = commitId;
    const service = createService(commitId);
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    atEnd(() => service.stop());
    this.#service = service;
  }

  /** The address of the service; while it is broken, its quotes fail. */
  async #serve(): Promise<string> {
    const front = http.createServer((request, response) => {
      const { method, url } = request;
      if (this.broken && url!.startsWith('/quote')) return response.writeHead(500).end('{}');
      const forward = http.request({ port: this.#service.port(), path: url, method }, (answer) =>
        answer.pipe(response.writeHead(answer.statusCode!)),
      );
      return request.pipe(forward);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    atEnd(() => front.close().closeAllConnections());
    return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  }
}

/** What comes of one run of the pipeline. */
class Played {
  constructor(
    private readonly release: GatedRelease,
    private readonly since: number,
  ) {}

  /** Resolves with the next entry of a type. */
  next(type: string, matches: (entry: JournalEntry) => boolean = () => true): Promise<JournalEntry> {
    const { journal } = this.release.region;
    return journal.waitFor((entry) => entry.type === type && matches(entry), { since: this.since });
  }

  /** Resolves with how the run ended. */
  async end(): Promise<{ status: string; message: string; actions: string[] }> {
    const { journal } = this.release.region;
    const end = await journal.waitFor(({ type }) => /^Pipeline(Succeeded|Failed)$/.test(type), {
      since: this.since,
    });
    const actions = journal
      .entries(({ seq, type }) => seq > this.since && /^Action(Succeeded|Failed)$/.test(type))
      .map(({ type, detail }) => `${detail['action']} ${type.replace('Action', '')}`);
    return { status: end.type.replace('Pipeline', ''), message: end.message, actions };
  }
}

function serviceFiles(...paths: string[]): { filePath: string; fileContent: Buffer }[] {
  return paths.flatMap((file) =>
    fs.statSync(file).isDirectory()
      ? serviceFiles(...fs.readdirSync(file).map((name) => path.join(file, name)))
      : [
          {
            filePath: path.join('service', path.relative(SERVICE, file)),
            fileContent: fs.readFileSync(file),
          },
        ],
  );
}

/** The app's own gates; what stands between them (provisioning, the deployment) is left out, and so are its outputs. */
function declare(stack: Stack, url: string): void {
  const repository = Repository.fromRepositoryName(stack, 'Repository', 'harbor');
  const sources = new Artifact('Sources');
  const pipeline = new GatedPipeline(stack, 'Pipeline', {
    delivery,
    pipelineName: 'gated',
    pipelineType: PipelineType.V2,
  });
  const source = new CodeCommitSourceAction({
    actionName: 'Source',
    repository,
    branch: 'main',
    output: sources,
    trigger: CodeCommitTrigger.NONE,
  });
  pipeline.addStage({ stageName: 'Source', actions: [source] });
  const stage = pipeline.addStage({ stageName: 'beta' });

  const output = new CfnOutput(stack, 'Url', { value: url });
  const step = testStep({
    delivery,
    environment: beta!,
    source: CodePipelineSource.codeCommit(repository, 'main'),
    url: output,
  });
  stage.addAction(
    new CodeBuildAction({
      actionName: step.id,
      input: sources,
      project: new PipelineProject(stack, 'Test', {
        buildSpec: BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: step.commands } } }),
      }),
      environmentVariables: {
        SERVICE_URL: { value: url },
        REVISION: { value: source.variables.commitId },
      },
    }),
  );
  const [loadBalancer, targetGroup] = (['loadBalancer', 'targetGroup'] as const).map(
    (key) => new CfnOutput(stack, key, { value: TRAFFIC[key] }),
  );
  const bakeFunction = new BakeFunction(stack, 'Bake');
  const traffic = { loadBalancer: loadBalancer!, targetGroup: targetGroup! };
  const bake = new BakeStep({ delivery, environment: beta!, bakeFunction, traffic });
  bake.produceAction(stage, {
    scope: stack,
    actionName: bake.id,
    runOrder: 2,
    stackOutputsMap: {
      toCodePipeline: ({ outputName }: { outputName: string }) => TRAFFIC[outputName as keyof typeof TRAFFIC],
    },
  } as any);
}
