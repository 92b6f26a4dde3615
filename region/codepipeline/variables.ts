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
