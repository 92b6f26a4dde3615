import { Duration, Validations } from 'aws-cdk-lib';
import {
  AdditionalHealthCheckType,
  AutoScalingGroup,
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  HealthChecks,
} from 'aws-cdk-lib/aws-autoscaling';
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
 *
 * Desired capacity is left unset, so that a deployment of the stack does not undo what scaling has done. A changed
 * launch template reaches an instance when it is replaced; start an instance refresh to have it everywhere at once.
 */
export class Fleet extends Construct {
  readonly group: AutoScalingGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, { environment, network, targetGroup }: FleetProps) {
    super(scope, id);
    const { vpc, privateSubnets } = network;
    const instanceType = new InstanceType(environment.instanceType);

    this.role = new Role(this, 'Role', {
      description: 'Instances of the fleet: Systems Manager, and read access to the revisions',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });

    const launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
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

    this.group = new AutoScalingGroup(this, 'AutoScalingGroup', {
      vpc,
      vpcSubnets: privateSubnets,
      launchTemplate,
      minCapacity: environment.capacity.min,
      maxCapacity: environment.capacity.max,
      // The grace covers the first release: instances are there some minutes before their first revision.
      healthChecks: HealthChecks.withAdditionalChecks({
        additionalTypes: [AdditionalHealthCheckType.ELB],
        gracePeriod: Duration.minutes(15),
      }),
    });
    this.group.attachToApplicationTargetGroup(targetGroup);
    // User data needs the way out, which the subnets alone do not wait for.
    this.group.node.addDependency(privateSubnets.internetConnectivityEstablished);

    scale(this.group, environment);

    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
      reason:
        'The policy AWS keeps for the Systems Manager agent, which takes the place of SSH; it follows the agent.',
    });
    Validations.of(this.group).acknowledge({
      id: 'AwsSolutions-AS3',
      reason:
        'Scaling events of a stateless fleet call for nobody; what users notice is what the alarms watch.',
    });
  }
}
