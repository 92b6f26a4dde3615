/** One thing that CodePipeline refuses in a pipeline's structure. */
export interface StructureError {
  readonly code:
    | 'TOO_FEW_STAGES'
    | 'TOO_MANY_STAGES'
    | 'FIRST_STAGE_NEEDS_SOURCE'
    | 'FIRST_STAGE_SOURCE_ONLY'
    | 'SOURCE_OUTSIDE_FIRST_STAGE'
    | 'ACTION_COUNT'
    | 'NAME_INVALID'
    | 'NAME_NOT_UNIQUE'
    | 'RUN_ORDER_INVALID'
    | 'NAMESPACE_INVALID'
    | 'NAMESPACE_RESERVED'
    | 'NAMESPACE_NOT_UNIQUE'
    | 'ARTIFACT_STORE_INVALID'
    | 'ARTIFACT_NAME_INVALID'
    | 'INPUT_ARTIFACT_NOT_PRODUCED'
    | 'OUTPUT_ARTIFACT_NOT_UNIQUE'
    | 'MODE_INVALID'
    | 'VARIABLE_INVALID'
    | 'REQUIRED'
    | 'CONDITION_COUNT'
    | 'CONDITION_NOT_ALLOWED'
    | 'CONDITION_RESULT_INVALID'
    | 'RETRY_WITH_CONDITIONS'
    | 'RULE_COUNT'
    | 'RULE_UNKNOWN'
    | 'RULE_CONFIG_REQUIRED';
  /** Names the stage and action, what was found and what is allowed. */
  readonly message: string;
}

export function structureError(
  code: StructureError['code'],
  where: string,
  found: string,
  allowed: string,
): StructureError {
  return { code, message: `${where}: found ${found}; allowed is ${allowed}` };
}

/** An error for every value that is missing. */
export function required(where: string, values: Record<string, unknown>): StructureError[] {
  return Object.entries(values)
    .filter(([, value]) => value === undefined)
    .map(([key]) => structureError('REQUIRED', where, `no ${key}`, 'a value'));
}
