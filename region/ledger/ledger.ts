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
  /** Account and region of the stack, `111111111111/us-east-1`: a name may be one stack's in each. */
  readonly place: string;
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
    this.kept.set([entry.place, entry.stackName, entry.logicalId, entry.property ?? ''].join('/'), entry);
  }

  /** Forgets a resource that was deleted. */
  forget(resource: Pick<LedgerEntry, 'place' | 'stackName' | 'logicalId'>): void {
    for (const [key, { place, stackName, logicalId }] of this.kept) {
      const same = place === resource.place && stackName === resource.stackName;
      if (same && logicalId === resource.logicalId) this.kept.delete(key);
    }
  }

  entries(): LedgerEntry[] {
    return [...this.kept.values()];
  }
}
