import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { wildcardResource } from './findings';

/** Lets a role read the alarms of its account and their history, in one region or, with `*`, in all. */
export function grantDescribeAlarms(role: Role, region?: string): void {
  const alarms = Stack.of(role).formatArn({
    service: 'cloudwatch',
    region,
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const actions = ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'];
  role.addToPolicy(new PolicyStatement({ actions, resources: [alarms] }));
  Validations.of(role).acknowledge({
    id: wildcardResource(role, alarms),
    reason: 'Alarms are described for all names or for none; it only reads.',
  });
}

/** Lets a role read the metrics of its account. */
export function grantGetMetricData(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: wildcardResource(role, '*'),
    reason: 'Metric data has no resource to name; it only reads.',
  });
}
