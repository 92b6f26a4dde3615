import type * as api from '@aws-sdk/client-inspector2';
import { AwsError, type AwsService, type Scope } from '../service';

type ScanType = keyof api.ResourceStatus & keyof api.ResourceState;

const SCAN_TYPES: Readonly<Record<api.ResourceScanType, ScanType>> = {
  EC2: 'ec2',
  ECR: 'ecr',
  LAMBDA: 'lambda',
  LAMBDA_CODE: 'lambdaCode',
  CODE_REPOSITORY: 'codeRepository',
};

/**
 * Inspector v2 in one account and region: what is turned on is modelled, nothing is scanned, so that there are no
 * findings. AWS takes some time to enable what is asked for; here it is enabled by the next question.
 */
export class Inspector2 implements AwsService {
  private readonly enabled = new Set<ScanType>();

  constructor(private readonly scope: Scope) {}

  readonly operations = {
    Enable: ({ accountIds, resourceTypes = [] }: api.EnableCommandInput) => {
      const types = scanTypes(resourceTypes);
      if (types.includes('lambdaCode') && !types.includes('lambda') && !this.enabled.has('lambda'))
        throw invalid('LAMBDA_CODE is scanned only together with LAMBDA');
      return this.forOwn(accountIds, () => {
        const before = this.statuses();
        for (const type of types) this.enabled.add(type);
        this.say(`scans ${resourceTypes.join(', ')}`);
        const asked = types.filter((type) => before[type] !== 'ENABLED').map((type) => [type, 'ENABLING']);
        return { ...before, ...(Object.fromEntries(asked) as Partial<api.ResourceStatus>) };
      });
    },

    Disable: ({ accountIds, resourceTypes = [] }: api.DisableCommandInput) => {
      const types = resourceTypes.length > 0 ? scanTypes(resourceTypes) : [...this.enabled];
      return this.forOwn(accountIds, () => {
        for (const type of types) this.enabled.delete(type);
        this.say(`no longer scans ${resourceTypes.join(', ') || 'anything'}`);
        return this.statuses();
      });
    },

    BatchGetAccountStatus: ({ accountIds }: api.BatchGetAccountStatusCommandInput) => {
      const { own, others } = this.apart(accountIds);
      const state = (status: api.Status): api.State => ({
        status,
        errorCode: undefined,
        errorMessage: undefined,
      });
      const resourceState = Object.fromEntries(
        Object.entries(this.statuses()).map(([type, status]) => [type, state(status)]),
      );
      const accounts = own.map((accountId) => ({
        accountId,
        state: state(overall(this.statuses())),
        resourceState,
      }));
      return { accounts, failedAccounts: others };
    },

    ListFindings: () => ({ findings: [] as api.Finding[] }),
  };

  private statuses(): api.ResourceStatus {
    const all = Object.values(SCAN_TYPES).map((type) => [
      type,
      this.enabled.has(type) ? 'ENABLED' : 'DISABLED',
    ]);
    return Object.fromEntries(all);
  }

  private forOwn(accountIds: string[] | undefined, change: () => api.ResourceStatus) {
    const { own, others } = this.apart(accountIds);
    const accounts = own.map((accountId): api.Account => {
      const resourceStatus = change();
      return { accountId, status: overall(resourceStatus), resourceStatus };
    });
    return { accounts, failedAccounts: others };
  }

  /** Other accounts are an organization's administrator's to change. */
  private apart(accountIds: string[] | undefined) {
    const { accountId: own } = this.scope;
    const asked = accountIds?.length ? accountIds : [own];
    const others = asked
      .filter((id) => id !== own)
      .map((accountId) => ({
        accountId,
        errorCode: 'ACCESS_DENIED',
        errorMessage: `${own} does not administer ${accountId}`,
      }));
    return { own: asked.filter((id) => id === own), others };
  }

  private say(what: string): void {
    const { accountId, region } = this.scope;
    this.scope.journal.append({
      source: 'inspector2',
      type: 'ScanningChanged',
      subject: accountId,
      message: `Inspector ${what} in ${accountId}, ${region}: modelled, nothing is scanned`,
      detail: { enabled: [...this.enabled] },
    });
  }
}

/** An account is on while anything of it is. */
function overall(statuses: api.ResourceStatus): api.Status {
  const all = Object.values(statuses);
  return (['ENABLING', 'ENABLED'] as const).find((status) => all.includes(status)) ?? 'DISABLED';
}

function scanTypes(resourceTypes: readonly api.ResourceScanType[]): ScanType[] {
  const unknown = resourceTypes.find((type) => !(type in SCAN_TYPES));
  if (unknown) throw invalid(`${unknown} is not scanned; allowed are ${Object.keys(SCAN_TYPES).join(', ')}`);
  return resourceTypes.map((type) => SCAN_TYPES[type]);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
