import type { Condition, StageDeclaration } from '@aws-sdk/client-codepipeline';

/** The types of condition that a stage can have, and what each may result in. */
export const RESULTS = {
  beforeEntry: ['FAIL', 'SKIP'],
  onSuccess: ['ROLLBACK', 'FAIL'],
  onFailure: ['ROLLBACK', 'RETRY'],
} as const;

export type ConditionType = keyof typeof RESULTS;

export const CONDITION_TYPES = Object.keys(RESULTS) as ConditionType[];

/** A stage has at most one condition of each type. */
export function conditionOf(stage: StageDeclaration, type: ConditionType): Condition | undefined {
  return stage[type]?.conditions?.[0];
}
