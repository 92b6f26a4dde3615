import type {
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
  SourceRevisionOverride,
  StageDeclaration,
  StageRetryMode,
} from '@aws-sdk/client-codepipeline';
import { AwsError, type Scope } from '../../service';
import type { Readings } from '../readings';
import { pipelineVariables } from '../variables';
import { Announcer, startedBy } from './announce';
import { Execution } from './execution';
import { rollbackTarget } from './rollback';
import { StageLane } from './stage-lane';
import { runStage } from './stage-run';

/** AWS's quota of executions under way in QUEUED and PARALLEL mode. */
const MAX_CONCURRENT_EXECUTIONS = 50;

export interface StartOptions {
  readonly trigger: ExecutionTrigger;
  readonly variables?: Readonly<Record<string, string>>;
  readonly sourceRevisions?: readonly SourceRevisionOverride[];
}

/** One pipeline: its structure, the locks on its stages, and its executions. */
export class Pipeline {
  /** Newest first. */
  readonly executions: Execution[] = [];
  readonly announce: Announcer;
  readonly created: Date;
  updated: Date;
  private lanes = new Map<string, StageLane>();
  private structure: PipelineDeclaration;

  constructor(
    private readonly scope: Scope,
    declaration: PipelineDeclaration,
    private readonly readings: Readings,
  ) {
    this.structure = { ...declaration, version: 1 };
    this.announce = new Announcer(scope, declaration.name!);
    this.created = this.now();
    this.updated = this.created;
    this.buildLanes();
  }

  /** The current structure. */
  get declaration(): PipelineDeclaration {
    return this.structure;
  }

  get mode(): string {
    return this.structure.executionMode ?? 'SUPERSEDED';
  }

  lane(stageName: string | undefined): StageLane {
    const lane = this.lanes.get(stageName ?? '');
    if (!lane) {
      const known = [...this.lanes.keys()].join(', ');
      throw new AwsError(
        'StageNotFoundException',
        `The pipeline ${this.structure.name} has no stage "${stageName}"; its stages are: ${known}`,
      );
    }
    return lane;
  }

  execution(id: string | undefined): Execution {
    const execution = this.executions.find((candidate) => candidate.id === id);
    if (!execution) {
      throw new AwsError(
        'PipelineExecutionNotFoundException',
        `The pipeline ${this.structure.name} has no execution "${id}"`,
      );
    }
    return execution;
  }

  /** Runs the newest source revisions through the pipeline. */
  start({ trigger, variables = {}, sourceRevisions }: StartOptions): Execution {
    const underWay = this.executions.filter((execution) => execution.underWay).length;
    if (this.mode !== 'SUPERSEDED' && underWay >= MAX_CONCURRENT_EXECUTIONS) {
      throw new AwsError(
        'ConcurrentPipelineExecutionsLimitExceededException',
        `The pipeline ${this.structure.name} has ${underWay} executions under way; allowed in ${this.mode} mode ` +
          `are ${MAX_CONCURRENT_EXECUTIONS}`,
      );
    }
    const execution = new Execution({
      pipeline: this.structure,
      trigger,
      startTime: this.now(),
      variables: pipelineVariables(this.structure, variables),
      sourceRevisions,
    });
    this.executions.unshift(execution);
    this.announce.pipeline(execution, startedBy(trigger));
    this.enter(execution, this.structure.stages![0]);
    return execution;
  }

  /**
   * Changes the structure. Executions under way end as Cancelled, "the pipeline's definition was updated before the
   * pipeline execution could be completed"; what their actions started elsewhere goes on there.
   * @see https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html
   */
  update(declaration: PipelineDeclaration): void {
    const cancelled = this.executions.filter((execution) => execution.underWay);
    this.structure = { ...declaration, version: this.structure.version! + 1 };
    this.updated = this.now();
    this.announce.note('PipelineUpdated', `updated to version ${this.structure.version}`, {
      version: this.structure.version,
    });
    for (const execution of cancelled) {
      this.end(execution, 'Cancelled', 'the structure of the pipeline was updated');
    }
    for (const lane of this.lanes.values()) lane.empty();
    this.buildLanes();
  }

  setTransition(stageName: string, enabled: boolean, by: string, reason?: string): void {
    const lane = this.lane(stageName);
    lane.transition = {
      enabled,
      lastChangedBy: by,
      lastChangedAt: this.now(),
      ...(!enabled && { disabledReason: reason }),
    };
    this.announce.note(
      enabled ? 'TransitionEnabled' : 'TransitionDisabled',
      enabled ? `the way into ${stageName} is open again` : `the way into ${stageName} is closed: ${reason}`,
      { stage: stageName, by },
    );
    this.admit(stageName);
  }

  /** Ends an execution: after the actions under way, or giving them up. */
  stop(execution: Execution, abandon: boolean, reason?: string): void {
    execution.stopReason = reason;
    const running = execution.actions.some((record) => record.status === 'InProgress');
    if (running && !abandon) {
      this.transitTo(execution, 'Stopping');
      this.announce.pipeline(execution, reason);
      return;
    }
    this.end(execution, 'Stopped', reason);
    for (const [stageName, lane] of this.lanes) {
      lane.leave(execution);
      this.admit(stageName);
    }
  }

  /** Runs a stage that failed or was stopped again, in the same execution. */
  retry(execution: Execution, stage: StageDeclaration, mode: StageRetryMode): void {
    execution.stage(stage.name!).manualRetries++;
    this.resume(execution, stage, `retry of stage ${stage.name}`, mode);
  }

  /** Goes on with an execution that ended in a stage. */
  resume(execution: Execution, stage: StageDeclaration, why: string, retry?: StageRetryMode): void {
    execution.abandoned = new AbortController();
    this.transitTo(execution, 'InProgress');
    execution.statusSummary = undefined;
    this.announce.pipeline(execution, why, 'RESUMED');
    const lane = this.lane(stage.name);
    lane.inside = execution;
    lane.latest = execution;
    void this.play(execution, stage, 'RESUMED', retry);
  }

  /** Starts an execution that puts the artifacts and variables of an earlier one through one stage again. */
  rollback(stage: StageDeclaration, target: Execution, trigger: ExecutionTrigger): Execution {
    const execution = new Execution({
      pipeline: this.structure,
      trigger,
      startTime: this.now(),
      rollback: { stageName: stage.name!, target },
    });
    this.executions.unshift(execution);
    this.announce.pipeline(execution, `rollback of stage ${stage.name} to execution ${target.shortId}`);
    this.enter(execution, stage);
    return execution;
  }

  /** Ends everything under way, without a word: the region stops, or the pipeline is deleted. */
  close(): void {
    this.announce.close();
    for (const execution of this.executions.filter((candidate) => candidate.underWay)) {
      execution.status = 'Stopped';
      for (const stage of execution.stages.values()) {
        if (stage.status === 'InProgress') stage.status = 'Stopped';
      }
      execution.abandoned.abort(new Error('The pipeline is gone'));
    }
    this.lanes.clear();
  }

  private enter(execution: Execution, stage: StageDeclaration): void {
    if (this.mode === 'PARALLEL') {
      this.lane(stage.name).latest = execution;
      void this.play(execution, stage);
      return;
    }
    for (const older of this.lane(stage.name).join(execution, this.mode === 'SUPERSEDED')) {
      this.end(older, 'Superseded', `by execution ${execution.shortId} before stage ${stage.name}`);
    }
    this.admit(stage.name!);
  }

  private admit(stageName: string): void {
    const next = this.lanes.get(stageName)?.admit();
    if (!next) return;
    const stage = next.pipeline.stages!.find((candidate) => candidate.name === stageName)!;
    void this.play(next, stage);
  }

  private async play(
    execution: Execution,
    stage: StageDeclaration,
    state?: 'RESUMED',
    retry?: StageRetryMode,
  ): Promise<void> {
    const { announce, readings } = this;
    const record = execution.stage(stage.name!);
    record.status = 'InProgress';
    announce.stage(execution, record, state);
    const outcome = await runStage({ home: this.scope, announce, readings, execution, stage, retry });
    // Abandoned, cancelled or closed: whoever ended the execution has settled everything.
    if (record.status !== 'InProgress') return;

    record.status = outcome.status;
    announce.stage(execution, record);
    if (outcome.status === 'Succeeded' || outcome.status === 'Skipped') this.goOn(execution, stage);
    else if (outcome.status === 'Stopped' || execution.status === 'Stopping') {
      this.end(execution, 'Stopped', execution.stopReason);
    } else {
      this.end(execution, 'Failed', outcome.why);
      // The rollback is in line before the lock is released: newer changes wait until the stage is whole again.
      if (outcome.rollback) this.rollbackAutomatically(execution, stage);
    }
    this.lanes.get(stage.name!)?.leave(execution);
    this.admit(stage.name!);
  }

  private goOn(execution: Execution, stage: StageDeclaration): void {
    const stages = execution.pipeline.stages!;
    const next = stages[stages.indexOf(stage) + 1];
    if (execution.rollback || !next) this.end(execution, 'Succeeded');
    else if (execution.status === 'Stopping') this.end(execution, 'Stopped', execution.stopReason);
    else this.enter(execution, next);
  }

  private rollbackAutomatically(failed: Execution, stage: StageDeclaration): void {
    if (failed.rollback) return;
    const target = rollbackTarget(this, stage.name!, failed);
    if (target) {
      this.rollback(stage, target, { triggerType: 'AutomatedRollback', triggerDetail: failed.id });
    } else {
      this.announce.note(
        'RollbackImpossible',
        `stage ${stage.name} cannot be rolled back: no earlier execution of this structure has succeeded in it`,
        { stage: stage.name, 'execution-id': failed.id },
      );
    }
  }

  private end(execution: Execution, status: PipelineExecutionStatus, why?: string): void {
    this.transitTo(execution, status);
    execution.statusSummary = why;
    execution.abandoned.abort(new Error(`The execution is ${status}`));
    const stageStatus = status === 'Cancelled' ? 'Cancelled' : 'Stopped';
    for (const stage of execution.stages.values()) {
      if (stage.status !== 'InProgress') continue;
      stage.status = stageStatus;
      this.announce.stage(execution, stage);
    }
    this.announce.pipeline(execution, why);
  }

  private transitTo(execution: Execution, status: PipelineExecutionStatus): void {
    execution.status = status;
    execution.lastUpdateTime = this.now();
  }

  /** A stage keeps its transition and its last execution through an update. */
  private buildLanes(): void {
    const names = this.structure.stages!.map((stage) => stage.name!);
    this.lanes = new Map(names.map((name) => [name, this.lanes.get(name) ?? new StageLane()]));
  }

  private now(): Date {
    return new Date(this.scope.clock.now());
  }
}
