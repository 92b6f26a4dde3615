import { validationError } from '../errors';
import { parseYaml } from './yaml';

/** A CloudFormation template, as parsed. @see AWS CloudFormation User Guide, "Template sections" */
export interface Template {
  readonly AWSTemplateFormatVersion?: string;
  readonly Description?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, ParameterDeclaration>>;
  readonly Rules?: Readonly<Record<string, RuleDeclaration>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Transform?: string | readonly string[];
  readonly Resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly Outputs?: Readonly<Record<string, OutputDeclaration>>;
}

export interface ParameterDeclaration {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  readonly NoEcho?: boolean | string;
  readonly Description?: string;
  readonly ConstraintDescription?: string;
}

export interface RuleDeclaration {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[];
}

export interface ResourceDeclaration {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: Readonly<Record<string, unknown>>;
  readonly CreationPolicy?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface OutputDeclaration {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

// biome-ignore format: a list of words
const SECTIONS = [
  'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Transform',
  'Resources', 'Outputs', 'Hooks',
];
// biome-ignore format: a list of words
const RESOURCE_ATTRIBUTES = [
  'Type', 'Properties', 'Condition', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'UpdatePolicy',
  'CreationPolicy', 'Metadata', 'Description',
];
const POLICIES = ['Delete', 'Retain', 'Snapshot', 'RetainExceptOnCreate'];
const MOST_RESOURCES = 500;

/** Parses a template and checks its structure; what its references point to is checked by `checkReferences`. */
export function parseTemplate(body: string): Template {
  const parsed = body.trimStart().startsWith('{') ? parseJson(body) : parseYaml(body);
  if (!isObject(parsed)) throw validationError('Template format error: unsupported structure.');
  checkSections(parsed);
  checkResources(parsed.Resources);
  for (const [name, parameter] of entries(parsed, 'Parameters')) checkParameter(name, parameter);
  for (const [name, output] of entries(parsed, 'Outputs')) {
    if ((output as OutputDeclaration)?.Value === undefined) {
      throw validationError(
        `Template format error: [/Outputs/${name}] Every Outputs member must contain a Value object`,
      );
    }
  }
  return parsed as unknown as Template;
}

/** `DependsOn` as a list, whichever way it is written. */
export function dependsOn(resource: ResourceDeclaration): readonly string[] {
  return typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? []);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const before = body.slice(0, Number(/position (\d+)/.exec(String(error))?.[1] ?? 0)).split('\n');
    throw validationError(
      `Template format error: JSON not well-formed. (line ${before.length}, column ${before.at(-1)!.length + 1})`,
    );
  }
}

function checkSections(template: Record<string, unknown>): void {
  const unknown = Object.keys(template).filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0)
    throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = template.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09') {
    throw validationError(`Template format error: unsupported value for AWSTemplateFormatVersion.`);
  }
  for (const name of ['Parameters', 'Rules', 'Mappings', 'Conditions', 'Outputs']) {
    if (template[name] !== undefined && !isObject(template[name])) {
      throw validationError(`Template format error: ${name} must be an object.`);
    }
  }
}

function checkResources(resources: unknown): void {
  if (!isObject(resources) || Object.keys(resources).length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  const count = Object.keys(resources).length;
  if (count > MOST_RESOURCES) {
    throw validationError(
      `Template format error: Number of resources, ${count}, is greater than maximum allowed, ${MOST_RESOURCES}`,
    );
  }
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (logicalId.startsWith('Fn::ForEach')) {
      throw validationError(`The rehearsal region does not play ${logicalId}: write its resources out`);
    }
    if (!/^[a-zA-Z0-9]+$/.test(logicalId)) {
      throw validationError(`Template format error: Resource name '${logicalId}' is non alphanumeric.`);
    }
    if (!isObject(resource) || typeof resource.Type !== 'string') {
      throw validationError(
        `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
      );
    }
    const unknown = Object.keys(resource).filter((name) => !RESOURCE_ATTRIBUTES.includes(name));
    if (unknown.length > 0) {
      throw validationError(`Invalid template resource property '${unknown[0]}' of resource ${logicalId}`);
    }
    for (const attribute of ['DeletionPolicy', 'UpdateReplacePolicy']) {
      const policy = resource[attribute];
      if (policy !== undefined && !POLICIES.includes(policy as string)) {
        throw validationError(
          `Template format error: Unrecognized ${attribute} ${policy} for resource ${logicalId}`,
        );
      }
    }
  }
}

const PARAMETER_TYPE =
  /^(String|Number|CommaDelimitedList|(List<)?(Number|AWS::[\w:]+)>?|AWS::SSM::Parameter::.+)$/;
// biome-ignore format: a list of words
const PARAMETER_PROPERTIES = [
  'Type', 'Default', 'AllowedValues', 'AllowedPattern', 'MinLength', 'MaxLength', 'MinValue', 'MaxValue', 'NoEcho',
  'Description', 'ConstraintDescription',
];

function checkParameter(name: string, parameter: unknown): void {
  if (!isObject(parameter) || typeof parameter.Type !== 'string') {
    throw validationError(
      `Template format error: [/Parameters/${name}] Every Parameters object must contain a Type member.`,
    );
  }
  const unknown = Object.keys(parameter).find((property) => !PARAMETER_PROPERTIES.includes(property));
  if (unknown) throw validationError(`Invalid template parameter property '${unknown}' of parameter ${name}`);
  if (!PARAMETER_TYPE.test(parameter.Type)) {
    throw validationError(`Template format error: Unrecognized parameter type: ${parameter.Type}`);
  }
}

function entries(template: Record<string, unknown>, section: string): [string, unknown][] {
  return Object.entries((template[section] as Record<string, unknown>) ?? {});
}
