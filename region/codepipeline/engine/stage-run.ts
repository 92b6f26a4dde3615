import type { ActionDeclaration, StageDeclaration, StageRetryMode } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import { actionProvider } from '../actions/actions';
import { runOrderWaves } from '../structure/structure';
import { runAction } from './action-run';
import type { Announcer } from './announce';
import { type Execution, latestTry, type StageExecutionRecord } from './execution';

export interface StageRun {
  readonly home: Scope;
  readonly announce: Announcer;
  readonly execution: Execution;
  readonly stage: StageDeclaration;
  /** Continues a stage that failed: all of its actions again, or only those that have not succeeded. */
  readonly retry?: StageRetryMode;
}

/**
 * Runs the actions of a stage: those of one runOrder side by side, one runOrder after the other. An action that fails
 * lets those beside it finish and stops what comes after.
 * @returns how the stage ended; `Stopped` when the execution was stopped with actions left to do
 */
export async function runActions(run: StageRun): Promise<StageExecutionRecord['status']> {
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
