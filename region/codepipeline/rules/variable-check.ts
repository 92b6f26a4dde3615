import { ActionFailure } from '../actions/action-provider';
import type { RuleProvider } from './rule-provider';

interface Operator {
  readonly words: string;
  holds(variable: string, value: string): boolean;
}

/**
 * The guide has EQ, NE, CONTAINS and MATCHES, by Java's regular expressions: JavaScript's, which are the same for what
 * names and messages are checked with, and like Java's `matches` the whole text.
 */
const OPERATORS: Readonly<Record<string, Operator>> = {
  EQ: { words: 'equals', holds: (variable, value) => variable === value },
  NE: { words: 'differs from', holds: (variable, value) => variable !== value },
  CONTAINS: { words: 'contains', holds: (variable, value) => variable.includes(value) },
  MATCHES: { words: 'matches', holds: (variable, value) => new RegExp(`^(?:${value})$`, 's').test(variable) },
};

/**
 * Compares a variable with a value.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
 */
export const variableCheck: RuleProvider = {
  inputs: [0, 0],
  configuration: { Variable: 'required', Value: 'required', Operator: 'required' },
  timeoutInMinutes: 60,

  check({ configuration: { Operator, Value = '' } = {} }) {
    if (Operator && !Object.hasOwn(OPERATORS, Operator)) {
      return [`found the Operator ${Operator}; allowed are ${Object.keys(OPERATORS).join(', ')}`];
    }
    try {
      if (Operator === 'MATCHES' && !Value.includes('#{')) new RegExp(Value);
      return [];
    } catch (error) {
      return [`found the Value ${Value}; allowed is a regular expression (${(error as Error).message})`];
    }
  },

  async run({ configuration: { Variable, Value, Operator }, rule }) {
    const { words, holds } = OPERATORS[Operator];
    const name = rule.configuration!.Variable.replace(/^#\{(.*)\}$/, '$1');
    if (!holds(Variable, Value)) {
      throw new ActionFailure('RuleFailed', `${name} is "${Variable}"; asked is that it ${words} "${Value}"`);
    }
    return `${name} ${words} "${Value}"`;
  },
};
