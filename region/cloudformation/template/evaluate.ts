import { validationError } from '../errors';
import { FUNCTIONS, isUnknown, KNOWN_AFTER_APPLY, LANGUAGE_EXTENSIONS } from './functions';
import { SUBSTITUTION } from './references';
import { isObject, type Template } from './template';
import { splitAttribute } from './yaml';

/** Where the functions of a template find what they refer to. */
export interface Surroundings {
  readonly template: Template;
  /** The value of a parameter, a pseudo parameter or a resource's `Ref`. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  holds(condition: string): boolean;
  importValue(name: string): unknown;
  availabilityZones(region: string): readonly string[];
}

/** What `Ref: AWS::NoValue` gives: the property or list item that holds it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** A value of a template with its intrinsic functions played. @see "Intrinsic function reference" */
export function evaluate(value: unknown, around: Surroundings): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, around)).filter((item) => item !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  const [name] = names;
  if (names.length === 1 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
    // `Condition` is a function only among conditions; in an IAM policy it is an ordinary key with an object.
    if (name !== 'Condition' || typeof value.Condition === 'string') return call(name, value[name], around);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, evaluate(item, around)])
      .filter(([, item]) => item !== NO_VALUE),
  );
}

function call(name: string, argument: unknown, around: Surroundings): unknown {
  switch (name) {
    case 'Ref':
      return around.ref(String(argument));
    case 'Condition':
      return around.holds(String(argument));
    case 'Fn::If': {
      if (!Array.isArray(argument) || argument.length !== 3) {
        throw validationError('Template error: Fn::If requires a list argument with three elements');
      }
      return evaluate(argument[around.holds(String(argument[0])) ? 1 : 2], around);
    }
    case 'Fn::GetAtt': {
      const [logicalId, attribute] =
        typeof argument === 'string' ? splitAttribute(argument) : (argument as unknown[]);
      return around.getAtt(String(logicalId), String(evaluate(attribute, around)));
    }
    case 'Fn::Sub':
      return substitute(argument, around);
    case 'Fn::FindInMap':
      return findInMap(argument, around);
    case 'Fn::GetAZs': {
      const region = evaluate(argument, around);
      return around.availabilityZones(String(region || around.ref('AWS::Region')));
    }
    case 'Fn::ImportValue':
      return around.importValue(String(evaluate(argument, around)));
  }
  const play =
    FUNCTIONS[name] ?? (hasLanguageExtensions(around.template) ? LANGUAGE_EXTENSIONS[name] : undefined);
  if (!play) {
    throw validationError(
      name in LANGUAGE_EXTENSIONS
        ? `Template error: ${name} needs Transform: AWS::LanguageExtensions in the template`
        : `Template error: the rehearsal region does not play ${name}`,
    );
  }
  return play(evaluate(argument, around));
}

export function hasLanguageExtensions(template: Template): boolean {
  return [template.Transform ?? []].flat().includes('AWS::LanguageExtensions');
}

function substitute(argument: unknown, around: Surroundings): string {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') {
    throw validationError(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  const variables = evaluate(given ?? {}, around) as Record<string, unknown>;
  return text
    .replace(SUBSTITUTION, (_, expression: string) => {
      const name = expression.trim();
      if (Object.hasOwn(variables, name)) return String(variables[name]);
      const [logicalId, attribute] = splitAttribute(name);
      return String(attribute ? around.getAtt(logicalId, attribute) : around.ref(name));
    })
    .replace(/\$\{!([^{}]*)\}/g, (_, literal: string) => `\${${literal}}`);
}

function findInMap(argument: unknown, around: Surroundings): unknown {
  if (!Array.isArray(argument) || argument.length < 3) {
    throw validationError(
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  }
  const [map, top, second] = argument.slice(0, 3).map((part) => evaluate(part, around));
  if ([map, top, second].some(isUnknown)) return KNOWN_AFTER_APPLY;
  const found = around.template.Mappings?.[String(map)]?.[String(top)]?.[String(second)];
  if (found !== undefined) return found;
  const [, , , options] = argument;
  if (isObject(options) && 'DefaultValue' in options && hasLanguageExtensions(around.template)) {
    return evaluate(options.DefaultValue, around);
  }
  throw validationError(`Template error: Unable to get mapping for ${map}::${top}::${second}`);
}
