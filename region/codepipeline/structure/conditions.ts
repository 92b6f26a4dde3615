import type {
  Condition,
  PipelineDeclaration,
  RuleDeclaration,
  StageDeclaration,
} from '@aws-sdk/client-codepipeline';
import { RULE_PROVIDERS, ruleProvider } from '../rules/rules';
import { CONDITION_TYPES, type ConditionType, RESULTS } from './condition-types';
import { type StructureError, structureError } from './structure-error';

const NAME = /^[A-Za-z0-9.@\-_]{1,100}$/;
const RULES_THAT_CAN_SKIP = ['VariableCheck', 'LambdaInvoke'];

/**
 * What CodePipeline would refuse in the conditions of a stage.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 */
export function conditionErrors(
  stage: StageDeclaration,
  first: boolean,
  { pipelineType, executionMode }: PipelineDeclaration,
): StructureError[] {
  const errors: StructureError[] = [];
  const { beforeEntry, onSuccess, onFailure } = stage;
  const fail = (code: StructureError['code'], type: ConditionType, found: string, allowed: string) =>
    errors.push(structureError(code, `${type} of stage "${stage.name}"`, found, allowed));

  for (const type of CONDITION_TYPES) {
    const conditions = stage[type]?.conditions ?? [];
    if (stage[type] && (pipelineType ?? 'V1') === 'V1') {
      fail('CONDITION_NOT_ALLOWED', type, 'it in a V1 pipeline', 'pipeline type V2');
    }
    if (conditions.length > 1) {
      fail('CONDITION_COUNT', type, `${conditions.length} conditions`, 'one condition of each type');
    }
    for (const condition of conditions) {
      checkResult(type, condition.result);
      errors.push(...ruleErrors(stage, type, condition));
    }
  }
  if (first && beforeEntry) fail('CONDITION_NOT_ALLOWED', 'beforeEntry', 'it', 'none in the source stage');
  checkResult('onFailure', onFailure?.result);
  const retries = [onFailure, ...(onFailure?.conditions ?? [])].some((part) => part?.result === 'RETRY');
  if (retries && onFailure?.conditions?.length) {
    fail('RETRY_WITH_CONDITIONS', 'onFailure', 'RETRY with conditions', 'RETRY alone, or conditions');
  }
  const rollsBack = (type: 'onSuccess' | 'onFailure') =>
    [stage[type], ...(stage[type]?.conditions ?? [])].some(
      (part) => (part as Condition | undefined)?.result === 'ROLLBACK',
    );
  for (const type of ['onSuccess', 'onFailure'] as const) {
    if (!rollsBack(type)) continue;
    if (first) fail('CONDITION_NOT_ALLOWED', type, 'ROLLBACK', 'no rollback of the source stage');
    if (executionMode === 'PARALLEL')
      fail('CONDITION_NOT_ALLOWED', type, 'ROLLBACK', 'no rollback in PARALLEL mode');
  }
  if (onSuccess && !onSuccess.conditions?.length) {
    fail('CONDITION_COUNT', 'onSuccess', 'no condition', 'one condition');
  }
  return errors;

  function checkResult(type: ConditionType, result: string | undefined) {
    const allowed: readonly string[] = RESULTS[type];
    if (result !== undefined && !allowed.includes(result)) {
      fail('CONDITION_RESULT_INVALID', type, `the result ${result}`, allowed.join(' or '));
    }
  }
}

function ruleErrors(stage: StageDeclaration, type: ConditionType, condition: Condition): StructureError[] {
  const where = `${type} of stage "${stage.name}"`;
  const rules = condition.rules ?? [];
  const errors = rules.flatMap((rule) => oneRule(where, rule));
  if (rules.length < 1 || rules.length > 5) {
    errors.push(structureError('RULE_COUNT', where, `${rules.length} rules`, '1 to 5 rules'));
  }
  for (const { ruleTypeId, name } of rules) {
    if (!NAME.test(name ?? '') || rules.filter((rule) => rule.name === name).length > 1) {
      const allowed = `${NAME}, once in a condition`;
      errors.push(structureError('NAME_INVALID', where, `a rule of the name "${name}"`, allowed));
    }
    if (condition.result === 'SKIP' && !RULES_THAT_CAN_SKIP.includes(ruleTypeId?.provider ?? '')) {
      errors.push(
        structureError(
          'CONDITION_RESULT_INVALID',
          where,
          `SKIP with the rule "${name}" (${ruleTypeId?.provider})`,
          `SKIP with ${RULES_THAT_CAN_SKIP.join(' or ')}`,
        ),
      );
    }
  }
  return errors;
}

function oneRule(where: string, rule: RuleDeclaration): StructureError[] {
  const type = rule.ruleTypeId?.provider;
  const provider = ruleProvider(rule);
  if (!provider) {
    return [
      structureError('RULE_UNKNOWN', where, `the rule "${rule.name}" of ${type}`, RULE_PROVIDERS.join(', ')),
    ];
  }
  const required = Object.keys(provider.configuration).filter(
    (key) => provider.configuration[key] === 'required',
  );
  return required
    .filter((key) => !rule.configuration?.[key])
    .map((key) =>
      structureError(
        'RULE_CONFIG_REQUIRED',
        where,
        `no ${key} in the configuration of the rule "${rule.name}"`,
        `a ${type} rule with ${required.join(', ')}`,
      ),
    );
}
