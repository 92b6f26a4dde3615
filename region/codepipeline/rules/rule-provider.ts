import type { RuleDeclaration } from '@aws-sdk/client-codepipeline';
import type { ActionContext } from '../actions/action-provider';
import type { Readings } from '../readings';

/** Plays the rules of one provider. */
export interface RuleProvider {
  /** How many input artifacts it takes: `[least, most]`. */
  readonly inputs: readonly [number, number];
  /** Configuration keys that are played; the others are refused when the pipeline is created. */
  readonly configuration: Readonly<Record<string, 'required' | 'optional'>>;
  /** Longest time, in minutes, where the rule declares none. */
  readonly timeoutInMinutes: number;
  /** It waits for what is modelled, so its time limit is AWS time; executed work is bounded in wall time. */
  readonly inAwsTime?: boolean;
  /** Says what else in the declaration is wrong or cannot be played: one sentence each. */
  check?(rule: RuleDeclaration): string[];
  /**
   * Runs the rule.
   * @returns why it succeeded, in words; rejects with `ActionFailure`, whose message says why it failed
   */
  run(context: RuleContext): Promise<string>;
}

export interface RuleContext extends ActionContext {
  readonly rule: RuleDeclaration;
  readonly readings: Readings;
  /** The result takes effect when the rule succeeds, so it succeeds on what is bad. */
  readonly seeksTrouble: boolean;
}
