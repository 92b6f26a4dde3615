import { Duration, Validations } from 'aws-cdk-lib';
import { AdditionalHealthCheckType, AutoScalingGroup, HealthChecks } from 'aws-cdk-lib/aws-autoscaling';
import type { LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Capacity } from '../config/description';
import type { Network } from './network';

export interface InstanceGroupProps {
  readonly launchTemplate: LaunchTemplate;
  readonly capacity: Capacity;
  readonly network: Network;
  readonly targetGroup: ApplicationTargetGroup;
  /**
   * What comes between the first instances and their first revision beside a deployment.
   *
   * @default - nothing
   */
  readonly firstRevisionAfter?: Duration;
}

/** Minutes for a deployment to a group: instances that serve nothing are not replaced while their first one may come. */
export const DEPLOYMENT_MINUTES = 15;

/**
 * An Auto Scaling group in the private subnets, behind a target group.
 *
 * Desired capacity is left unset, so that a deployment of the stack does not undo what scaling has done. A changed
 * launch template reaches an instance when it is replaced; start an instance refresh to have it everywhere at once.
 */
export function instanceGroup(
  scope: Construct,
  { launchTemplate, capacity, network, targetGroup, firstRevisionAfter }: InstanceGroupProps,
): AutoScalingGroup {
  const { vpc, privateSubnets } = network;
  const group = new AutoScalingGroup(scope, 'AutoScalingGroup', {
    vpc,
    vpcSubnets: privateSubnets,
    launchTemplate,
    minCapacity: capacity.min,
    maxCapacity: capacity.max,
    healthChecks: HealthChecks.withAdditionalChecks({
      additionalTypes: [AdditionalHealthCheckType.ELB],
      gracePeriod: Duration.minutes(DEPLOYMENT_MINUTES).plus(firstRevisionAfter ?? Duration.minutes(0)),
    }),
  });
  group.attachToApplicationTargetGroup(targetGroup);
  // User data needs the way out, which the subnets alone do not wait for.
  group.node.addDependency(privateSubnets.internetConnectivityEstablished);
  Validations.of(group).acknowledge({
    id: 'AwsSolutions-AS3',
    reason:
      'Scaling events of a stateless fleet call for nobody; what users notice is what the alarms watch.',
  });
  return group;
}
