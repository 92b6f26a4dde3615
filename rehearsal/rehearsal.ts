import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { delivery } from '../delivery';
import { ScaledClock } from '../region/clock/clock';
import type { JournalEntry } from '../region/journal/journal';
import { Region } from '../region/region';
import { CdkCli } from './cdk-cli';
import { Traffic } from './traffic/traffic';
import { Workspace } from './workspace';

/** Requests a second to one environment: at the default scale, 50 in a CloudWatch minute. */
const RATE = 100;

export interface RehearsalOptions {
  /** The app's folder. */
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

/** A region, a developer's clone and the traffic: what the acts of a story are played with. */
export class Rehearsal {
  readonly traffic = new Map<string, Traffic>();
  readonly codepipeline: CodePipelineClient;
  readonly codedeploy: CodeDeployClient;
  readonly events: EventBridgeClient;
  readonly cdk: CdkCli;
  private readonly cloudformation: CloudFormationClient;
  private clone?: Workspace;

  private constructor(
    readonly region: Region,
    readonly options: RehearsalOptions,
  ) {
    const environment = region.home.environment();
    const client = {
      endpoint: region.endpoint,
      region: region.home.region,
      credentials: region.home.credentials(),
    };
    this.cdk = new CdkCli(options.project, path.join(options.folder, 'cli'), environment, options.signal);
    this.codepipeline = new CodePipelineClient(client);
    this.codedeploy = new CodeDeployClient(client);
    this.events = new EventBridgeClient(client);
    this.cloudformation = new CloudFormationClient(client);
  }

  static async start(options: RehearsalOptions): Promise<Rehearsal> {
    const folder = path.join(options.folder, 'region');
    return new Rehearsal(await Region.start({ folder, clock: new ScaledClock(options.scale) }), options);
  }

  get journal() {
    return this.region.journal;
  }

  /** What a user does once for a new account: bootstraps it, and deploys the pipeline from a workstation. */
  async setUp(): Promise<void> {
    const { accountId, region } = this.region.home;
    await this.cdk.run('bootstrap', `aws://${accountId}/${region}`);
    await this.cdk.run('deploy', `Tidegate-${delivery.service}-pipeline`, '--require-approval', 'never');
  }

  /** The developer's clone of the repository that the pipeline stack has declared. */
  async workspace(): Promise<Workspace> {
    if (!this.clone) {
      const remote = new URL(`${this.region.endpoint}/v1/repos/${delivery.service}`);
      const { userName, password } = this.region.gitCredentials;
      remote.username = userName;
      remote.password = password;
      this.clone = await Workspace.create(
        this.options.project,
        path.join(this.options.folder, 'workspace'),
        delivery.branch ?? 'main',
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
    const seen = new Set<string>();
    for (let request = 0; request < 12; request++) {
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

  /** The load balancer's URL, as the environment's stack gives it out. */
  private async url(environment: string): Promise<string> {
    const StackName = `Tidegate-${delivery.service}-${environment}`;
    const { Stacks = [] } = await this.cloudformation.send(new DescribeStacksCommand({ StackName }));
    const output = Stacks[0]?.Outputs?.find(({ OutputValue }) => OutputValue?.startsWith('http://'));
    if (!output) throw new Error(`stack ${StackName} has no output with the service's URL`);
    return output.OutputValue!;
  }
}
