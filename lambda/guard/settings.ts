/** What the stack tells the guard of its environment, in one environment variable, `GUARD`, as JSON. */
export interface GuardSettings {
  /** Name of the CodeDeploy application. */
  readonly application: string;
  readonly fleet: GuardedGroup;
  /** What gets a release before the fleet does. @default - nothing */
  readonly oneBox?: GuardedOneBox;
  /** Minutes after a release for which an alarm rolls it back. */
  readonly watchMinutes: number;
  readonly topicArn: string;
  /** Name of the log group of the instances. */
  readonly logGroup: string;
  /** The way into the environment. */
  readonly pipeline: PipelineStage;
}

export interface GuardedGroup {
  readonly deploymentGroup: string;
  /** Name of the deployment configuration that a rollback uses. */
  readonly rollbackConfiguration: string;
  /** Names of its release alarms. */
  readonly alarms: readonly string[];
}

export interface GuardedOneBox extends GuardedGroup {
  /** Names of the alarms that compare it with the fleet. */
  readonly comparisonAlarms: readonly string[];
}

export interface PipelineStage {
  readonly name: string;
  readonly region: string;
  readonly stage: string;
  /**
   * Role to reach it with, in the account of the pipeline.
   * @default - the function's own role
   */
  readonly roleArn?: string;
}

export function settings(): GuardSettings {
  return JSON.parse(process.env.GUARD!);
}
