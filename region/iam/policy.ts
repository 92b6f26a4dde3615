/** What a policy is asked: may this be done, to this, by whom and under which circumstances. */
export interface PolicyRequest {
  /** `sts:AssumeRole` */
  readonly action: string;
  /** ARN; in the policy of a resource, the resource itself. */
  readonly resource: string;
  /** Condition keys that have a value, in lower case: `aws:principalarn`. */
  readonly context: Readonly<Record<string, string>>;
}

type Texts = string | readonly string[];

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource?: Texts;
  readonly NotResource?: Texts;
  readonly Principal?: '*' | Readonly<Record<string, Texts>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
}

/** How a condition's operator compares a key's value, which is absent when the key has none, with what the policy gives. */
const OPERATORS: Readonly<Record<string, (value: string | undefined, given: string) => boolean>> = {
  StringEquals: (value, given) => value === given,
  StringLike: (value, given) => value !== undefined && glob(given, value),
  ArnEquals: (value, given) => value !== undefined && glob(given, value),
  ArnLike: (value, given) => value !== undefined && glob(given, value),
  StringNotEquals: (value, given) => value !== given,
  StringNotLike: (value, given) => value === undefined || !glob(given, value),
  Bool: (value, given) => value?.toLowerCase() === given.toLowerCase(),
  Null: (value, given) => (value === undefined) === (given === 'true'),
};

/** Operators that all of a policy's values have to meet, not one of them. */
const NEGATED = new Set(['StringNotEquals', 'StringNotLike']);

/**
 * What the statements of policies say that fit a request: denied, allowed, or nothing. A statement with an operator that
 * is not among those played fits nothing.
 *
 * @param grants who is meant, in the policy of a resource; all statements mean the same one otherwise
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function verdict(
  documents: readonly string[],
  request: PolicyRequest,
  grants: (principal: Statement['Principal']) => boolean = () => true,
): 'Deny' | 'Allow' | undefined {
  const effects = documents
    .flatMap((document) => [JSON.parse(document).Statement ?? []].flat() as Statement[])
    .filter((statement) => fits(statement, request) && grants(statement.Principal))
    .map(({ Effect }) => Effect);
  return effects.includes('Deny') ? 'Deny' : effects[0];
}

function fits(
  { Action, NotAction, Resource, NotResource, Condition = {} }: Statement,
  { action, resource, context }: PolicyRequest,
): boolean {
  const among = (patterns: Texts, text: string) =>
    [patterns].flat().some((pattern) => glob(pattern.toLowerCase(), text.toLowerCase()));
  const ofResource = (patterns: Texts) => [patterns].flat().some((pattern) => glob(pattern, resource));
  return (
    (Action === undefined || among(Action, action)) &&
    (NotAction === undefined || !among(NotAction, action)) &&
    (Resource === undefined || ofResource(Resource)) &&
    (NotResource === undefined || !ofResource(NotResource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, given]) =>
        isMet(operator, context[key.toLowerCase()], [given].flat()),
      ),
    )
  );
}

function isMet(operator: string, value: string | undefined, given: readonly string[]): boolean {
  const [, name = '', ifExists] = /^(?:ForAnyValue:|ForAllValues:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const holds = OPERATORS[name];
  if (!holds) return false;
  if (ifExists && value === undefined) return true;
  const one = (text: string) => holds(value, String(text));
  return NEGATED.has(name) ? given.every(one) : given.some(one);
}

/** Whether a text matches a pattern with `*` and `?`. */
function glob(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}
