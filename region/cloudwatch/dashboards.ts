import type * as api from '@aws-sdk/client-cloudwatch';
import { AwsError, type Operation, type Scope } from '../service';

/** Dashboards are kept and returned; nothing here draws them. */
export class Dashboards {
  private readonly kept = new Map<string, { body: string; modified: number }>();

  constructor(private readonly scope: Scope) {}

  readonly operations: Record<string, Operation> = {
    PutDashboard: ({ DashboardName, DashboardBody }: api.PutDashboardCommandInput) => {
      try {
        JSON.parse(DashboardBody ?? '');
      } catch {
        throw new AwsError('InvalidParameterInput', `The body of dashboard ${DashboardName} is not JSON`);
      }
      this.kept.set(DashboardName!, { body: DashboardBody!, modified: this.scope.clock.now() });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard: ({ DashboardName }: api.GetDashboardCommandInput) => {
      const found = this.kept.get(DashboardName!);
      if (!found) throw new AwsError('ResourceNotFound', `Dashboard ${DashboardName} does not exist`, 404);
      return { DashboardName, DashboardArn: this.arn(DashboardName!), DashboardBody: found.body };
    },
    ListDashboards: ({ DashboardNamePrefix = '' }: api.ListDashboardsCommandInput) => ({
      DashboardEntries: [...this.kept]
        .filter(([name]) => name.startsWith(DashboardNamePrefix))
        .map(([name, { body, modified }]) => ({
          DashboardName: name,
          DashboardArn: this.arn(name),
          LastModified: new Date(modified),
          Size: body.length,
        })),
    }),
    DeleteDashboards: ({ DashboardNames }: api.DeleteDashboardsCommandInput) => {
      for (const name of DashboardNames ?? []) this.kept.delete(name);
    },
  };

  private arn(name: string): string {
    return `arn:aws:cloudwatch::${this.scope.accountId}:dashboard/${name}`;
  }
}
