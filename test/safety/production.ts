import http from 'node:http';
import path from 'node:path';
import { ScaledClock } from '../../region/clock/clock';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { atEnd, temporaryFolder } from '../support/folder';
import { revisionFiles } from '../support/revision';
import { PIPELINE, type ProductionOptions, provision, STAGE } from './stacks';

/** What the names of the guard's rules begin with: the stack's, and the construct's. */
const GUARD = 'Tidegate-harbor-prod-Guard';
const ROLE = 'arn:aws:iam::111111111111:role/any';

/** What is wrong with a revision. */
export interface Revision {
  /** Whether it fails the request `/rare`. @default false */
  readonly fails?: boolean;
  /** Whether its ApplicationStop fails. @default false */
  readonly brokenStop?: boolean;
}

/** Production of the service `harbor`, as the app declares it, with a pipeline that does no more than deploy to it. */
export class Production {
  readonly pipeline = PIPELINE;
  readonly stage = STAGE;
  #paths = ['/'];
  #revisions = 0;

  private constructor(
    readonly region: Region,
    private readonly address: string,
    private readonly options: ProductionOptions,
  ) {}

  static async start(options: ProductionOptions = {}): Promise<Production> {
    const folder = temporaryFolder('production');
    const region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(120) });
    atEnd(() => region.stop());
    const address = await provision(region, path.join(folder, 'assembly'), options);
    const production = new Production(region, address, options);
    await production.#createPipeline();
    return production;
  }

  async call(service: string, operation: string, input: object): Promise<any> {
    return (this.region.home.service(service as any) as any).operations[operation](input);
  }

  /** Pushes a revision and starts the pipeline; resolves with the commit. */
  async push({ fails, brokenStop }: Revision = {}): Promise<string> {
    const revision = `v${++this.#revisions}`;
    const files = revisionFiles(revision, {
      fails: fails ? "request.url === '/rare'" : undefined,
      brokenStop,
    });
    const { commitId } = await this.call('codecommit', 'CreateCommit', {
      repositoryName: 'harbor',
      branchName: 'main',
      ...(this.#revisions > 1 && { parentCommitId: await this.head() }),
      commitMessage: revision,
      putFiles: Object.entries(files).map(([filePath, { content }]) => ({
        filePath,
        fileContent: Buffer.from(content),
      })),
    });
    await this.run();
    return commitId;
  }

  /** Pushes a revision and lets the pipeline come to its end. */
  async release(revision?: Revision): Promise<string> {
    const since = this.region.journal.position;
    const commit = await this.push(revision);
    const end = await this.region.journal.waitFor(
      ({ type, subject }) => subject === this.pipeline && /^Pipeline(Succeeded|Failed)$/.test(type),
      { since },
    );
    if (end.type !== 'PipelineSucceeded') throw new Error(end.message);
    return commit;
  }

  /** Starts the pipeline with the head of the branch; resolves with the execution's id. */
  async run(): Promise<string> {
    return (await this.call('codepipeline', 'StartPipelineExecution', { name: this.pipeline }))
      .pipelineExecutionId;
  }

  async head(): Promise<string> {
    const { branch } = await this.call('codecommit', 'GetBranch', {
      repositoryName: 'harbor',
      branchName: 'main',
    });
    return branch.commitId;
  }

  /** From now on users ask for this too. */
  ask(...paths: string[]): void {
    this.#paths = ['/', ...paths];
  }

  /** Resolves when an alarm of the release changes into that state. */
  alarm(to: 'ALARM' | 'OK', since: number) {
    return this.region.journal.waitFor(
      ({ type, subject, detail }) =>
        type === 'AlarmStateChange' && subject === 'harbor-prod-error-rate' && detail['to'] === to,
      { since },
    );
  }

  /** Deployments to the whole fleet, or to another group, newest first. */
  async deployments(deploymentGroupName = 'harbor-prod'): Promise<any[]> {
    const group = { applicationName: 'harbor-prod', deploymentGroupName };
    const { deployments } = await this.call('codedeploy', 'ListDeployments', group);
    const { deploymentsInfo } = await this.call('codedeploy', 'BatchGetDeployments', {
      deploymentIds: deployments,
    });
    return deploymentsInfo;
  }

  /** What the load balancer answers: the revision of each of its targets in turn. */
  async serves(): Promise<string[]> {
    const answers = new Set<string>();
    for (let count = 0; count < 4; count++) answers.add(await get(`${this.address}/`));
    return [...answers];
  }

  async transition() {
    const { stageStates } = await this.call('codepipeline', 'GetPipelineState', { name: this.pipeline });
    return stageStates.find(({ stageName }: any) => stageName === this.stage).inboundTransitionState;
  }

  async executionStatus(pipelineExecutionId: string): Promise<string> {
    const input = { pipelineName: this.pipeline, pipelineExecutionId };
    return (await this.call('codepipeline', 'GetPipelineExecution', input)).pipelineExecution.status;
  }

  /** A push that changes the pipeline itself: what ran before ran in another structure. */
  async restructure(): Promise<void> {
    await this.call('codepipeline', 'UpdatePipeline', { pipeline: this.#declaration('DeployToFleet') });
  }

  /** What a person, or a condition of the stage, could do: CodePipeline's own rollback to the last good release. */
  async rollBackStage(): Promise<void> {
    const { pipelineName, stageName } = { pipelineName: this.pipeline, stageName: this.stage };
    const { pipelineExecutionSummaries } = await this.call('codepipeline', 'ListPipelineExecutions', {
      pipelineName,
      filter: { succeededInStage: { stageName } },
    });
    const targetPipelineExecutionId = pipelineExecutionSummaries[1].pipelineExecutionId;
    await this.call('codepipeline', 'RollbackStage', { pipelineName, stageName, targetPipelineExecutionId });
  }

  /** Subjects of what the guard has told the team. */
  notices(): string[] {
    return this.region.journal.entries(isNotice).map(({ detail }) => String(detail['subject']));
  }

  /** Resolves when the guard tells the team something. */
  notice(since: number): Promise<JournalEntry> {
    return this.region.journal.waitFor(isNotice, { since });
  }

  /** Resolves when the function that lifts freezes has run. */
  async looked(since: number): Promise<void> {
    const ran = ({ type, subject }: JournalEntry) => type === 'Invocation' && subject.includes('FreezeLift');
    await this.region.journal.waitFor(ran, { since });
  }

  /** Delivers the events that have invoked the guard since then a second time; resolves with what it answers. */
  async repeatEvents(since: number): Promise<string[]> {
    const matched = this.region.journal.entries(
      ({ seq, type, subject }) => seq > since && type === 'RuleMatched' && subject.startsWith(GUARD),
    );
    const answers: string[] = [];
    for (const { detail } of matched) {
      const { event, targets } = detail as { event: object; targets: string[] };
      const Payload = Buffer.from(JSON.stringify(event));
      const answer = await this.call('lambda', 'Invoke', { FunctionName: targets[0], Payload });
      answers.push(JSON.parse(Buffer.from(answer.Payload).toString()));
    }
    return answers;
  }

  /** Takes the guard's memory of what it has told. */
  async forget(): Promise<void> {
    const logGroupName = '/tidegate/harbor/prod/incidents';
    const { logStreams } = await this.call('logs', 'DescribeLogStreams', { logGroupName });
    for (const { logStreamName } of logStreams)
      await this.call('logs', 'DeleteLogStream', { logGroupName, logStreamName });
  }

  /** By the AWS API, as a person could in a hurry. */
  async disconnectGuard(): Promise<void> {
    const { Rules } = await this.call('events', 'ListRules', { NamePrefix: GUARD });
    if (Rules.length !== 2) throw new Error(`found ${Rules.length} rules of the guard`);
    for (const { Name } of Rules) await this.call('events', 'DisableRule', { Name });
  }

  async #createPipeline(): Promise<void> {
    await this.call('s3', 'CreateBucket', { Bucket: 'artifacts' });
    await this.call('codecommit', 'CreateRepository', { repositoryName: 'harbor' });
    await this.call('codepipeline', 'CreatePipeline', { pipeline: this.#declaration('Deploy') });
    await this.region.journal.waitFor(({ type }) => type === 'PipelineFailed');
  }

  #declaration(deployActionName: string) {
    const action = (
      name: string,
      category: string,
      provider: string,
      configuration: object,
      artifacts: object,
    ) => ({
      name,
      actionTypeId: { category, owner: 'AWS', provider, version: '1' },
      configuration,
      ...artifacts,
    });
    const source = { RepositoryName: 'harbor', BranchName: 'main', PollForSourceChanges: 'false' };
    const to = (DeploymentGroupName: string) => ({ ApplicationName: 'harbor-prod', DeploymentGroupName });
    const output = { outputArtifacts: [{ name: 'Revision' }] };
    const input = { inputArtifacts: [{ name: 'Revision' }] };
    const deploy = [
      action(deployActionName, 'Deploy', 'CodeDeploy', to('harbor-prod'), { ...input, runOrder: 2 }),
      ...(this.options.oneBox
        ? [action('OneBox', 'Deploy', 'CodeDeploy', to('harbor-prod-one-box'), { ...input, runOrder: 1 })]
        : []),
    ];
    return {
      name: this.pipeline,
      roleArn: ROLE,
      pipelineType: 'V2',
      artifactStore: { type: 'S3', location: 'artifacts' },
      stages: [
        { name: 'Source', actions: [action('Source', 'Source', 'CodeCommit', source, output)] },
        { name: this.stage, actions: deploy },
      ],
    };
  }

  /** Steady traffic until the test file ends. */
  sendTraffic(): void {
    let running = true;
    const agent = new http.Agent({ keepAlive: true });
    const client = (async () => {
      for (let count = 0; running; count++) {
        await get(`${this.address}${this.#paths[count % this.#paths.length]}`, agent).catch(() => {});
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    atEnd(async () => {
      running = false;
      await client;
      agent.destroy();
    });
  }
}

const isNotice = ({ type, detail }: JournalEntry) =>
  type === 'DeliveryRecorded' && String(detail['subject']).startsWith('harbor-prod:');

function get(url: string, agent?: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk)).on('end', () => resolve(body));
      })
      .on('error', reject);
  });
}
