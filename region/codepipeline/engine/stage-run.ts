import type { ActionDeclaration, StageDeclaration, StageRetryMode } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import { actionProvider } from '../actions/actions';
import type { Readings } from '../readings';
import type { ConditionType } from '../structure/condition-types';
import { runOrderWaves } from '../structure/structure';
import { runAction } from './action-run';
import type { Announcer } from './announce';
import { latestRun } from './condition';
import { runCondition, takesEffect } from './condition-run';
import { type Execution, latestTry, type StageExecutionRecord } from './execution';

export interface StageRun {
  readonly home: Scope;
  readonly announce: Announcer;
  readonly readings: Readings;
  readonly execution: Execution;
  readonly stage: StageDeclaration;
  /** Continues a stage that failed: all of its actions again, or only those that have not succeeded. */
  readonly retry?: StageRetryMode;
}

export interface StageOutcome {
  /** `Stopped` when the execution was stopped with something left to do. */
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
  readonly why?: string;
  /** The stage asks to be rolled back. */
  readonly rollback?: boolean;
}

/**
 * Runs an execution through a stage: its entry condition, its actions, then the condition for their success or failure.
 * What has been passed or overridden before is not gone through again.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 */
export async function runStage(run: StageRun): Promise<StageOutcome> {
  const { execution, stage } = run;
  const record = execution.stage(stage.name!);

  if (!passed(record, 'beforeEntry')) {
    const entry = await runCondition(run, 'beforeEntry');
    if (entry && takesEffect(run, entry)) {
      return entry.result === 'SKIP'
        ? { status: 'Skipped', why: entry.summary }
        : { status: 'Failed', why: `stage ${stage.name} is not entered: ${entry.summary}` };
    }
  }
  if (latestRun(record, 'onSuccess')?.status !== 'Overridden') {
    const status = await runActions(run);
    if (status === 'Stopped') return { status };
    if (status === 'Failed') return afterFailure(run, record);

    const success = await runCondition(run, 'onSuccess');
    if (success && takesEffect(run, success)) {
      // The guide's table has the stage stay Succeeded under ROLLBACK; then a later rollback could choose what was
      // just rolled back, so here a stage has succeeded when its condition for success has held.
      const why = `in stage ${stage.name}: onSuccess: ${success.summary}`;
      return { status: 'Failed', why, rollback: success.result === 'ROLLBACK' };
    }
  }
  return { status: 'Succeeded' };
}

async function afterFailure(run: StageRun, record: StageExecutionRecord): Promise<StageOutcome> {
  const { execution, announce } = run;
  const { onFailure } = run.stage;
  if (onFailure?.result === 'RETRY' && record.automaticRetries === 0 && execution.status === 'InProgress') {
    record.automaticRetries++;
    announce.stage(execution, record, 'RESUMED');
    return runStage({ ...run, retry: onFailure.retryConfiguration?.retryMode ?? 'FAILED_ACTIONS' });
  }
  const why = failureOf(record);
  if (execution.status !== 'InProgress') return { status: 'Failed', why };
  const failure = await runCondition(run, 'onFailure');
  const rollback = failure
    ? failure.result === 'ROLLBACK' && takesEffect(run, failure)
    : onFailure?.result === 'ROLLBACK' && !onFailure.conditions?.length;
  return { status: 'Failed', why, rollback };
}

/**
 * Runs the actions of a stage: those of one runOrder side by side, one runOrder after the other. An action that fails
 * lets those beside it finish and stops what comes after.
 */
async function runActions(run: StageRun): Promise<'Succeeded' | 'Failed' | 'Stopped'> {
  const { home, announce, execution, stage } = run;
  const record = execution.stage(stage.name!);
  const done = (action: ActionDeclaration) =>
    run.retry === 'FAILED_ACTIONS' && latestTry(record, action.name)?.status === 'Succeeded';

  for (const wave of runOrderWaves(stage.actions ?? [])) {
    if (execution.status !== 'InProgress') return 'Stopped';
    const actions = wave.filter((action) => !done(action));
    await Promise.all(
      actions.map((action) => runAction(home, announce, actionProvider(action), execution, record, action)),
    );
    if (wave.some((action) => latestTry(record, action.name)?.status === 'Failed')) return 'Failed';
  }
  return 'Succeeded';
}

function passed(record: StageExecutionRecord, type: ConditionType): boolean {
  return ['Succeeded', 'Overridden'].includes(latestRun(record, type)?.status ?? '');
}

/** What failed in a stage, in a line. */
function failureOf({ actions, stageName }: StageExecutionRecord): string {
  const failed = actions.findLast((record) => record.status === 'Failed');
  return `in stage ${stageName}: ${failed?.action.name}: ${failed?.errorDetails?.message}`;
}
