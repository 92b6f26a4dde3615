import { ArnFormat, CustomResource, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { wildcardResource } from '../findings';
import { HandlerFunction } from '../handler-function';

/** Inspector's roles, by the service that assumes each. It makes them itself, for whoever turns it on. */
const SERVICE_LINKED_ROLES = {
  'inspector2.amazonaws.com': 'AWSServiceRoleForAmazonInspector2',
  'agentless.inspector2.amazonaws.com': 'AWSServiceRoleForAmazonInspector2Agentless',
};

/**
 * Inspector v2, turned on for instances and functions in the account and region of the stack: lambda/inspector, since
 * CloudFormation has no type for it. It stays on when the stack goes.
 */
export class Inspector extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { function: enable, role } = new HandlerFunction(this, 'Enable', {
      description: 'Turns Inspector on for the account and region',
      entry: 'lambda/inspector/handler.ts',
      inline: true,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['inspector2:Enable'], resources: ['*'] }));
    Validations.of(role).acknowledge({
      id: wildcardResource(role, '*'),
      reason: 'Enabling has no resource to name; it turns on and never off.',
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:CreateServiceLinkedRole'],
        resources: Object.entries(SERVICE_LINKED_ROLES).map(([service, name]) =>
          Stack.of(this).formatArn({
            service: 'iam',
            region: '',
            resource: 'role/aws-service-role',
            resourceName: `${service}/${name}`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ),
        conditions: { StringEquals: { 'iam:AWSServiceName': Object.keys(SERVICE_LINKED_ROLES) } },
      }),
    );
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::Inspector',
      serviceToken: enable.functionArn,
      properties: { resourceTypes: ['EC2', 'LAMBDA'] },
    });
  }
}
