import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import { validationError } from '../errors';
import type { ParameterDeclaration, Template } from './template';

/** The value of one template parameter in one stack. */
export interface ParameterValue {
  readonly name: string;
  /** As given: the name of the SSM parameter for `AWS::SSM::Parameter::Value<…>`. */
  readonly given: string;
  /** What `Ref` returns: a list for the list types. */
  readonly value: string | readonly string[];
  readonly noEcho: boolean;
  /** Read from SSM. */
  readonly resolved: boolean;
}

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(.+)>$/;
const LIST = /^(CommaDelimitedList|List<.+>)$/;

/**
 * Settles the value of every parameter: given, kept from the stack, or the template's default.
 * SSM parameters are read anew each time, as CloudFormation does.
 */
export async function resolveParameters(
  template: Template,
  given: readonly Parameter[],
  previous: ReadonlyMap<string, ParameterValue>,
  scope: Scope,
): Promise<Map<string, ParameterValue>> {
  const declared = template.Parameters ?? {};
  const unknown = given
    .map(({ ParameterKey }) => ParameterKey!)
    .filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, declaration] of Object.entries(declared)) {
    const text = textOf(name, declaration, given, previous);
    if (text === undefined) missing.push(name);
    else texts.set(name, text);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);

  for (const [name, text] of texts) checkConstraints(name, declared[name], text);
  const stored = await readFromSsm(
    [...texts].flatMap(([name, text]) => (SSM_VALUE.test(declared[name].Type) ? [text] : [])),
    scope,
  );
  return new Map(
    [...texts].map(([name, text]) => {
      const valueType = SSM_VALUE.exec(declared[name].Type)?.[1];
      const value = valueType ? stored.get(text)! : text;
      const list = LIST.test(valueType ?? declared[name].Type);
      return [
        name,
        {
          name,
          given: text,
          value: list ? value.split(',').map((item) => item.trim()) : value,
          noEcho: String(declared[name].NoEcho) === 'true',
          resolved: valueType !== undefined,
        },
      ];
    }),
  );
}

/** A parameter as DescribeStacks shows it. */
export function describeParameter({ name, given, value, noEcho, resolved }: ParameterValue): Parameter {
  return {
    ParameterKey: name,
    ParameterValue: noEcho ? '****' : given,
    ...(resolved && { ResolvedValue: [value].flat().join(',') }),
  };
}

function textOf(
  name: string,
  declaration: ParameterDeclaration,
  given: readonly Parameter[],
  previous: ReadonlyMap<string, ParameterValue>,
): string | undefined {
  const parameter = given.find(({ ParameterKey }) => ParameterKey === name);
  if (parameter?.UsePreviousValue) {
    const kept = previous.get(name);
    if (!kept) {
      throw validationError(
        `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    return kept.given;
  }
  const text = parameter?.ParameterValue ?? declaration.Default;
  return text === undefined ? undefined : String(text);
}

function checkConstraints(name: string, declaration: ParameterDeclaration, text: string): void {
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = declaration;
  const list = LIST.test(declaration.Type);
  const fail = (rule: string): never => {
    throw validationError(
      declaration.ConstraintDescription
        ? `Parameter '${name}' failed to satisfy constraint: ${declaration.ConstraintDescription}`
        : `Parameter '${name}' must ${rule}`,
    );
  };
  for (const item of list ? text.split(',').map((part) => part.trim()) : [text]) {
    if (/^(Number|List<Number>)$/.test(declaration.Type) && (item === '' || !Number.isFinite(Number(item)))) {
      fail('be a number');
    }
    if (AllowedValues && !AllowedValues.map(String).includes(item)) fail('be one of AllowedValues');
    if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(item)) {
      fail(`match pattern ${AllowedPattern}`);
    }
    if (MinValue !== undefined && Number(item) < Number(MinValue))
      fail(`be a number not less than ${MinValue}`);
    if (MaxValue !== undefined && Number(item) > Number(MaxValue))
      fail(`be a number not greater than ${MaxValue}`);
    if (MinLength !== undefined && item.length < Number(MinLength))
      fail(`contain at least ${MinLength} characters`);
    if (MaxLength !== undefined && item.length > Number(MaxLength))
      fail(`contain at most ${MaxLength} characters`);
  }
}

async function readFromSsm(names: readonly string[], scope: Scope): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  const absent: string[] = [];
  for (const name of new Set(names)) {
    try {
      const { Parameter } = (await scope.service('ssm').operations.GetParameter({ Name: name })) as {
        Parameter: { Value: string };
      };
      values.set(name, Parameter.Value);
    } catch (error) {
      if ((error as Error).name !== 'ParameterNotFound') throw error;
      absent.push(name);
    }
  }
  if (absent.length > 0) {
    throw validationError(
      `Unable to fetch parameters [${absent.join(',')}] from parameter store for this account.`,
    );
  }
  return values;
}
