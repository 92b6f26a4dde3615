import type { DeploymentConfigInfo, ZonalConfig } from '@aws-sdk/client-codedeploy';
import { AwsError } from '../service';
import type { MinimumHealthyHosts } from './minimum-healthy-hosts';

export interface DeploymentConfig {
  readonly id: string;
  readonly name: string;
  readonly createTime: Date;
  readonly minimumHealthyHosts: MinimumHealthyHosts;
  readonly zonalConfig?: ZonalConfig;
}

export const DEFAULT_CONFIG = 'CodeDeployDefault.OneAtATime';

/** @see CodeDeploy User Guide: Working with deployment configurations */
const PREDEFINED: Readonly<Record<string, MinimumHealthyHosts>> = {
  [DEFAULT_CONFIG]: { type: 'MOST_CONCURRENCY', value: 1 },
  'CodeDeployDefault.HalfAtATime': { type: 'FLEET_PERCENT', value: 50 },
  'CodeDeployDefault.AllAtOnce': { type: 'FLEET_PERCENT', value: 0 },
};

/** The deployment configurations of one account and region: AWS's own for instances, and the custom ones. */
export class DeploymentConfigs {
  private readonly configs = new Map<string, DeploymentConfig>();

  constructor(private readonly now: () => number) {
    for (const [name, minimumHealthyHosts] of Object.entries(PREDEFINED)) {
      this.configs.set(name, {
        id: `00000000-0000-0000-0000-00000000000${this.configs.size + 1}`,
        name,
        createTime: new Date(0),
        minimumHealthyHosts,
      });
    }
  }

  create(id: string, input: DeploymentConfigInfo): DeploymentConfig {
    const name = input.deploymentConfigName;
    if (!name) throw new AwsError('DeploymentConfigNameRequiredException', 'deploymentConfigName is missing');
    if (name.startsWith('CodeDeployDefault.') || !/^[\w+=,.@-]{1,100}$/.test(name)) {
      throw new AwsError(
        'InvalidDeploymentConfigNameException',
        `deploymentConfigName is "${name}"; allowed are 1 to 100 letters, digits and _+=,.@-, not starting with CodeDeployDefault.`,
      );
    }
    if (this.configs.has(name)) {
      throw new AwsError('DeploymentConfigAlreadyExistsException', `deployment configuration ${name} exists`);
    }
    if (input.computePlatform && input.computePlatform !== 'Server') {
      throw new AwsError(
        'InvalidComputePlatformException',
        `computePlatform is ${input.computePlatform}; the rehearsal region plays Server`,
      );
    }
    const minimumHealthyHosts = validMinimum(input.minimumHealthyHosts, 'minimumHealthyHosts');
    const perZone = input.zonalConfig?.minimumHealthyHostsPerZone;
    if (perZone) validMinimum(perZone, 'zonalConfig.minimumHealthyHostsPerZone');
    const config = {
      id,
      name,
      createTime: new Date(this.now()),
      minimumHealthyHosts,
      zonalConfig: input.zonalConfig,
    };
    this.configs.set(name, config);
    return config;
  }

  get(name: string): DeploymentConfig {
    const config = this.configs.get(name);
    if (!config) {
      throw new AwsError(
        'DeploymentConfigDoesNotExistException',
        `there is no deployment configuration ${name}; there are ${this.names().join(', ')}`,
      );
    }
    return config;
  }

  delete(name: string): void {
    if (name in PREDEFINED) {
      throw new AwsError(
        'InvalidOperationException',
        `${name} is one of AWS's own configurations and cannot be deleted`,
      );
    }
    this.configs.delete(name);
  }

  names(): string[] {
    return [...this.configs.keys()];
  }

  describe(config: DeploymentConfig): DeploymentConfigInfo {
    return {
      deploymentConfigId: config.id,
      deploymentConfigName: config.name,
      minimumHealthyHosts: config.minimumHealthyHosts as DeploymentConfigInfo['minimumHealthyHosts'],
      createTime: config.createTime,
      computePlatform: 'Server',
      zonalConfig: config.zonalConfig,
    };
  }
}

/** @throws AwsError unless a host count is 0 or more and a percentage is from 0 to 99. */
export function validMinimum(
  given: { type?: string; value?: number } | undefined,
  key: string,
): MinimumHealthyHosts {
  const { type, value } = given ?? {};
  const limit = type === 'FLEET_PERCENT' ? 99 : type === 'HOST_COUNT' ? Number.MAX_SAFE_INTEGER : -1;
  if (!Number.isInteger(value) || value! < 0 || value! > limit) {
    throw new AwsError(
      'InvalidMinimumHealthyHostValueException',
      `${key} is ${JSON.stringify(given)}; allowed is HOST_COUNT with a whole number from 0, or FLEET_PERCENT from 0 to 99`,
    );
  }
  return { type: type as MinimumHealthyHosts['type'], value: value! };
}
