import { Duration, Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Https } from '../config/https';

/** Port on which the service listens on its instance. */
export const SERVICE_PORT = 8080;

export interface LoadBalancerProps {
  readonly vpc: IVpc;
  /** @default - HTTP alone */
  readonly https?: Https;
  /**
   * Share of the requests that a one-box gets.
   * @default - there is none
   */
  readonly oneBoxPercent?: number;
}

/**
 * The public way in: an internet-facing Application Load Balancer before the target group of the fleet. It takes HTTPS on
 * port 443 where there is a certificate, and redirects HTTP there; else HTTP on port 80. The tests of the pipeline come this
 * way too, from a build without a VPC.
 */
export class LoadBalancer extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  /** Of the one-box, where there is one. */
  readonly oneBox?: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, { vpc, https, oneBoxPercent }: LoadBalancerProps) {
    super(scope, id);

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer: HTTP from anywhere',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(80), 'HTTP from anywhere');
    if (https) securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(443), 'HTTPS from anywhere');

    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: true,
      securityGroup,
      dropInvalidHeaderFields: true,
    });

    this.targetGroup = serviceTargetGroup(this, 'TargetGroup', vpc);
    let defaultAction = ListenerAction.forward([this.targetGroup]);
    if (oneBoxPercent) {
      this.oneBox = serviceTargetGroup(this, 'OneBoxTargetGroup', vpc);
      defaultAction = ListenerAction.weightedForward([
        { targetGroup: this.targetGroup, weight: 100 - oneBoxPercent },
        { targetGroup: this.oneBox, weight: oneBoxPercent },
      ]);
    }

    this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: https
        ? ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true })
        : defaultAction,
    });
    if (https)
      this.loadBalancer.addListener('Https', {
        port: 443,
        protocol: ApplicationProtocol.HTTPS,
        certificates: [ListenerCertificate.fromArn(https.certificate)],
        sslPolicy: SslPolicy.RECOMMENDED_TLS,
        open: false,
        defaultAction,
      });

    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason:
        'The service is public: its port is open to anyone on purpose, and the instances only to this group.',
    });
    Validations.of(this.loadBalancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason:
        'Access logs are billed by volume; the alarms read the metrics. Whoever must keep them calls logAccessLogs().',
    });
  }
}

function serviceTargetGroup(scope: Construct, id: string, vpc: IVpc): ApplicationTargetGroup {
  return new ApplicationTargetGroup(scope, id, {
    vpc,
    targetType: TargetType.INSTANCE,
    protocol: ApplicationProtocol.HTTP,
    port: SERVICE_PORT,
    healthCheck: {
      path: '/health',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
    deregistrationDelay: Duration.seconds(30),
  });
}
