import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { AwsError } from '../service';

/** Output variables by namespace: `{ SourceVariables: { CommitId: '…' } }`. */
export type Namespaces = Readonly<Record<string, Readonly<Record<string, string>>>>;

const REFERENCE = /#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}/g;

/**
 * Replaces every `#{namespace.name}` in a text; names are case-sensitive.
 * @param unknown called for a reference that no action has set
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 */
export function resolveVariables(
  text: string,
  namespaces: Namespaces,
  unknown: (reference: string) => string,
): string {
  return text.replace(REFERENCE, (reference, namespace, name) => {
    const values = namespaces[namespace];
    return values && Object.hasOwn(values, name) ? values[name] : unknown(reference);
  });
}

/** The values of a pipeline's own variables: those given at the start, then the defaults. */
export function pipelineVariables(
  { name: pipelineName, variables = [] }: PipelineDeclaration,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = Object.keys(given).find((name) => !variables.some((variable) => variable.name === name));
  const unset = variables.find(({ name, defaultValue }) => !defaultValue && !given[name!]);
  if (unknown !== undefined || unset) {
    const found = unknown !== undefined ? `the variable ${unknown}` : `no value for ${unset?.name}`;
    const names = variables.map((variable) => variable.name).join(', ') || 'none';
    throw new AwsError(
      'ValidationException',
      `Pipeline ${pipelineName}: found ${found}; its variables are: ${names}`,
    );
  }
  return Object.fromEntries(variables.map(({ name, defaultValue }) => [name, given[name!] ?? defaultValue]));
}
