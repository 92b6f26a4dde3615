import { validationError } from '../errors';
import { dependsOn, isObject, type Template } from './template';
import { splitAttribute } from './yaml';

/** One place in a template that names a resource, a parameter or a pseudo parameter. */
export interface Reference {
  readonly name: string;
  /** Absent for `Ref` and `${Name}`. */
  readonly attribute?: string;
}

// biome-ignore format: a list of words
export const PSEUDO_PARAMETERS = [
  'AWS::AccountId', 'AWS::NoValue', 'AWS::NotificationARNs', 'AWS::Partition', 'AWS::Region', 'AWS::StackId',
  'AWS::StackName', 'AWS::URLSuffix',
];

/** `${Name}` and `${Name.Attribute}` in the text of `Fn::Sub`; `${!Name}` is literal. */
export const SUBSTITUTION = /\$\{([^!{}][^{}]*)\}/g;

/**
 * Every reference in a value.
 * @param holds tells conditions; when given, only the branch of `Fn::If` that is taken is looked at
 */
export function* references(value: unknown, holds?: (condition: string) => boolean): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const item of value) yield* references(item, holds);
    return;
  }
  if (!isObject(value)) return;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (name === 'Ref' && typeof argument === 'string') return yield { name: argument };
    if (name === 'Fn::GetAtt') return yield* attributeReference(argument);
    if (name === 'Fn::Sub') return yield* substitutions(argument, holds);
    if (name === 'Fn::If' && holds && Array.isArray(argument)) {
      return yield* references(argument[holds(argument[0]) ? 1 : 2], holds);
    }
  }
  for (const item of Object.values(value)) yield* references(item, holds);
}

/** Names the conditions that a value asks for, through `Fn::If` and `Condition`. */
export function* conditionReferences(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* conditionReferences(item);
  } else if (isObject(value)) {
    for (const [name, argument] of Object.entries(value)) {
      if (name === 'Fn::If' && Array.isArray(argument)) yield String(argument[0]);
      yield* conditionReferences(argument);
    }
  }
}

function* attributeReference(argument: unknown): Generator<Reference> {
  const [name, attribute] = typeof argument === 'string' ? splitAttribute(argument) : (argument as unknown[]);
  yield { name: String(name), attribute: String(attribute) };
}

function* substitutions(argument: unknown, holds?: (condition: string) => boolean): Generator<Reference> {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, expression] of String(text).matchAll(SUBSTITUTION)) {
    if (Object.hasOwn(variables ?? {}, expression)) continue;
    const [name, attribute] = splitAttribute(expression.trim());
    yield attribute ? { name, attribute } : { name };
  }
  yield* references(variables, holds);
}

/** Refuses a template with a reference to something it does not declare. */
export function checkReferences(template: Template): void {
  const resources = template.Resources;
  const known = (name: string) =>
    Object.hasOwn(resources, name) ||
    Object.hasOwn(template.Parameters ?? {}, name) ||
    PSEUDO_PARAMETERS.includes(name);

  const unresolved = (block: string, names: Iterable<string>) => {
    const missing = [...new Set(names)];
    if (missing.length > 0) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${missing.join(', ')}] in the ${block} block of the template`,
      );
    }
  };
  const missingIn = (value: unknown) =>
    [...references(value)].flatMap(({ name, attribute }) => {
      if (attribute !== undefined && !Object.hasOwn(resources, name)) {
        throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
      }
      return known(name) ? [] : [name];
    });

  unresolved(
    'Resources',
    Object.values(resources).flatMap((resource) => [
      ...dependsOn(resource).filter((name) => !Object.hasOwn(resources, name)),
      ...missingIn(resource.Properties),
    ]),
  );
  unresolved('Outputs', missingIn(template.Outputs));
  for (const { name } of references(template.Conditions)) {
    if (Object.hasOwn(resources, name) || !known(name)) {
      throw validationError(
        `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
      );
    }
  }
  checkConditionReferences(template);
}

function checkConditionReferences(template: Template): void {
  const check = (block: string, names: Iterable<string | undefined>) => {
    for (const name of names) {
      if (name !== undefined && !Object.hasOwn(template.Conditions ?? {}, name)) {
        throw validationError(
          `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
        );
      }
    }
  };
  for (const resource of Object.values(template.Resources)) {
    check('Resources', [resource.Condition, ...conditionReferences(resource.Properties)]);
  }
  for (const output of Object.values(template.Outputs ?? {})) {
    check('Outputs', [output.Condition, ...conditionReferences(output.Value)]);
  }
}
