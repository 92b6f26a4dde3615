import { Validations } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, type SelectedSubnets, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/**
 * Two availability zones: public subnets for the load balancer, private ones for the fleet.
 *
 * One NAT gateway serves both zones, the cheapest way out for the package repositories, Systems Manager and CodeDeploy
 * (the interface endpoints that would replace it cost more). Losing its zone keeps new instances from starting; it does
 * not touch the traffic being served. Amazon S3, the bulk of the bytes, is reached by a gateway endpoint, free of charge.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly privateSubnets: SelectedSubnets;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      // The construct would empty it with a custom resource; nothing here uses the default security group.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    this.privateSubnets = this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS });
    Validations.of(this.vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason:
        'Flow logs are billed by volume and name no request; whoever must keep them adds vpc.addFlowLog() here.',
    });
  }
}
