import { validationError } from '../errors';
import { evaluate, type Surroundings } from './evaluate';
import { isObject } from './template';

/** The functions that only rules know. @see AWS CloudFormation User Guide, "Rule-specific intrinsic functions" */
const RULE_FUNCTIONS: Readonly<Record<string, (argument: any) => boolean>> = {
  'Fn::Contains': ([list, value]) => list.map(String).includes(String(value)),
  'Fn::EachMemberEquals': ([list, value]) => list.every((item: unknown) => String(item) === String(value)),
  'Fn::EachMemberIn': ([list, allowed]) =>
    list.every((item: unknown) => allowed.map(String).includes(String(item))),
};

/** Refuses parameter values that one of the template's rules does not let pass. */
export function checkRules(around: Surroundings): void {
  for (const [name, rule] of Object.entries(around.template.Rules ?? {})) {
    if (rule.RuleCondition !== undefined && !holds(rule.RuleCondition, around)) continue;
    for (const { Assert, AssertDescription } of rule.Assertions) {
      if (!holds(Assert, around)) {
        throw validationError(
          `Template error: Rule ${name} failed: ${AssertDescription ?? JSON.stringify(Assert)}`,
        );
      }
    }
  }
}

function holds(value: unknown, around: Surroundings): unknown {
  if (Array.isArray(value)) return value.map((item) => holds(item, around));
  if (isObject(value)) {
    const [[name, argument] = ['', undefined]] = Object.entries(value);
    if (RULE_FUNCTIONS[name]) return RULE_FUNCTIONS[name](holds(argument, around));
    if (/^Fn::(And|Or|Not|Equals)$/.test(name)) return evaluate({ [name]: holds(argument, around) }, around);
    if (/^Fn::(RefAll|ValueOf|ValueOfAll)$/.test(name)) {
      throw validationError(`Template error: the rehearsal region does not play ${name} in Rules`);
    }
  }
  return evaluate(value, around);
}
