import type { TransitionState } from '@aws-sdk/client-codepipeline';
import type { Execution } from './execution';

/** The way into one stage and the lock on it: one execution at a time is inside. */
export class StageLane {
  transition: TransitionState = { enabled: true };
  /** The execution inside. */
  inside?: Execution;
  /** The execution that was inside last, and what became of it there. */
  latest?: Execution;
  /** Those that wait to enter, next first. */
  readonly waiting: Execution[] = [];

  /**
   * Puts an execution in the line.
   * @returns the executions that it overtakes, when newer ones may overtake
   */
  join(execution: Execution, overtakes: boolean): Execution[] {
    if (execution.rollback) {
      this.waiting.unshift(execution);
      return [];
    }
    const older = overtakes ? this.waiting.filter((other) => !other.rollback) : [];
    for (const other of older) this.leave(other);
    this.waiting.push(execution);
    return older;
  }

  leave(execution: Execution): void {
    const index = this.waiting.indexOf(execution);
    if (index >= 0) this.waiting.splice(index, 1);
    if (this.inside === execution) this.inside = undefined;
  }

  /** Sends everybody away: the pipeline has a new structure. */
  empty(): void {
    this.inside = undefined;
    this.waiting.length = 0;
  }

  /**
   * Lets the next one in, if the stage is free and the transition open. A disabled transition keeps new changes out;
   * a rollback restores what was in the stage before, so it passes (AWS's guide does not say).
   */
  admit(): Execution | undefined {
    const next = this.waiting[0];
    if (this.inside || !next) return undefined;
    if (!this.transition.enabled && !next.rollback) return undefined;
    this.waiting.shift();
    this.inside = next;
    this.latest = next;
    return next;
  }
}
