import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { wildcardResource } from './findings';

/** Lets a role read the states of the alarms of its account, in one region or, with `*`, in all. */
export function grantDescribeAlarms(role: Role, region?: string): void {
  const alarms = Stack.of(role).formatArn({
    service: 'cloudwatch',
    region,
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }));
  Validations.of(role).acknowledge({
    id: wildcardResource(role, alarms),
    reason: 'DescribeAlarms is authorized for all alarms or for none; it only reads.',
  });
}
