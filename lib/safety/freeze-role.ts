import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames, pipelineNames } from '../names';

export interface FreezeRoleProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
}

/** Lets the guard of an environment in an account of its own close the way into the environment's stage. */
export class FreezeRole extends Construct {
  constructor(scope: Construct, id: string, { delivery, environment }: FreezeRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: environmentNames(delivery, environment).freezeRole,
      description: `Guard of ${environment.name}: closes the way into its stage`,
      assumedBy: new AccountPrincipal(environment.account),
    });
    for (const [action, resources] of Object.entries(
      freezePermissions(Stack.of(this), delivery, environment),
    ))
      role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
  }
}

/** What it takes to close the way into the stage of an environment, in the account of the pipeline: resources by action. */
export function freezePermissions(
  stack: Stack,
  delivery: Delivery,
  { stage }: Environment,
): Record<string, string[]> {
  const { account, region } = delivery;
  const { pipeline } = pipelineNames(delivery);
  const arn = (resource: string) => stack.formatArn({ service: 'codepipeline', account, region, resource });
  return {
    'codepipeline:GetPipelineState': [arn(pipeline)],
    'codepipeline:ListActionExecutions': [arn(pipeline)],
    'codepipeline:DisableStageTransition': [arn(`${pipeline}/${stage}`)],
  };
}
