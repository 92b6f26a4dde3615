import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { type AutoScalingGroup, BlockDeviceVolume, EbsDeviceVolumeType } from 'aws-cdk-lib/aws-autoscaling';
import {
  AmazonLinuxCpuType,
  InstanceArchitecture,
  InstanceType,
  LaunchTemplate,
  MachineImage,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { grantTracing, tracingVariables } from '../insight/tracing';
import { agentConfiguration } from './cloudwatch-agent';
import { DEPLOYMENT_MINUTES, instanceGroup } from './instance-group';
import type { Network } from './network';
import { scale } from './scaling';
import { userData } from './user-data';

export interface FleetProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly network: Network;
  readonly targetGroup: ApplicationTargetGroup;
  /** Where the instances write their logs. */
  readonly logGroup: LogGroup;
}

/**
 * The instances: an Auto Scaling group from a launch template, in private subnets, managed through Systems Manager.
 */
export class Fleet extends Construct {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    const { delivery, environment, network, targetGroup, logGroup } = props;
    const { service } = delivery;
    const { vpc } = network;
    const { min, max } = environment.capacity;
    const instanceType = new InstanceType(environment.instanceType);

    this.role = new Role(this, 'Role', {
      description: 'Instances of the fleet: Systems Manager, revisions to read, logs to write',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });

    logGroup.grantWrite(this.role);
    if (delivery.tracing) grantTracing(this.role);

    this.launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
      instanceType,
      machineImage: MachineImage.latestAmazonLinux2023({
        cpuType:
          instanceType.architecture === InstanceArchitecture.ARM_64
            ? AmazonLinuxCpuType.ARM_64
            : AmazonLinuxCpuType.X86_64,
      }),
      role: this.role,
      securityGroup: new SecurityGroup(this, 'SecurityGroup', {
        vpc,
        description: 'Instances of the fleet: traffic from the load balancer alone',
      }),
      userData: userData({
        service,
        variables: {
          SERVICE_NAME: service,
          SERVICE_ENVIRONMENT: environment.name,
          AWS_REGION: Aws.REGION,
          ...tracingVariables(delivery, environment),
        },
        agent: agentConfiguration(delivery, logGroup.logGroupName),
      }),
      requireImdsv2: true,
      // Scaling looks at CPU by the minute.
      detailedMonitoring: max > min,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(8, { volumeType: EbsDeviceVolumeType.GP3, encrypted: true }),
        },
      ],
    });

    this.group = instanceGroup(this, {
      launchTemplate: this.launchTemplate,
      capacity: environment.capacity,
      network,
      targetGroup,
      firstRevisionAfter: afterOneBox(environment),
    });
    scale(this.group, environment);

    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
      reason:
        'The policy AWS keeps for the Systems Manager agent, which takes the place of SSH; it follows the agent.',
    });
  }
}

/** How long the fleet waits for a first revision that the one-box gets before it: its bake extended as it may be. */
function afterOneBox({ oneBox, minimumRequests, bakeLimitMinutes }: Environment): Duration | undefined {
  if (!oneBox) return undefined;
  const bakeMinutes = Math.max(oneBox.bakeMinutes, minimumRequests > 0 ? bakeLimitMinutes : 0);
  return Duration.minutes(DEPLOYMENT_MINUTES + bakeMinutes);
}
