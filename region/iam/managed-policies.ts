import { base32 } from '../gateway/key-ring';
import { AwsError, type Operation, type Scope } from '../service';
import { encodedDocument, policyText } from './documents';

interface ManagedPolicy {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly description?: string;
  readonly created: Date;
  /** Documents in the order of their versions, v1 first; the last is the default. */
  readonly versions: string[];
}

/** The account's own managed policies. AWS's are taken for given when they are attached. */
export class ManagedPolicies {
  private readonly all = new Map<string, ManagedPolicy>();

  constructor(private readonly scope: Scope) {}

  create(name: string, document: unknown, path = '/', description?: string): ManagedPolicy {
    const arn = `arn:aws:iam::${this.scope.accountId}:policy${path}${name}`;
    if (this.all.has(arn)) {
      throw new AwsError('EntityAlreadyExists', `A policy called ${name} already exists.`, 409);
    }
    const versions = [policyText(document)];
    const created = new Date(this.scope.clock.now());
    const policy = { name, id: `ANPA${base32(17)}`, arn, path, description, created, versions };
    this.all.set(arn, policy);
    return policy;
  }

  get(arn: string): ManagedPolicy {
    const policy = this.all.get(arn);
    if (!policy)
      throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
    return policy;
  }

  has(arn: string): boolean {
    return this.all.has(arn);
  }

  revise(arn: string, document: unknown): void {
    this.get(arn).versions.push(policyText(document));
  }

  delete(arn: string): void {
    this.get(arn);
    this.all.delete(arn);
  }

  private describe({ name, id, arn, path, description, created, versions }: ManagedPolicy) {
    return {
      PolicyName: name,
      PolicyId: id,
      Arn: arn,
      Path: path,
      Description: description,
      CreateDate: created,
      DefaultVersionId: `v${versions.length}`,
      IsAttachable: true,
    };
  }

  operations(): Record<string, Operation> {
    return {
      CreatePolicy: ({ PolicyName, PolicyDocument, Path, Description }) => ({
        Policy: this.describe(this.create(PolicyName, PolicyDocument, Path, Description)),
      }),
      GetPolicy: ({ PolicyArn }) => ({ Policy: this.describe(this.get(PolicyArn)) }),
      ListPolicies: () => ({
        Policies: [...this.all.values()].map((one) => this.describe(one)),
        IsTruncated: false,
      }),
      GetPolicyVersion: ({ PolicyArn, VersionId }) => {
        const { versions } = this.get(PolicyArn);
        const document = versions[Number(VersionId?.slice(1)) - 1];
        if (document === undefined)
          throw new AwsError('NoSuchEntity', `Policy version ${VersionId} does not exist.`, 404);
        return {
          PolicyVersion: {
            Document: encodedDocument(document),
            VersionId,
            IsDefaultVersion: VersionId === `v${versions.length}`,
          },
        };
      },
      CreatePolicyVersion: ({ PolicyArn, PolicyDocument }) => {
        this.revise(PolicyArn, PolicyDocument);
        const VersionId = `v${this.get(PolicyArn).versions.length}`;
        return { PolicyVersion: { VersionId, IsDefaultVersion: true } };
      },
      DeletePolicy: ({ PolicyArn }) => this.delete(PolicyArn),
    };
  }
}
