import { Validations } from 'aws-cdk-lib';
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
import { Construct } from 'constructs';
import type { Environment } from '../config/delivery';
import { instanceGroup } from './instance-group';
import type { Network } from './network';
import { scale } from './scaling';
import { userData } from './user-data';

export interface FleetProps {
  readonly environment: Environment;
  readonly network: Network;
  readonly targetGroup: ApplicationTargetGroup;
}

/**
 * The instances: an Auto Scaling group from a launch template, in private subnets, managed through Systems Manager.
 */
export class Fleet extends Construct {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;
  readonly role: Role;

  constructor(scope: Construct, id: string, { environment, network, targetGroup }: FleetProps) {
    super(scope, id);
    const { vpc } = network;
    const instanceType = new InstanceType(environment.instanceType);

    this.role = new Role(this, 'Role', {
      description: 'Instances of the fleet: Systems Manager, and read access to the revisions',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });

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
      userData: userData(),
      requireImdsv2: true,
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
    });
    scale(this.group, environment);

    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
      reason:
        'The policy AWS keeps for the Systems Manager agent, which takes the place of SSH; it follows the agent.',
    });
  }
}
