import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type * as sdk from '@aws-sdk/client-codebuild';
import { AwsError, type AwsService, type Call, type Operation, type Scope } from '../service';
import { BuildRun } from './build';
import { BuildLog } from './build-log';
import type { FinishedBuild, PipelineBuild } from './contract';
import { Isolation } from './isolation';
import { projectProvider } from './project-resource';
import { Projects } from './projects';

/** Build projects, and builds that really run on this machine. */
export class CodeBuild implements AwsService {
  private readonly projects: Projects;
  private readonly isolation = new Isolation();
  private readonly runs = new Map<string, { run: BuildRun; input: sdk.StartBuildCommandInput }>();
  readonly operations: Record<string, Operation>;
  readonly resources;

  constructor(private readonly scope: Scope) {
    this.projects = new Projects(scope);
    this.resources = [projectProvider(this.projects)];
    this.operations = {
      CreateProject: (input: sdk.CreateProjectCommandInput) => ({ project: this.projects.create(input) }),
      UpdateProject: (input: sdk.UpdateProjectCommandInput) => ({
        project: this.projects.replace({ ...this.projects.find(input.name), ...input }),
      }),
      DeleteProject: (input: sdk.DeleteProjectCommandInput) => {
        this.projects.remove(input.name!);
        return {};
      },
      ListProjects: () => ({ projects: this.projects.names() }),
      BatchGetProjects: (input: sdk.BatchGetProjectsCommandInput) => ({
        projects: input.names?.flatMap((name) => this.projects.get(name) ?? []),
        projectsNotFound: input.names?.filter((name) => !this.projects.get(name)),
      }),
      InvalidateProjectCache: async (input: sdk.InvalidateProjectCacheCommandInput) => {
        const { name } = this.projects.find(input.projectName);
        await fs.promises.rm(this.cacheFolder(name), { recursive: true, force: true });
        return {};
      },
      StartBuild: (input: sdk.StartBuildCommandInput, call?: Call) => ({
        build: this.start(input, undefined, call),
      }),
      RetryBuild: (input: sdk.RetryBuildCommandInput, call?: Call) => this.retry(input, call),
      StopBuild: (input: sdk.StopBuildCommandInput) => {
        const run = this.find(input.id);
        run.stop();
        return { build: run.record.build };
      },
      BatchGetBuilds: (input: sdk.BatchGetBuildsCommandInput) => {
        const found = (id: string) => this.runs.get(uuidOf(id))?.run.record.build;
        return {
          builds: input.ids?.flatMap((id) => found(id) ?? []),
          buildsNotFound: input.ids?.filter((id) => !found(id)),
        };
      },
      ListBuilds: (input: sdk.ListBuildsCommandInput) => ({ ids: this.ids(input.sortOrder, () => true) }),
      ListBuildsForProject: (input: sdk.ListBuildsForProjectCommandInput) => {
        const { name } = this.projects.find(input.projectName);
        return { ids: this.ids(input.sortOrder, ({ build }) => build.projectName === name) };
      },
    };
  }

  /**
   * Starts a build.
   * @param pipeline given by CodePipeline, whose artifacts are the build's sources and results
   * @throws ResourceNotFoundException, InvalidInputException, AccountLimitExceededException
   */
  start(input: sdk.StartBuildCommandInput, pipeline?: PipelineBuild, call?: Call): sdk.Build {
    const project = this.projects.find(input.projectName);
    const { name } = project;
    this.checkLimit(project);
    const source = {
      ...project.source!,
      ...(input.sourceTypeOverride && { type: input.sourceTypeOverride }),
      ...(input.sourceLocationOverride && { location: input.sourceLocationOverride }),
      ...(input.buildspecOverride && { buildspec: input.buildspecOverride }),
    };
    if (source.type === 'CODEPIPELINE' && !pipeline) {
      throw new AwsError(
        'InvalidInputException',
        `Project ${name} takes its source from CodePipeline: only a pipeline can start it without sourceTypeOverride`,
      );
    }
    const uuid = randomUUID();
    const id = `${name}:${uuid}`;
    const logs = this.logs({ ...project.logsConfig, ...input.logsConfigOverride }, name, uuid);
    const environment = {
      ...project.environment!,
      ...(input.imageOverride && { image: input.imageOverride }),
      ...(input.computeTypeOverride && { computeType: input.computeTypeOverride }),
      ...(input.privilegedModeOverride !== undefined && { privilegedMode: input.privilegedModeOverride }),
    };
    const projectVariables = environment.environmentVariables ?? [];
    const overrideVariables = input.environmentVariablesOverride ?? [];
    const folder = this.scope.folder('codebuild');
    const buildNumber = this.projects.nextNumber(name);
    const run = new BuildRun(
      this.scope,
      {
        build: {
          id,
          arn: `arn:aws:codebuild:${this.scope.region}:${this.scope.accountId}:build/${id}`,
          projectName: name,
          buildNumber,
          buildStatus: 'IN_PROGRESS',
          buildComplete: false,
          currentPhase: 'SUBMITTED',
          phases: [],
          startTime: new Date(this.scope.clock.now()),
          initiator: pipeline ? `codepipeline/${pipeline.pipelineName}` : initiator(call),
          source,
          sourceVersion: input.sourceVersion ?? project.sourceVersion,
          secondarySources: input.secondarySourcesOverride ?? project.secondarySources ?? [],
          secondarySourceVersions:
            input.secondarySourcesVersionOverride ?? project.secondarySourceVersions ?? [],
          environment: {
            ...environment,
            environmentVariables: [...projectVariables, ...overrideVariables],
          },
          serviceRole: input.serviceRoleOverride ?? project.serviceRole,
          cache: input.cacheOverride ?? project.cache,
          timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes,
          queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes,
          encryptionKey: input.encryptionKeyOverride ?? project.encryptionKey,
          logs: logs.location,
        },
        projectArn: project.arn,
        projectVariables,
        overrideVariables,
        artifacts: input.artifactsOverride ?? project.artifacts!,
        secondaryArtifacts: input.secondaryArtifactsOverride ?? project.secondaryArtifacts ?? [],
        pipeline,
      },
      {
        // Not the build's UUID: npm hides what looks like one in all that it prints, `npm root` included.
        work: path.join(folder, 'builds', `${name}-${buildNumber}`),
        npmCache: path.join(folder, 'npm-cache'),
        localCache: this.cacheFolder(name),
      },
      new BuildLog(this.scope, { file: path.join(folder, 'logs', `${uuid}.log`), stream: logs.stream }),
      this.isolation,
    );
    this.runs.set(uuid, { run, input });
    return run.record.build;
  }

  /**
   * The end of a build.
   * @param buildId id or ARN
   * @throws ResourceNotFoundException
   */
  async finished(buildId: string): Promise<FinishedBuild> {
    return this.find(buildId).finished;
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.runs.values()].map(({ run }) => {
        run.stop();
        return run.ended;
      }),
    );
  }

  private cacheFolder(projectName: string): string {
    return path.join(this.scope.folder('codebuild'), 'local-cache', projectName);
  }

  private retry(input: sdk.RetryBuildCommandInput, call?: Call) {
    this.find(input.id);
    const { input: first } = this.runs.get(uuidOf(input.id!))!;
    return { build: this.start(first, undefined, call) };
  }

  private find(id: string | undefined): BuildRun {
    const entry = this.runs.get(uuidOf(id ?? ''));
    if (!entry) throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${id}`);
    return entry.run;
  }

  private ids(
    order: sdk.SortOrderType | undefined,
    matches: (record: BuildRun['record']) => boolean,
  ): string[] {
    const ids = [...this.runs.values()]
      .filter(({ run }) => matches(run.record))
      .map(({ run }) => run.record.build.id);
    return order === 'ASCENDING' ? ids : ids.reverse();
  }

  private checkLimit(project: sdk.Project): void {
    const limit = project.concurrentBuildLimit;
    if (!limit) return;
    const running = this.ids(
      'ASCENDING',
      ({ build }) => build.projectName === project.name && !build.buildComplete,
    );
    if (running.length < limit) return;
    throw new AwsError(
      'AccountLimitExceededException',
      `Project ${project.name} has ${running.length} builds running; its concurrentBuildLimit is ${limit}`,
    );
  }

  private logs(config: sdk.LogsConfig, projectName: string, uuid: string) {
    const { cloudWatchLogs } = config;
    if (cloudWatchLogs?.status === 'DISABLED') return { location: { cloudWatchLogs } };
    const group = cloudWatchLogs?.groupName ?? `/aws/codebuild/${projectName}`;
    const name = cloudWatchLogs?.streamName ? `${cloudWatchLogs.streamName}/${uuid}` : uuid;
    const { region, accountId } = this.scope;
    const location: sdk.LogsLocation = {
      groupName: group,
      streamName: name,
      cloudWatchLogsArn: `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:${name}`,
      deepLink: consoleUrl(region, group, name),
      cloudWatchLogs: { status: 'ENABLED', ...cloudWatchLogs },
    };
    return { location, stream: { group, name } };
  }
}

/** The page of a log stream in the console, which wants the names encoded twice, with `$` for `%`. */
function consoleUrl(region: string, group: string, stream: string): string {
  const part = (name: string) => encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');
  const logs = `#logsV2:log-groups/log-group/${part(group)}/log-events/${part(stream)}`;
  return `https://console.aws.amazon.com/cloudwatch/home?region=${region}${logs}`;
}

/** The last part of a build's id or ARN. */
function uuidOf(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1);
}

/** The caller as CodeBuild names it: an IAM user's name, or role and session. */
function initiator(call?: Call): string {
  return call?.principalArn.split(':')[5].replace(/^(?:user|assumed-role)\//, '') ?? 'root';
}
