import { randomUUID } from 'node:crypto';
import type {
  ActionDeclaration,
  ActionExecutionDetail,
  ActionExecutionStatus,
  ArtifactRevision,
  ErrorDetails,
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
  SourceRevisionOverride,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';
import type { ConditionRecord } from './condition';

/** An artifact's zip archive in the artifact bucket. */
export interface ArtifactObject {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** One try at one action. */
export interface ActionExecutionRecord {
  readonly actionExecutionId: string;
  readonly executionId: string;
  readonly stageName: string;
  readonly action: ActionDeclaration;
  readonly startTime: Date;
  readonly inputs: readonly ArtifactObject[];
  lastUpdateTime: Date;
  status: ActionExecutionStatus;
  resolvedConfiguration?: Record<string, string>;
  outputs: ArtifactObject[];
  outputVariables?: Record<string, string>;
  summary?: string;
  externalExecutionId?: string;
  externalExecutionUrl?: string;
  percentComplete?: number;
  /** What PutApprovalResult must present. */
  token?: string;
  updatedBy?: string;
  errorDetails?: ErrorDetails;
}

/** One execution's way through one stage; a retry continues it. */
export interface StageExecutionRecord {
  readonly stageName: string;
  status: StageExecutionStatus;
  /** Newest last; a retried action stands here more than once. */
  readonly actions: ActionExecutionRecord[];
  /** The runs of its conditions, newest last. */
  readonly conditions: ConditionRecord[];
  manualRetries: number;
  automaticRetries: number;
}

export interface ExecutionOptions {
  /** The structure it runs in to its end, whatever the pipeline becomes. */
  readonly pipeline: PipelineDeclaration;
  readonly trigger: ExecutionTrigger;
  readonly startTime: Date;
  readonly variables?: Readonly<Record<string, string>>;
  readonly sourceRevisions?: readonly SourceRevisionOverride[];
  /** Makes it a stage rollback, which reuses the artifacts and variables of an earlier execution. */
  readonly rollback?: { readonly stageName: string; readonly target: Execution };
}

/** One run of a set of changes through the pipeline. */
export class Execution {
  readonly id = randomUUID();
  readonly pipeline: PipelineDeclaration;
  readonly trigger: ExecutionTrigger;
  readonly startTime: Date;
  readonly sourceRevisions: readonly SourceRevisionOverride[];
  readonly rollback?: ExecutionOptions['rollback'];
  readonly artifacts: Map<string, ArtifactObject>;
  readonly revisions: ArtifactRevision[];
  /** By stage name, in the order entered. */
  readonly stages = new Map<string, StageExecutionRecord>();
  /** Output variables by namespace. */
  readonly namespaces: Record<string, Record<string, string>>;
  lastUpdateTime: Date;
  status: PipelineExecutionStatus = 'InProgress';
  statusSummary?: string;
  stopReason?: string;
  /** Aborted when the actions under way are given up: abandoned, or the pipeline was updated. */
  abandoned = new AbortController();

  constructor({ pipeline, trigger, startTime, variables, sourceRevisions, rollback }: ExecutionOptions) {
    this.pipeline = pipeline;
    this.trigger = trigger;
    this.startTime = startTime;
    this.lastUpdateTime = startTime;
    this.sourceRevisions = sourceRevisions ?? [];
    this.rollback = rollback;
    const target = rollback?.target;
    this.artifacts = new Map(target?.artifacts);
    this.revisions = [...(target?.revisions ?? [])];
    this.namespaces = {
      ...target?.namespaces,
      codepipeline: { PipelineExecutionId: this.id },
      variables: { ...(target?.namespaces.variables ?? variables) },
    };
  }

  get type(): 'STANDARD' | 'ROLLBACK' {
    return this.rollback ? 'ROLLBACK' : 'STANDARD';
  }

  get shortId(): string {
    return this.id.slice(0, 8);
  }

  get underWay(): boolean {
    return this.status === 'InProgress' || this.status === 'Stopping';
  }

  get actions(): ActionExecutionRecord[] {
    return [...this.stages.values()].flatMap((stage) => stage.actions);
  }

  stage(stageName: string): StageExecutionRecord {
    let stage = this.stages.get(stageName);
    if (!stage) {
      stage = {
        stageName,
        status: 'InProgress',
        actions: [],
        conditions: [],
        manualRetries: 0,
        automaticRetries: 0,
      };
      this.stages.set(stageName, stage);
    }
    return stage;
  }
}

/** The newest try at an action of a stage. */
export function latestTry(stage: StageExecutionRecord | undefined, actionName: string | undefined) {
  return stage?.actions.findLast((record) => record.action.name === actionName);
}

/** An action's record in the shape of `ListActionExecutions`. */
export function actionExecutionDetail(
  record: ActionExecutionRecord,
  pipelineVersion?: number,
): ActionExecutionDetail {
  const locations = (artifacts: readonly ArtifactObject[]) =>
    artifacts.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
  return {
    pipelineExecutionId: record.executionId,
    actionExecutionId: record.actionExecutionId,
    pipelineVersion,
    stageName: record.stageName,
    actionName: record.action.name,
    startTime: record.startTime,
    lastUpdateTime: record.lastUpdateTime,
    updatedBy: record.updatedBy,
    status: record.status,
    input: {
      actionTypeId: record.action.actionTypeId,
      configuration: record.action.configuration,
      resolvedConfiguration: record.resolvedConfiguration,
      roleArn: record.action.roleArn,
      region: record.action.region,
      inputArtifacts: locations(record.inputs),
      namespace: record.action.namespace,
    },
    output: {
      outputArtifacts: locations(record.outputs),
      executionResult: {
        externalExecutionId: record.externalExecutionId,
        externalExecutionSummary: record.summary,
        externalExecutionUrl: record.externalExecutionUrl,
        errorDetails: record.errorDetails,
      },
      outputVariables: record.outputVariables,
    },
  };
}
