import { execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { Artifact, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodeCommitSourceAction, CodeCommitTrigger } from 'aws-cdk-lib/aws-codepipeline-actions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { FileSet } from 'aws-cdk-lib/pipelines';
import { checkDescription } from '../../lib/config/check';
import { ServiceStack } from '../../lib/environment/service-stack';
import { pipelineNames } from '../../lib/names';
import { DeployStep } from '../../lib/pipeline/deploy-step';
import { BUNDLE_PROOF, RollbackProofStep } from '../../lib/safety/rollback-proof-step';
import { ScaledClock } from '../../region/clock/clock';
import type { JournalEntry } from '../../region/journal/journal';
import { Region } from '../../region/region';
import { atEnd, temporaryFolder } from '../support/folder';
import { type RevisionOptions, revisionFiles } from '../support/revision';
import { bootstrap, createStacks, HOME } from '../support/stacks';
import { FLAGS } from '../support/synthesize';

const ROOT = path.join(__dirname, '../..');

const delivery = checkDescription(
  {
    service: 'harbor',
    ...HOME,
    environments: [
      {
        name: 'gamma',
        capacity: { min: 2, max: 2 },
        rollbackProof: { requestsPerSecond: 20, paths: ['/', '/quote'] },
      },
      { name: 'prod', capacity: { min: 2, max: 2 } },
    ],
  },
  'delivery.ts',
);
const [declared] = delivery.environments;
/** Builds live by the wall clock: a second of half and half is enough to see it. */
const gamma = { ...declared!, rollbackProof: { ...declared!.rollbackProof!, minutes: 0.02 } };

/** The pipeline with the proof, and one without it to the same fleet. */
export const PROVEN = pipelineNames(delivery).pipeline;
export const UNPROVEN = 'unproven';

/** One run of a pipeline, with what users saw meanwhile. */
export interface Run {
  readonly executionId: string;
  readonly status: 'Succeeded' | 'Failed';
  /** Actions by how they ended. */
  readonly actions: readonly string[];
  /** What the proof has printed. */
  readonly log: string;
  /** Where each deployment was installed, by what it is: revision, description and status. */
  readonly deployments: readonly { readonly about: string; readonly installed: number }[];
  /** Revision and status of every answer. */
  readonly answers: readonly string[];
}

/** gamma as the app declares it, with real hosts, and of the pipeline what proves and deploys. */
export class ProvenRelease {
  readonly #answers: string[] = [];
  #head?: string;

  private constructor(
    readonly region: Region,
    private readonly url: string,
    private readonly program: string,
  ) {}

  static async start(): Promise<ProvenRelease> {
    const folder = temporaryFolder('proof');
    const program = path.join(folder, 'rollback-proof.js');
    execSync(BUNDLE_PROOF.replace(/--outfile=\S+/, `--outfile=${program}`), { cwd: ROOT });

    const region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(40) });
    atEnd(() => region.stop());
    await bootstrap(region);
    const app = (name: string) =>
      new App({ outdir: path.join(folder, name), context: FLAGS, analyticsReporting: false });
    const environmentApp = app('environment');
    new ServiceStack(environmentApp, 'Service', { delivery, environment: gamma, env: HOME });
    const { Url: url } = await createStacks(region, environmentApp);
    const pipelineApp = app('pipelines');
    declarePipelines(new Stack(pipelineApp, 'Pipelines', { env: HOME }), url!);
    await createStacks(region, pipelineApp);
    const release = new ProvenRelease(region, url!, program);
    await release.call('codecommit', 'CreateRepository', { repositoryName: 'harbor' });
    return release;
  }

  async call(service: string, operation: string, input: object): Promise<any> {
    return (this.region.home.service(service as any) as any).operations[operation](input);
  }

  /** Pushes a revision and lets a pipeline bring it as far as it gets. */
  async release(name: string, options: RevisionOptions = {}, pipeline = PROVEN): Promise<Run> {
    const files: Record<string, string | Buffer> = { 'rollback-proof.js': fs.readFileSync(this.program) };
    for (const [file, { content }] of Object.entries(revisionFiles(name, options)))
      files[file] = content as string;
    const { commitId } = await this.call('codecommit', 'CreateCommit', {
      ...{ repositoryName: 'harbor', branchName: 'main', commitMessage: name, parentCommitId: this.#head },
      putFiles: Object.entries(files).map(([filePath, content]) => ({
        filePath,
        fileContent: Buffer.from(content),
      })),
    });
    this.#head = commitId;
    const { journal } = this.region;
    const since = journal.position;
    this.#answers.length = 0;
    const { pipelineExecutionId } = await this.call('codepipeline', 'StartPipelineExecution', {
      name: pipeline,
    });
    const end = await journal.waitFor(
      ({ type, subject }) => subject === pipeline && /^Pipeline(Succeeded|Failed)$/.test(type),
      { since },
    );
    const answers = [...this.#answers];
    return {
      executionId: pipelineExecutionId,
      status: end.type === 'PipelineSucceeded' ? 'Succeeded' : 'Failed',
      ...(await this.#actions(pipeline, pipelineExecutionId)),
      deployments: await this.#deployments(since),
      answers,
    };
  }

  /**
   * Runs the program of the proof by itself, with what the pipeline gives its build, for the revision of an execution.
   *
   * @param terminateAt what it prints when it is told to stop
   */
  async terminate(executionId: string, terminateAt: string): Promise<{ code: number | null; log: string }> {
    const { pipeline } = await this.call('codepipeline', 'GetPipeline', { name: PROVEN });
    const { EnvironmentVariables } = pipeline.stages[1].actions[0].configuration;
    const variables = JSON.parse(EnvironmentVariables).map(({ name, value }: any) => [name, value]);
    const program = spawn(process.execPath, [this.program], {
      env: {
        ...this.region.home.environment(),
        ...Object.fromEntries(variables),
        EXECUTION_ID: executionId,
      },
    });
    let log = '';
    program.stdout.on('data', (text) => {
      log += text;
      if (!program.killed && log.includes(terminateAt)) program.kill('SIGTERM');
    });
    const [code] = await once(program, 'exit');
    return { code, log };
  }

  /** What the load balancer answers now. */
  async serves(): Promise<string[]> {
    const answers = new Set<string>();
    for (let count = 0; count < 4; count++) answers.add(await ask(this.url));
    return [...answers];
  }

  async #actions(pipelineName: string, pipelineExecutionId: string): Promise<Pick<Run, 'actions' | 'log'>> {
    const { actionExecutionDetails } = await this.call('codepipeline', 'ListActionExecutions', {
      pipelineName,
      filter: { pipelineExecutionId },
    });
    const proof = actionExecutionDetails.find(({ actionName }: any) => actionName === 'RollbackProof');
    return {
      actions: actionExecutionDetails
        .map(({ actionName, status }: any) => `${actionName} ${status}`)
        .reverse(),
      log: proof ? await this.#log(proof.output.executionResult.externalExecutionId) : '',
    };
  }

  async #log(id: string): Promise<string> {
    const { builds } = await this.call('codebuild', 'BatchGetBuilds', { ids: [id] });
    const { groupName: logGroupName, streamName: logStreamName } = builds[0].logs;
    const { events } = await this.call('logs', 'GetLogEvents', {
      logGroupName,
      logStreamName,
      startFromHead: true,
    });
    return events.map(({ message }: any) => message).join('\n');
  }

  /** The deployments since then, oldest first. */
  async #deployments(since: number): Promise<Run['deployments']> {
    const entries = this.region.journal.entries(({ seq }) => seq > since);
    const ids = new Set(
      entries.filter(({ type }) => type === 'DeploymentStateChange').map(({ subject }) => subject),
    );
    return Promise.all(
      [...ids].map(async (deploymentId) => {
        const { deploymentInfo } = await this.call('codedeploy', 'GetDeployment', { deploymentId });
        const { creator, description = '', status } = deploymentInfo;
        const installed = entries.filter(
          ({ type, detail }: JournalEntry) =>
            type === 'RevisionInstalled' && detail['deploymentId'] === deploymentId,
        );
        return { about: `${creator}, ${description.split(':')[0]}: ${status}`, installed: installed.length };
      }),
    );
  }

  /** A user who asks on and on: a witness beside the load of the proof. */
  watch(): void {
    let running = true;
    const user = (async () => {
      while (running) {
        this.#answers.push(await ask(this.url));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    atEnd(async () => {
      running = false;
      await user;
    });
  }
}

function declarePipelines(stack: Stack, url: string): void {
  const repository = Repository.fromRepositoryName(stack, 'Repository', 'harbor');
  const logGroup = new LogGroup(stack, 'Logs');
  const files = new FileSet('Sources');
  for (const pipelineName of [PROVEN, UNPROVEN]) {
    const pipeline = new Pipeline(stack, pipelineName, { pipelineName, pipelineType: PipelineType.V2 });
    const output = new Artifact('Sources');
    pipeline.addStage({
      stageName: 'Source',
      actions: [
        new CodeCommitSourceAction({
          ...{ actionName: 'Source', repository, branch: 'main', output },
          trigger: CodeCommitTrigger.NONE,
        }),
      ],
    });
    const stage = pipeline.addStage({ stageName: 'gamma' });
    const props = { delivery, environment: gamma, revision: files };
    const proof = () =>
      new RollbackProofStep({
        ...{ ...props, assembly: files, logGroup },
        url: new CfnOutput(stack, 'Url', { value: url }),
      });
    const steps = [...(pipelineName === PROVEN ? [proof()] : []), new DeployStep(props)];
    for (const [index, step] of steps.entries())
      step.produceAction(stage, {
        scope: pipeline,
        actionName: step.id,
        runOrder: index + 1,
        pipeline: { pipeline },
        artifacts: { toCodePipeline: () => output },
        stackOutputsMap: { toCodePipeline: () => url },
      } as any);
  }
}

/** Resolves with revision and status of one answer. */
function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    http
      .get(url, { agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(`${response.headers['x-revision']} ${response.statusCode}`));
      })
      .on('error', ({ message }) => resolve(message));
  });
}
