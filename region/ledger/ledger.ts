/**
 * What the region does with a resource or a property:
 * - `executed`: really run (a build, a hook script, a request);
 * - `modelled`: played by AWS's documented rules (an alarm's state, minimum healthy hosts);
 * - `recorded`: kept and returned, with no effect here (a subnet, an IAM policy, a tag);
 * - `refused`: a clear error, because ignoring it would make the rehearsal untrue.
 */
export type Disposition = 'executed' | 'modelled' | 'recorded' | 'refused';

/** Dispositions of a resource type's properties, by top-level property name. A property not named here is refused. */
export type PropertyDispositions = Readonly<Record<string, Disposition>>;

export interface LedgerEntry {
  readonly stackName: string;
  readonly logicalId: string;
  /** CloudFormation resource type, `AWS::CodeDeploy::DeploymentGroup`. */
  readonly type: string;
  /** Top-level property; absent for the resource as a whole. */
  readonly property?: string;
  readonly disposition: Disposition;
}

/** Says for every resource and property of the deployed stacks what the region did with it. */
export class Ledger {
  private readonly kept = new Map<string, LedgerEntry>();

  record(entry: LedgerEntry): void {
    this.kept.set([entry.stackName, entry.logicalId, entry.property ?? ''].join('/'), entry);
  }

  /** Forgets a resource that was deleted. */
  forget(stackName: string, logicalId: string): void {
    for (const [key, entry] of this.kept) {
      if (entry.stackName === stackName && entry.logicalId === logicalId) this.kept.delete(key);
    }
  }

  entries(): LedgerEntry[] {
    return [...this.kept.values()];
  }
}
