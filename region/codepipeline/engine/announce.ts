import type { ExecutionTrigger } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import type { ActionExecutionRecord, Execution, StageExecutionRecord } from './execution';

/** The states of EventBridge's events, by the status that the API shows. */
const STATES = {
  InProgress: 'STARTED',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Stopping: 'STOPPING',
  Stopped: 'STOPPED',
  Superseded: 'SUPERSEDED',
  Cancelled: 'CANCELED',
  Abandoned: 'ABANDONED',
  Skipped: 'SUCCEEDED',
} as const;

type State = (typeof STATES)[keyof typeof STATES] | 'RESUMED';

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

  /** An execution's new status, and why it has it. */
  pipeline(execution: Execution, why?: string, state: State = STATES[execution.status]): void {
    this.say('Pipeline', state, `execution ${execution.shortId} ${sentence(state, why)}`, {
      ...this.common(execution),
      'start-time': execution.startTime.toISOString(),
      'execution-trigger': {
        'trigger-type': execution.trigger.triggerType,
        'trigger-detail': execution.trigger.triggerDetail,
      },
    });
  }

  stage(execution: Execution, stage: StageExecutionRecord, state: State = STATES[stage.status]): void {
    this.say('Stage', state, `stage ${stage.stageName} ${sentence(state)}`, {
      ...this.common(execution),
      stage: stage.stageName,
    });
  }

  action(execution: Execution, record: ActionExecutionRecord): void {
    const { action, errorDetails, stageName } = record;
    const state = STATES[record.status];
    const ended = state !== 'STARTED';
    const took = record.lastUpdateTime.getTime() - record.startTime.getTime();
    const after = ended ? ` after ${duration(took)}` : '';
    const text = ended ? (errorDetails?.message ?? record.summary) : undefined;
    const artifacts = (list: ActionExecutionRecord['inputs']) =>
      list.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
    this.say('Action', state, `${stageName} / ${action.name} ${sentence(state, text, after)}`, {
      ...this.common(execution),
      stage: stageName,
      action: action.name,
      'action-execution-id': record.actionExecutionId,
      'start-time': record.startTime.toISOString(),
      region: action.region ?? this.scope.region,
      type: { ...action.actionTypeId },
      'input-artifacts': artifacts(record.inputs),
      ...(state === 'SUCCEEDED' && { 'output-artifacts': artifacts(record.outputs) }),
      ...(ended && {
        'execution-result': {
          'external-execution-id': record.externalExecutionId,
          'external-execution-url': record.externalExecutionUrl,
          'external-execution-summary': text,
          'error-code': errorDetails?.code,
        },
      }),
    });
  }

  /** Something that AWS publishes no event for. */
  note(type: string, message: string, detail: Readonly<Record<string, unknown>> = {}): void {
    if (this.closed) return;
    this.scope.journal.append({
      source: 'codepipeline',
      type,
      subject: this.pipelineName,
      message: `${this.pipelineName}: ${message}`,
      detail: { pipeline: this.pipelineName, ...detail },
    });
  }

  /** Says nothing from now on. */
  close(): void {
    this.closed = true;
  }

  private common(execution: Execution) {
    return {
      pipeline: this.pipelineName,
      'execution-id': execution.id,
      version: execution.pipeline.version,
    };
  }

  private say(level: 'Pipeline' | 'Stage' | 'Action', state: State, message: string, facts: object): void {
    if (this.closed) return;
    const detail = { ...facts, state };
    this.note(`${level}${state[0]}${state.slice(1).toLowerCase()}`, message, detail);
    this.scope.service('events').emit({
      source: 'aws.codepipeline',
      detailType: `CodePipeline ${level} Execution State Change`,
      resources: [this.pipelineArn],
      detail,
    });
  }
}

/** What started an execution, in a person's words. */
export function startedBy({ triggerType, triggerDetail }: ExecutionTrigger): string {
  if (triggerType === 'CreatePipeline') return 'the pipeline was created';
  const by = triggerDetail?.split(':').at(-1)?.replace('assumed-role/', '');
  return triggerType === 'CloudWatchEvent' ? `by the ${by?.replace('/', ' ')}` : `by ${by}`;
}

function sentence(state: string, why?: string, after = ''): string {
  const verb = { CANCELED: 'was cancelled', SUPERSEDED: 'was superseded' }[state] ?? state.toLowerCase();
  return `${verb}${after}${why ? `: ${why}` : ''}`;
}

function duration(ms: number): string {
  const [number, unit] =
    ms < 120_000 ? [ms / 1000, 's'] : ms < 7_200_000 ? [ms / 60_000, 'min'] : [ms / 3_600_000, 'h'];
  return `${Math.round(number)} ${unit}`;
}
