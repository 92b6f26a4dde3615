/** What the pipeline hands to the bake in its action's user parameters. */
export interface BakeParameters {
  /** Names of the alarms to watch, 1 or more. */
  readonly alarms: readonly string[];
  /** Minutes for which none of them may go off. */
  readonly minutes: number;
}
