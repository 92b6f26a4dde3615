import type { Scope } from '../../service';
import type { ActionExecutionRecord, Execution, StageExecutionRecord } from './execution';

type State =
  | 'STARTED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'ABANDONED'
  | 'RESUMED'
  | 'STOPPING'
  | 'STOPPED'
  | 'SUPERSEDED';

/**
 * Tells the journal and EventBridge what happens in one pipeline.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export class Announcer {
  private closed = false;

  constructor(
    private readonly scope: Scope,
    private readonly pipelineName: string,
  ) {}

  get pipelineArn(): string {
    return `arn:aws:codepipeline:${this.scope.region}:${this.scope.accountId}:${this.pipelineName}`;
  }

  pipeline(execution: Execution, state: State, why?: string): void {
    this.say('Pipeline', state, `execution ${execution.shortId} ${verb(state)}${why ? `: ${why}` : ''}`, {
      ...this.common(execution),
      'start-time': execution.startTime.toISOString(),
      state,
      'execution-trigger': {
        'trigger-type': execution.trigger.triggerType,
        'trigger-detail': execution.trigger.triggerDetail,
      },
    });
  }

  stage(execution: Execution, stage: StageExecutionRecord, state: State, why?: string): void {
    this.say('Stage', state, `stage ${stage.stageName} ${verb(state)}${why ? `: ${why}` : ''}`, {
      ...this.common(execution),
      stage: stage.stageName,
      state,
    });
  }

  action(execution: Execution, record: ActionExecutionRecord, state: State): void {
    const { action, errorDetails } = record;
    const took = record.lastUpdateTime.getTime() - record.startTime.getTime();
    const after = state === 'STARTED' ? '' : ` after ${duration(took)}`;
    const text = state === 'STARTED' ? undefined : (errorDetails?.message ?? record.summary);
    const why = text ? `: ${text}` : '';
    const artifacts = (list: ActionExecutionRecord['inputs']) =>
      list.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
    this.say('Action', state, `${record.stageName} / ${action.name} ${verb(state)}${after}${why}`, {
      ...this.common(execution),
      stage: record.stageName,
      action: action.name,
      'action-execution-id': record.actionExecutionId,
      'start-time': record.startTime.toISOString(),
      state,
      region: action.region ?? this.scope.region,
      type: { ...action.actionTypeId },
      'input-artifacts': artifacts(record.inputs),
      ...(state === 'SUCCEEDED' && { 'output-artifacts': artifacts(record.outputs) }),
      ...(state !== 'STARTED' && {
        'execution-result': {
          'external-execution-id': record.externalExecutionId,
          'external-execution-url': record.externalExecutionUrl,
          'external-execution-summary': errorDetails?.message ?? record.summary,
          'error-code': errorDetails?.code,
        },
      }),
    });
  }

  /** Says nothing from now on. */
  close(): void {
    this.closed = true;
  }

  /** Something that AWS publishes no event for. */
  note(type: string, message: string, detail: Record<string, unknown> = {}): void {
    if (this.closed) return;
    this.scope.journal.append({
      source: 'codepipeline',
      type,
      subject: this.pipelineName,
      message: `${this.pipelineName}: ${message}`,
      detail: { pipeline: this.pipelineName, ...detail },
    });
  }

  private common(execution: Execution) {
    return {
      pipeline: this.pipelineName,
      'execution-id': execution.id,
      version: execution.pipeline.version,
    };
  }

  private say(level: 'Pipeline' | 'Stage' | 'Action', state: State, message: string, detail: object): void {
    this.note(`${level}${state[0]}${state.slice(1).toLowerCase()}`, message, { ...detail });
    if (this.closed) return;
    this.scope.service('events').emit({
      source: 'aws.codepipeline',
      detailType: `CodePipeline ${level} Execution State Change`,
      resources: [this.pipelineArn],
      detail: { ...detail },
    });
  }
}

function verb(state: State): string {
  return state === 'CANCELED'
    ? 'was cancelled'
    : state === 'SUPERSEDED'
      ? 'was superseded'
      : state.toLowerCase();
}

function duration(ms: number): string {
  const [number, unit] =
    ms < 120_000 ? [ms / 1000, 's'] : ms < 7_200_000 ? [ms / 60_000, 'min'] : [ms / 3_600_000, 'h'];
  return `${Math.round(number)} ${unit}`;
}
