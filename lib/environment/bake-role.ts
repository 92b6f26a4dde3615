import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grantDescribeAlarms, grantGetMetricData } from '../cloudwatch-access';

export interface BakeRoleProps {
  readonly roleName: string;
  readonly pipelineAccount: string;
}

/** Lets gate and bake, which run in the pipeline's account, look at an environment in an account of its own. */
export class BakeRole extends Construct {
  constructor(scope: Construct, id: string, { roleName, pipelineAccount }: BakeRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName,
      description: 'Gate and bake: read alarms and metrics from the account of the pipeline',
      assumedBy: new AccountPrincipal(pipelineAccount),
    });
    grantDescribeAlarms(role);
    grantGetMetricData(role);
  }
}
