import { ArnFormat, Duration, Resource, Stack } from 'aws-cdk-lib';
import {
  type IServerDeploymentConfig,
  MinimumHealthyHosts,
  ServerDeploymentConfig,
} from 'aws-cdk-lib/aws-codedeploy';
import { Construct } from 'constructs';
import type { Environment } from '../config/delivery';
import type { CustomConfiguration, DeploymentConfiguration } from '../config/deployment-configuration';
import { proofConfiguration } from '../config/rollback-proof';

export interface DeploymentConfigurationsProps {
  readonly names: {
    readonly deploymentConfiguration: string;
    readonly rollbackConfiguration: string;
    readonly proofConfiguration: string;
  };
  readonly environment: Environment;
}

/** The custom deployment configurations of an environment; CodeDeploy's own are there already. */
export class DeploymentConfigurations extends Construct {
  /** What the deployments of the environment use. */
  readonly deployment: IServerDeploymentConfig;

  constructor(scope: Construct, id: string, { names, environment }: DeploymentConfigurationsProps) {
    super(scope, id);
    const wanted = new Map<string, DeploymentConfiguration>([
      [names.rollbackConfiguration, environment.rollbackConfiguration],
      [names.deploymentConfiguration, environment.deploymentConfiguration],
    ]);
    if (environment.rollbackProof)
      wanted.set(names.proofConfiguration, proofConfiguration(environment.deploymentConfiguration));
    for (const [name, configuration] of wanted)
      if (typeof configuration !== 'string') this.#custom(name, configuration);

    const { deploymentConfiguration: name } = names;
    this.deployment =
      (this.node.tryFindChild(name) as ServerDeploymentConfig | undefined) ??
      new NamedDeploymentConfiguration(this, 'Predefined', { name });
  }

  #custom(
    deploymentConfigName: string,
    { minimumHealthyPercent, minimumHealthyHosts, zonal }: CustomConfiguration,
  ): void {
    new ServerDeploymentConfig(this, deploymentConfigName, {
      deploymentConfigName,
      minimumHealthyHosts: minimumHealthyPercent
        ? MinimumHealthyHosts.percentage(minimumHealthyPercent)
        : MinimumHealthyHosts.count(minimumHealthyHosts!),
      zonalConfig: zonal && {
        monitorDuration: Duration.minutes(zonal.monitorMinutes),
        firstZoneMonitorDuration: Duration.minutes(zonal.firstZoneMonitorMinutes ?? zonal.monitorMinutes),
      },
    });
  }
}

export interface NamedDeploymentConfigurationProps {
  readonly name: string;
  /** @default - the account of the stack */
  readonly account?: string;
  /** @default - the region of the stack */
  readonly region?: string;
}

/** A deployment configuration that exists, in another account or region perhaps, which the CDK's own import cannot say. */
export class NamedDeploymentConfiguration extends Resource implements IServerDeploymentConfig {
  readonly deploymentConfigName: string;
  readonly deploymentConfigArn: string;

  constructor(scope: Construct, id: string, { name, account, region }: NamedDeploymentConfigurationProps) {
    super(scope, id, { account, region });
    this.deploymentConfigName = name;
    this.deploymentConfigArn = Stack.of(this).formatArn({
      service: 'codedeploy',
      account,
      region,
      resource: 'deploymentconfig',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  get deploymentConfigRef() {
    return { deploymentConfigName: this.deploymentConfigName };
  }
}
