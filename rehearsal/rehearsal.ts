import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import { checkDescription } from '../lib/config/check';
import type { Delivery, Environment } from '../lib/config/delivery';
import { ScaledClock } from '../region/clock/clock';
import type { JournalEntry } from '../region/journal/journal';
import { Region } from '../region/region';
import { CdkCli } from './cdk-cli';
import { bootstraps, type Place } from './places';
import { Traffic } from './traffic/traffic';
import { RATE } from './unplayable';
import { Workspace } from './workspace';

/** What CloudFormation may do in an account, unless it is given a narrower policy. */
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

export interface RehearsalOptions {
  /** The app's folder. What is rehearsed is the delivery that its `delivery.ts` describes. */
  readonly project: string;
  /** Where everything of the rehearsal goes. One rehearsal at a time may use it. */
  readonly folder: string;
  /** AWS seconds in one wall second. */
  readonly scale: number;
  readonly signal: AbortSignal;
}

/** A release that has come to its end. */
export interface Release {
  readonly commit: string;
  /** Position in the journal at the push. */
  readonly since: number;
  readonly pushed: number;
  /** The pipeline execution's last state change. */
  readonly end: JournalEntry;
}

/** How an SDK client of the region is made. */
type Client<Type> = new (configuration: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
}) => Type;

/** A region, a developer's clone and the traffic: what the acts of a story are played with. */
export class Rehearsal {
  readonly traffic = new Map<string, Traffic>();
  readonly codepipeline: CodePipelineClient;
  private clone?: Workspace;

  private constructor(
    readonly region: Region,
    readonly delivery: Delivery,
    readonly options: RehearsalOptions,
  ) {
    this.codepipeline = this.client(CodePipelineClient);
    region.journal.follow((entry) => void this.approve(entry));
  }

  /** @throws DescriptionError when the description says something it may not */
  static async start(options: RehearsalOptions): Promise<Rehearsal> {
    const file = path.join(options.project, 'delivery');
    const delivery = checkDescription(require(file).delivery, 'delivery.ts');
    const region = await Region.start({
      folder: path.join(options.folder, 'region'),
      clock: new ScaledClock(options.scale),
      accountId: delivery.account,
      region: delivery.region,
    });
    return new Rehearsal(region, delivery, options);
  }

  get journal() {
    return this.region.journal;
  }

  /** A client for the account and region of an environment. @param place @default the pipeline's own */
  client<Type>(Type: Client<Type>, place: Place = {}): Type {
    const scope = this.at(place);
    return new Type({
      endpoint: scope.endpoint,
      region: scope.region,
      credentials: scope.credentials(),
    });
  }

  /**
   * What a user does once: bootstraps every account and region, those of other accounts with trust in the pipeline's, and
   * deploys the pipeline from a workstation.
   */
  async setUp(): Promise<void> {
    await Promise.all(
      bootstraps(this.delivery, this.region.home).map(({ accountId, regions, trust }) =>
        this.cdk(accountId).run(
          'bootstrap',
          ...regions.map((region) => `aws://${accountId}/${region}`),
          ...(trust ? ['--trust', trust, '--cloudformation-execution-policies', ADMINISTRATOR] : []),
        ),
      ),
    );
    const stack = `Tidegate-${this.delivery.service}-pipeline`;
    await this.cdk().run('deploy', stack, '--require-approval', 'never', '--concurrency', '4');
  }

  /** The developer's clone of the repository that the pipeline stack has declared. */
  async workspace(): Promise<Workspace> {
    if (!this.clone) {
      const remote = new URL(`${this.region.endpoint}/v1/repos/${this.delivery.service}`);
      const { userName, password } = this.region.gitCredentials;
      remote.username = userName;
      remote.password = password;
      this.clone = await Workspace.create(
        this.options.project,
        path.join(this.options.folder, 'workspace'),
        this.delivery.branch,
        remote.href,
      );
    }
    return this.clone;
  }

  /** Pushes the clone as it stands and waits until the pipeline is through with it, one way or the other. */
  async release(message: string): Promise<Release> {
    const workspace = await this.workspace();
    const since = this.journal.position;
    const pushed = Date.now();
    const commit = await workspace.release(message);
    const end = await this.journal.waitFor(
      ({ type }) => type === 'PipelineSucceeded' || type === 'PipelineFailed',
      { since, signal: this.options.signal },
    );
    return { commit, since, pushed, end };
  }

  /** Sends traffic to an environment from now on, unless it does already. */
  async sendTraffic(environment: string, paths: readonly string[]): Promise<void> {
    if (this.traffic.has(environment)) return;
    const order = { url: await this.url(environment), rate: RATE, paths };
    this.traffic.set(environment, await Traffic.start(environment, order));
  }

  /** Requests to every environment between two moments of wall time. */
  requests(from: number, to?: number): { sent: number; failed: number } {
    const counts = [...this.traffic.values()].map((traffic) => traffic.count(from, to));
    const sum = (key: 'sent' | 'failed') => counts.reduce((total, count) => total + count[key], 0);
    return { sent: sum('sent'), failed: sum('failed') };
  }

  /** The revisions that an environment serves: asked through its load balancer, several times round its hosts. */
  async revisionsServed(environment: string): Promise<string[]> {
    const url = await this.url(environment);
    const { capacity, oneBox } = this.environment(environment) ?? {};
    const requests = (4 * (capacity?.max ?? 2)) / ((oneBox?.trafficPercent ?? 100) / 100);
    const seen = new Set<string>();
    for (let request = 0; request < requests; request++) {
      const answer = (await (await fetch(`${url}/health`)).json()) as { revision: string };
      seen.add(answer.revision);
    }
    return [...seen];
  }

  /** Ends the traffic, then the region with everything that runs in it. */
  async stop(): Promise<void> {
    await Promise.all([...this.traffic.values()].map((traffic) => traffic.stop()));
    await this.region.stop();
  }

  /** The environment of that name; one that the story adds is not in the description, and has its defaults. */
  environment(name: string): Environment | undefined {
    return this.delivery.environments.find((environment) => environment.name === name);
  }

  private at({ account, region }: Place) {
    const { home } = this.region;
    return this.region.at(account ?? home.accountId, region ?? home.region);
  }

  /** The CLI with the credentials of an account. */
  private cdk(accountId = this.region.home.accountId): CdkCli {
    const { project, folder, signal } = this.options;
    const environment = this.at({ account: accountId }).environment();
    return new CdkCli(project, path.join(folder, 'cli', accountId), environment, signal);
  }

  /** The load balancer's URL, as the environment's stack gives it out. */
  async url(environment: string): Promise<string> {
    const cloudformation = this.client(CloudFormationClient, this.environment(environment));
    const StackName = `Tidegate-${this.delivery.service}-${environment}`;
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const output = Stacks[0]?.Outputs?.find(({ OutputValue }) => OutputValue?.startsWith('http://'));
    if (!output) throw new Error(`stack ${StackName} has no output with the service's URL`);
    return output.OutputValue!;
  }

  /** Approves what waits for a person. */
  private async approve({ type, detail }: JournalEntry): Promise<void> {
    if (type !== 'ActionStarted' || (detail['type'] as { category?: string }).category !== 'Approval') return;
    const { pipeline: name, stage: stageName, action: actionName } = detail as Record<string, string>;
    const { stageStates = [] } = await this.codepipeline.send(new GetPipelineStateCommand({ name }));
    const { actionStates = [] } = stageStates.find((stage) => stage.stageName === stageName)!;
    const { latestExecution } = actionStates.find((action) => action.actionName === actionName)!;
    await this.codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: name,
        stageName,
        actionName,
        token: latestExecution!.token,
        result: { status: 'Approved', summary: 'Approved by the story' },
      }),
    );
  }
}
