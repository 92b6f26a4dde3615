import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { wildcardResource } from '../findings';
import { environmentNames } from '../names';

export interface ProofRoleProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
}

/** Lets the rollback proof, which runs in the pipeline's account, deploy to an environment in an account of its own. */
export class ProofRole extends Construct {
  constructor(scope: Construct, id: string, { delivery, environment }: ProofRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: environmentNames(delivery, environment).proofRole,
      description: `Rollback proof of ${environment.name}, from the account of the pipeline`,
      assumedBy: new AccountPrincipal(delivery.account),
    });
    for (const statement of proofStatements(Stack.of(this), delivery, environment))
      role.addToPolicy(statement);
    acknowledgeProof(role);
  }
}

/** What it takes to move the fleet of an environment there and back. */
export function proofStatements(
  stack: Stack,
  delivery: Delivery,
  environment: Environment,
): PolicyStatement[] {
  const { application, deploymentGroup, proofConfiguration, rollbackConfiguration } = environmentNames(
    delivery,
    environment,
  );
  const { account, region } = environment;
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({
      ...{ service: 'codedeploy', account, region, resource, resourceName },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const statement = (resources: string[], ...actions: string[]) =>
    new PolicyStatement({ actions, resources });
  return [
    statement(
      [arn('deploymentgroup', `${application}/${deploymentGroup}`)],
      'codedeploy:BatchGetDeployments',
      'codedeploy:CreateDeployment',
      'codedeploy:GetDeployment',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListDeployments',
      'codedeploy:UpdateDeploymentGroup', // CreateDeployment asks for it when it overrides the alarms
    ),
    statement(
      [...new Set([proofConfiguration, rollbackConfiguration])].map((name) => arn('deploymentconfig', name)),
      'codedeploy:GetDeploymentConfig',
    ),
    statement(
      [arn('application', application)],
      'codedeploy:GetApplicationRevision',
      'codedeploy:RegisterApplicationRevision',
    ),
    statement(
      ['*'],
      'autoscaling:DescribeAutoScalingGroups',
      'codedeploy:BatchGetDeploymentTargets',
      'codedeploy:ListDeploymentTargets',
      'codedeploy:StopDeployment',
    ),
  ];
}

/** Acknowledges the wildcard in {@link proofStatements}. @param scope holds the role */
export function acknowledgeProof(scope: IConstruct): void {
  Validations.of(scope).acknowledge({
    id: wildcardResource(scope, '*'),
    reason:
      'IAM names no resource for the instances of a deployment, for stopping one, and for Auto Scaling.',
  });
}
