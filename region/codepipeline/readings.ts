/**
 * What the region does where AWS's texts on stage conditions disagree. The first value is what is followed unless
 * another is given to `new CodePipeline(scope, readings)`; the journal names it with every condition it decides.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html
 */
export interface Readings {
  /**
   * When the result of onSuccess and onFailure takes effect. The guide's first paragraph and the announcement of 2024:
   * when a rule fails. Its diagrams for the two types: when all rules succeed. One sentence there brings both together
   * for alarms: ALARM is what sets off an onFailure result.
   */
  readonly resultTakesEffect: 'when a rule fails' | 'when all rules succeed';
  /**
   * What CloudWatchAlarm's WaitTime is for. Rule reference and console: the time an alarm has to recover. Announcement:
   * the time through which it must not go off.
   */
  readonly waitTime: 'time to recover' | 'time to stay healthy';
  /**
   * What DeploymentWindow does outside its window. The guide's page on overriding and a note of the rule reference:
   * waits for it, to the rule's time limit. Its list of rules can be read as failing at once.
   */
  readonly closedWindow: 'wait' | 'fail';
  /**
   * Whether the execution of a stage rollback meets the stage's conditions. No text says; the red alarm that asks for
   * the rollback would block it.
   */
  readonly conditionsOfRollbacks: 'passed over' | 'evaluated';
}

export const READINGS: Readings = {
  resultTakesEffect: 'when a rule fails',
  waitTime: 'time to recover',
  closedWindow: 'wait',
  conditionsOfRollbacks: 'passed over',
};
