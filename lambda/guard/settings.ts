/** What the stack tells the guard of its environment, in one environment variable, `GUARD`, as JSON. */
export interface GuardSettings {
  /** Name of the CodeDeploy application. */
  readonly application: string;
  readonly deploymentGroup: string;
  /** Name of the deployment configuration that a rollback uses. */
  readonly rollbackConfiguration: string;
  /** Names of the release alarms. */
  readonly alarms: readonly string[];
  /** Minutes after a release for which an alarm rolls it back. */
  readonly watchMinutes: number;
  readonly topicArn: string;
  /**
   * The way into the environment.
   * @default - the pipeline is in another account: the guard closes nothing
   */
  readonly pipeline?: PipelineStage;
}

export interface PipelineStage {
  readonly name: string;
  readonly region: string;
  readonly stage: string;
}

export function settings(): GuardSettings {
  return JSON.parse(process.env.GUARD!);
}
