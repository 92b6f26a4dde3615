import fs from 'node:fs';
import type {
  Build,
  BuildPhaseType,
  EnvironmentVariable,
  ProjectArtifacts,
  StatusType,
} from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';
import { ArtifactError } from './artifacts';
import type { BuildLog } from './build-log';
import { BuildRecord } from './build-record';
import { type Buildspec, BuildspecError } from './buildspec';
import type { FinishedBuild, PipelineBuild } from './contract';
import { noteDifferences } from './differences';
import {
  builtInVariables,
  declaredVariables,
  exportable,
  imageEnvironment,
  resolveVariables,
  VariableError,
} from './environment';
import { type Isolation, packagesAbove } from './isolation';
import { LocalCache, usesCustomCache } from './local-cache';
import { type OutputRequest, pipelineOutputs, uploadToS3 } from './output';
import { type PhaseResult, type RunCommand, runCommandPhases } from './phases';
import { Shell } from './shell';
import { downloadSources, readBuildspec, SourceError, type Sources } from './source';

/** A build as StartBuild makes it from its project and overrides. */
export interface BuildDefinition {
  readonly build: Build & { id: string; arn: string; projectName: string; phases: [] };
  readonly projectArn: string;
  readonly projectVariables: readonly EnvironmentVariable[];
  readonly overrideVariables: readonly EnvironmentVariable[];
  readonly artifacts: ProjectArtifacts;
  readonly secondaryArtifacts: readonly ProjectArtifacts[];
  readonly pipeline?: PipelineBuild;
}

/** Folders that a build uses. */
export interface BuildFolders {
  /** The build's own. */
  readonly work: string;
  /** npm downloads of all builds. */
  readonly npmCache: string;
  /** The local cache of the build's project. */
  readonly localCache: string;
}

/** What a phase may fail with by the user's doing; anything else is a fault of ours. */
const USER_ERRORS = [ArtifactError, BuildspecError, SourceError, VariableError];

const SUCCEEDED: PhaseResult = { status: 'SUCCEEDED', contexts: [] };

/** What is ready when the commands begin. */
interface Prepared {
  readonly sources: Sources;
  readonly buildspec: Buildspec;
  readonly declared: readonly EnvironmentVariable[];
  readonly shell: Shell;
  readonly cache?: LocalCache;
}

/** One build under way. */
export class BuildRun {
  readonly record: BuildRecord;
  /** Resolves at the build's end, however it ends. */
  readonly finished: Promise<FinishedBuild>;
  /** Resolves when nothing of the build is at work any more. */
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();
  private prepared?: Prepared;
  private artifacts: Record<string, Buffer> = {};
  private exportedVariables: Record<string, string> = {};

  constructor(
    private readonly scope: Scope,
    private readonly definition: BuildDefinition,
    private readonly folders: BuildFolders,
    private readonly log: BuildLog,
    private readonly isolation: Isolation,
  ) {
    this.record = new BuildRecord(scope, definition.build, log);
    this.finished = this.run();
    this.ended = this.finished.then(async ({ build }) => {
      // The folder of a failed build stays, to be looked into.
      if (build.buildStatus === 'SUCCEEDED') await this.removeFolder();
    });
  }

  /** Ends the build's processes at once; the build completes with that status. */
  stop(status: 'STOPPED' | 'TIMED_OUT' = 'STOPPED'): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort(status);
    void this.prepared?.shell.end();
  }

  private async run(): Promise<FinishedBuild> {
    const { build } = this.record;
    const limit = this.scope.clock.deadline(build.timeoutInMinutes! * 60_000, () => this.stop('TIMED_OUT'));
    this.record.begin();
    let status: StatusType;
    try {
      status = await this.phases();
    } finally {
      limit.cancel();
      await this.prepared?.shell.end();
    }
    await this.log.end();
    this.record.complete((this.abort.signal.reason as StatusType) ?? status);
    return { build, artifacts: this.artifacts, exportedVariables: this.exportedVariables };
  }

  private removeFolder(): Promise<void> {
    return fs.promises.rm(this.folders.work, { recursive: true, force: true });
  }

  private async phases(): Promise<StatusType> {
    for (const phase of ['SUBMITTED', 'QUEUED'] as const) await this.phase(phase, async () => SUCCEEDED);
    // An earlier region may have left a build of the same number.
    await this.phase('PROVISIONING', () => this.removeFolder().then(() => SUCCEEDED));
    const download = await this.phase('DOWNLOAD_SOURCE', () => this.prepare().then(() => SUCCEEDED));
    if (download.status !== 'SUCCEEDED') return download.status;

    const { buildspec } = this.prepared!;
    const commands = await runCommandPhases(
      buildspec,
      (phase, work) => this.phase(phase, work),
      (succeeding) => this.runner(succeeding),
    );
    let { succeeded } = commands;
    if (commands.upload) {
      const upload = await this.phase('UPLOAD_ARTIFACTS', () => this.upload().then(() => SUCCEEDED));
      succeeded &&= upload.status === 'SUCCEEDED';
    }
    await this.phase('FINALIZING', () => this.finalize().then(() => SUCCEEDED));
    return succeeded ? 'SUCCEEDED' : 'FAILED';
  }

  /** Once the build is stopped nothing more is begun, and the phase under way ends with the reason. */
  private async phase(phase: BuildPhaseType, work: () => Promise<PhaseResult>): Promise<PhaseResult> {
    const { signal } = this.abort;
    const stopped = (): PhaseResult => ({
      status: signal.reason,
      contexts:
        signal.reason === 'TIMED_OUT'
          ? [{ statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out.' }]
          : [],
    });
    if (signal.aborted) return stopped();
    return this.record.phase(phase, async () => {
      const result = await work().catch(failure);
      return signal.aborted ? stopped() : result;
    });
  }

  private async prepare(): Promise<void> {
    const { build, pipeline, projectVariables, overrideVariables } = this.definition;
    const { work, npmCache, localCache } = this.folders;
    const versions = new Map(
      build.secondarySourceVersions?.map((entry) => [entry.sourceIdentifier, entry.sourceVersion]),
    );
    const sources = await downloadSources(
      {
        primary: build.source!,
        version: build.sourceVersion,
        secondary: (build.secondarySources ?? []).map((source) => ({
          source,
          version: versions.get(source.sourceIdentifier),
        })),
        pipeline,
      },
      work,
      this.scope,
    );
    build.resolvedSourceVersion = sources.resolvedVersion;
    const buildspec = readBuildspec(build.source!.buildspec, sources.directory);
    noteDifferences(buildspec, this.log, this.isolation.available ? [] : packagesAbove(work));

    const image = imageEnvironment(work, npmCache);
    const declared = declaredVariables(buildspec, projectVariables, overrideVariables);
    const environment = {
      ...image,
      ...this.scope.environment(build.serviceRole, { sessionName: `AWSCodeBuild-${build.id.split(':')[1]}` }),
      ...(await resolveVariables(declared, this.scope)),
      ...builtInVariables({
        id: build.id,
        arn: build.arn,
        number: build.buildNumber!,
        image: build.environment!.image!,
        initiator: build.initiator!,
        projectArn: this.definition.projectArn,
        kmsKeyId: build.encryptionKey!,
        logPath: build.id.split(':')[1],
        startTime: build.startTime!.getTime(),
        sourceRepoUrl: build.source!.location,
        sourceVersion: build.sourceVersion,
        resolvedSourceVersion: sources.resolvedVersion,
        sourceDirectory: sources.directory,
        secondaryDirectories: sources.secondary,
      }),
    };
    const paths = buildspec.cache?.paths ?? [];
    const cache = usesCustomCache(build.cache)
      ? new LocalCache(localCache, paths, { sourceDirectory: sources.directory, home: image.HOME })
      : undefined;
    cache?.restore();
    const shell = new Shell({
      program: buildspec.env?.shell ?? 'bash',
      wrapper: this.isolation.wrapper(work),
      workingDirectory: sources.directory,
      environment,
      folder: work,
      onLine: (line) => this.log.line(line),
    });
    this.prepared = { sources, buildspec, declared, shell, cache };
  }

  private runner(succeeding: boolean): RunCommand {
    const { shell, buildspec } = this.prepared!;
    return async (command) => {
      await shell.export('CODEBUILD_BUILD_SUCCEEDING', succeeding ? '1' : '0');
      this.log.note(`Running command ${command}`);
      const result = await shell.run(command, { isolated: buildspec.version === 0.1 });
      if (result.status !== 0) {
        this.log.note(`Command did not exit successfully ${command} exit status ${result.status}`);
      }
      return result;
    };
  }

  private async upload(): Promise<void> {
    const { build, pipeline, artifacts, secondaryArtifacts } = this.definition;
    const { buildspec, sources, shell } = this.prepared!;
    const request: OutputRequest = {
      spec: buildspec.artifacts,
      root: sources.directory,
      buildUuid: build.id.split(':')[1],
      projectName: build.projectName,
      expand: (name) => shell.expand(name),
    };
    if (pipeline) {
      this.artifacts = await pipelineOutputs(pipeline.outputs, request);
      return;
    }
    if (artifacts.type === 'S3') build.artifacts = await uploadToS3(artifacts, request, this.scope);
    build.secondaryArtifacts = [];
    for (const target of secondaryArtifacts) {
      if (target.type !== 'S3') continue;
      build.secondaryArtifacts.push(await uploadToS3(target, request, this.scope));
    }
  }

  private async finalize(): Promise<void> {
    const { build } = this.definition;
    const { buildspec, declared, shell, cache } = this.prepared!;
    const names = exportable(buildspec.env?.['exported-variables'] ?? [], declared);
    for (const name of names.filter((candidate) => /^[A-Za-z_]\w*$/.test(candidate))) {
      this.exportedVariables[name] = await shell.expand(`\${${name}-}`);
    }
    build.exportedEnvironmentVariables = Object.entries(this.exportedVariables).map(([name, value]) => ({
      name,
      value,
    }));
    build.reportArns = Object.keys(buildspec.reports ?? {}).map((group) => reportArn(build, group));
    await cache?.keep();
  }
}

function failure(error: Error): PhaseResult {
  const users = USER_ERRORS.some((type) => error instanceof type) || error.name.endsWith('Exception');
  const statusCode = users ? error.name : 'INTERNAL_ERROR';
  return { status: 'FAILED', contexts: [{ statusCode, message: error.message }] };
}

function reportArn(build: Build & { arn: string; projectName: string }, group: string): string {
  if (group.startsWith('arn:')) return group;
  const [prefix, uuid] = build.arn.split(`:build/${build.projectName}:`);
  return `${prefix}:report/${build.projectName}-${group}:${uuid}`;
}
