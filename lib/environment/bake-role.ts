import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grantDescribeAlarms } from '../alarm-access';

export interface BakeRoleProps {
  readonly roleName: string;
  readonly pipelineAccount: string;
}

/** Lets the bake, which runs in the pipeline's account, read the alarms of an environment in an account of its own. */
export class BakeRole extends Construct {
  constructor(scope: Construct, id: string, { roleName, pipelineAccount }: BakeRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName,
      description: 'Bake: reads alarms from the account of the pipeline',
      assumedBy: new AccountPrincipal(pipelineAccount),
    });
    grantDescribeAlarms(role);
  }
}
