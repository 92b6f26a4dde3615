import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { wildcardResource } from '../findings';

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
    const anyAlarm = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [anyAlarm] }));
    Validations.of(role).acknowledge({
      id: wildcardResource(role, anyAlarm),
      reason: 'DescribeAlarms is authorized for all alarms or for none; it only reads.',
    });
  }
}
