import { base32 } from '../gateway/key-ring';
import { AwsError, type Operation, type Scope } from '../service';
import { encodedDocument, policyText } from './documents';

/** A role, user or group: what can bear policies. */
export interface Principal {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly created: Date;
  /** Inline policies' documents, by name. */
  readonly policies: Map<string, string>;
  /** ARNs of attached managed policies. */
  readonly attached: Set<string>;
  tags: { Key: string; Value: string }[];
  /** What the kind has beyond the others' (a role's trust policy), in the names of IAM's API. */
  facts: Record<string, unknown>;
}

export interface PrincipalKind {
  /** As the operations' names have it. */
  readonly kind: 'Role' | 'User' | 'Group';
  /** How IAM's unique ids of the kind begin. */
  readonly idPrefix: 'AROA' | 'AIDA' | 'AGPA';
}

/** The principals of one kind in one account, and the operations that all kinds have alike. */
export class Principals {
  private readonly all = new Map<string, Principal>();

  constructor(
    private readonly scope: Scope,
    readonly kind: PrincipalKind,
  ) {}

  create(
    name: string,
    path = '/',
    facts: Record<string, unknown> = {},
    tags: Principal['tags'] = [],
  ): Principal {
    const { kind, idPrefix } = this.kind;
    if (!/^[\w+=,.@-]{1,128}$/.test(name ?? '')) {
      throw new AwsError(
        'ValidationError',
        `${kind}Name is ${name}; allowed are 1 to 128 of a-z, A-Z, 0-9 and _+=,.@-`,
      );
    }
    if (this.all.has(name)) {
      throw new AwsError('EntityAlreadyExists', `${kind} with name ${name} already exists.`, 409);
    }
    const principal: Principal = {
      name,
      id: `${idPrefix}${base32(17)}`,
      arn: `arn:aws:iam::${this.scope.accountId}:${kind.toLowerCase()}${path}${name}`,
      path,
      created: new Date(this.scope.clock.now()),
      policies: new Map(),
      attached: new Set(),
      tags,
      facts,
    };
    this.all.set(name, principal);
    return principal;
  }

  find(name: string): Principal | undefined {
    return this.all.get(name);
  }

  /** @throws AwsError NoSuchEntity */
  get(name: string): Principal {
    const principal = this.all.get(name);
    if (!principal) {
      throw new AwsError(
        'NoSuchEntity',
        `The ${this.kind.kind.toLowerCase()} with name ${name} cannot be found.`,
        404,
      );
    }
    return principal;
  }

  list(pathPrefix = '/'): Principal[] {
    return [...this.all.values()].filter(({ path }) => path.startsWith(pathPrefix));
  }

  /** @throws AwsError DeleteConflict while it bears policies */
  delete(name: string): void {
    const { policies, attached } = this.get(name);
    if (policies.size > 0 || attached.size > 0) {
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    }
    this.all.delete(name);
  }

  /** The principal in the names of IAM's API. */
  describe({ name, id, arn, path, created, tags, facts }: Principal): Record<string, unknown> {
    const { kind } = this.kind;
    const shown = {
      ...facts,
      AssumeRolePolicyDocument: encodedDocument(facts.AssumeRolePolicyDocument as string),
    };
    return {
      [`${kind}Name`]: name,
      [`${kind}Id`]: id,
      Arn: arn,
      Path: path,
      CreateDate: created,
      Tags: tags,
      ...shown,
    };
  }

  operations(): Record<string, Operation> {
    const { kind } = this.kind;
    const of = (input: any) => this.get(input[`${kind}Name`]);
    return {
      [`Get${kind}`]: (input) => ({ [kind]: this.describe(of(input)) }),
      [`List${kind}s`]: ({ PathPrefix }) => ({
        [`${kind}s`]: this.list(PathPrefix).map((one) => this.describe(one)),
        IsTruncated: false,
      }),
      [`Delete${kind}`]: (input) => this.delete(input[`${kind}Name`]),
      [`Tag${kind}`]: (input) => {
        const one = of(input);
        const replaced = new Set(input.Tags.map(({ Key }: any) => Key));
        one.tags = [...one.tags.filter(({ Key }) => !replaced.has(Key)), ...input.Tags];
      },
      [`Untag${kind}`]: (input) => {
        const one = of(input);
        one.tags = one.tags.filter(({ Key }) => !input.TagKeys.includes(Key));
      },
      [`List${kind}Tags`]: (input) => ({ Tags: of(input).tags, IsTruncated: false }),
      [`Put${kind}Policy`]: (input) =>
        void of(input).policies.set(input.PolicyName, policyText(input.PolicyDocument)),
      [`Get${kind}Policy`]: (input) => {
        const document = of(input).policies.get(input.PolicyName);
        if (document === undefined) {
          throw new AwsError(
            'NoSuchEntity',
            `The policy with name ${input.PolicyName} cannot be found.`,
            404,
          );
        }
        return {
          [`${kind}Name`]: input[`${kind}Name`],
          PolicyName: input.PolicyName,
          PolicyDocument: encodedDocument(document),
        };
      },
      [`Delete${kind}Policy`]: (input) => void of(input).policies.delete(input.PolicyName),
      [`List${kind}Policies`]: (input) => ({
        PolicyNames: [...of(input).policies.keys()],
        IsTruncated: false,
      }),
      [`Attach${kind}Policy`]: (input) => void of(input).attached.add(input.PolicyArn),
      [`Detach${kind}Policy`]: (input) => void of(input).attached.delete(input.PolicyArn),
      [`ListAttached${kind}Policies`]: (input) => ({
        AttachedPolicies: [...of(input).attached].map((PolicyArn) => ({
          PolicyArn,
          PolicyName: PolicyArn.split('/').pop(),
        })),
        IsTruncated: false,
      }),
    };
  }
}
