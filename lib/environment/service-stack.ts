import { CfnOutput, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ServerApplication } from 'aws-cdk-lib/aws-codedeploy';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { EnvironmentInsight } from '../insight/environment-insight';
import { ForwardedDeployments } from '../insight/forwarded-deployments';
import { environmentNames } from '../names';
import { Guard } from '../safety/guard';
import { ProofRole } from '../safety/proof-access';
import { detectThreats } from '../security/threat-detection';
import { ReleaseAlarms } from './alarms';
import { grantRevisions } from './artifact-access';
import { BakeRole } from './bake-role';
import { Deployment } from './deployment';
import { DeploymentConfigurations } from './deployment-configurations';
import { Fleet } from './fleet';
import { LoadBalancer } from './load-balancer';
import { Network } from './network';
import { OneBox } from './one-box';
import { ServiceLogs } from './service-logs';

export interface ServiceStackProps extends StackProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
}

/** Full names of the fleet's target group and of its load balancer, as their metrics know them. */
export interface TrafficOutputs {
  readonly loadBalancer: CfnOutput;
  readonly targetGroup: CfnOutput;
}

/** One environment: the network, the load balancer, the fleet, its alarms and its deployment group. */
export class ServiceStack extends Stack {
  /** Where the service answers. */
  readonly url: CfnOutput;
  /** Whose requests count in the bake. */
  readonly traffic: TrafficOutputs;
  /** The same of the one-box. */
  readonly oneBoxTraffic?: TrafficOutputs;

  constructor(scope: Construct, id: string, { delivery, environment, ...props }: ServiceStackProps) {
    const names = environmentNames(delivery, environment);
    super(scope, id, { stackName: names.stack, ...props });

    const network = new Network(this, 'Network');
    const load = new LoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      https: environment.https,
      oneBoxPercent: environment.oneBox?.trafficPercent,
    });
    const { loadBalancer, targetGroup } = load;
    const key = new Key(this, 'Key', {
      description: `Logs and notifications of ${delivery.service} in ${environment.name}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // what it encrypts goes with the environment too
    });
    const { logGroup } = new ServiceLogs(this, 'Logs', {
      logGroupName: names.logGroup,
      retention: delivery.logRetentionDays,
      encryptionKey: key,
    });
    const fleet = new Fleet(this, 'Fleet', { delivery, environment, network, targetGroup, logGroup });
    const { group, role, launchTemplate } = fleet;
    grantRevisions(role, delivery, environment);
    detectThreats(this, delivery, environment);

    const { alarms } = new ReleaseAlarms(this, 'Alarms', {
      names: names.alarms,
      thresholds: environment.alarms,
      loadBalancer,
      targetGroup,
    });
    const application = new ServerApplication(this, 'Application', { applicationName: names.application });
    const oneBox =
      environment.oneBox &&
      new OneBox(this, 'OneBox', {
        names: names.oneBox,
        settings: environment.oneBox,
        network,
        launchTemplate,
        load,
        application,
      });
    const { topic } = new EnvironmentInsight(this, 'Insight', {
      delivery,
      environment,
      loadBalancer,
      targetGroup,
      group,
      key,
      logGroup,
      alarms: [...alarms, ...(oneBox?.alarms ?? [])],
    });
    if (environment.account !== delivery.account || environment.region !== delivery.region)
      new ForwardedDeployments(this, 'ForwardedDeployments', { delivery, environment });
    if (environment.account !== delivery.account)
      new BakeRole(this, 'BakeRole', { roleName: names.bakeRole, pipelineAccount: delivery.account! });
    if (environment.rollbackProof && environment.account !== delivery.account)
      new ProofRole(this, 'ProofRole', { delivery, environment });
    const configurations = new DeploymentConfigurations(this, 'DeploymentConfigurations', {
      names,
      environment,
    });
    new Deployment(this, 'Deployment', {
      application,
      deploymentGroupName: names.deploymentGroup,
      deploymentConfig: configurations.deployment,
      group,
      targetGroup,
      alarms,
    });
    new Guard(this, 'Guard', { delivery, environment, alarms, oneBox, topic });

    const { https } = environment;
    const dnsName = loadBalancer.loadBalancerDnsName;
    this.url = new CfnOutput(this, 'Url', {
      value: https ? `https://${https.domainName}` : `http://${dnsName}`,
    });
    if (https)
      new CfnOutput(this, 'DnsName', { value: dnsName, description: `Where ${https.domainName} leads` });
    this.traffic = {
      loadBalancer: new CfnOutput(this, 'LoadBalancerName', { value: loadBalancer.loadBalancerFullName }),
      targetGroup: new CfnOutput(this, 'TargetGroupName', { value: targetGroup.targetGroupFullName }),
    };
    if (load.oneBox)
      this.oneBoxTraffic = {
        ...this.traffic,
        targetGroup: new CfnOutput(this, 'OneBoxTargetGroupName', { value: load.oneBox.targetGroupFullName }),
      };
  }

  /** The first two zones of the region, chosen by CloudFormation: synthesis looks nothing up. */
  override get availabilityZones(): string[] {
    const zones = Fn.getAzs();
    return [Fn.select(0, zones), Fn.select(1, zones)];
  }
}
