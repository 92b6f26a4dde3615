import { randomUUID } from 'node:crypto';
import type {
  ApplicationInfo,
  CreateDeploymentGroupInput,
  DeploymentGroupInfo,
  UpdateDeploymentGroupInput,
} from '@aws-sdk/client-codedeploy';
import { AwsError, type Scope } from '../service';
import type { DeploymentConfigs } from './deployment-configs';
import { DeploymentGroup } from './deployment-group';
import { describeSettings, type GroupSettings, validSettings } from './group-settings';
import type { ScalingHooks } from './scaling-hooks';
import { validProcesses } from './suspended-processes';

export interface Application {
  readonly info: ApplicationInfo;
  readonly groups: Map<string, DeploymentGroup>;
}

/** The applications of one account and region, with their deployment groups. */
export class Applications {
  private readonly byName = new Map<string, Application>();

  constructor(
    private readonly scope: Scope,
    private readonly configs: DeploymentConfigs,
    private readonly hooks: ScalingHooks,
  ) {}

  create(applicationName: string | undefined, computePlatform = 'Server'): Application {
    if (!applicationName) {
      throw new AwsError('ApplicationNameRequiredException', 'applicationName is missing');
    }
    if (!/^[\w+=,.@-]{1,100}$/.test(applicationName)) {
      throw new AwsError(
        'InvalidApplicationNameException',
        `applicationName is "${applicationName}"; allowed are 1 to 100 letters, digits and _+=,.@-`,
      );
    }
    if (computePlatform !== 'Server') {
      throw new AwsError(
        'InvalidComputePlatformException',
        `computePlatform is ${computePlatform}; the rehearsal region plays Server`,
      );
    }
    if (this.byName.has(applicationName)) {
      throw new AwsError('ApplicationAlreadyExistsException', `application ${applicationName} exists`);
    }
    const application: Application = {
      info: {
        applicationId: randomUUID(),
        applicationName,
        createTime: new Date(this.scope.clock.now()),
        linkedToGitHub: false,
        computePlatform: 'Server',
      },
      groups: new Map(),
    };
    this.byName.set(applicationName, application);
    return application;
  }

  get(name: string | undefined): Application {
    if (!name) throw new AwsError('ApplicationNameRequiredException', 'applicationName is missing');
    const application = this.byName.get(name);
    if (!application) {
      throw new AwsError('ApplicationDoesNotExistException', `there is no application ${name}`);
    }
    return application;
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  async delete(name: string): Promise<void> {
    for (const group of this.byName.get(name)?.groups.values() ?? [])
      await this.deleteGroup(name, group.name);
    this.byName.delete(name);
  }

  group(applicationName: string | undefined, groupName: string | undefined): DeploymentGroup {
    const application = this.get(applicationName);
    if (!groupName) {
      throw new AwsError('DeploymentGroupNameRequiredException', 'deploymentGroupName is missing');
    }
    const group = application.groups.get(groupName);
    if (!group) {
      throw new AwsError(
        'DeploymentGroupDoesNotExistException',
        `application ${applicationName} has no deployment group ${groupName}`,
      );
    }
    return group;
  }

  async createGroup(
    input: CreateDeploymentGroupInput,
    processesToSuspend: readonly string[] = [],
  ): Promise<DeploymentGroup> {
    const application = this.get(input.applicationName);
    const name = input.deploymentGroupName;
    if (!name) throw new AwsError('DeploymentGroupNameRequiredException', 'deploymentGroupName is missing');
    if (!input.serviceRoleArn) throw new AwsError('RoleRequiredException', 'serviceRoleArn is missing');
    if (application.groups.has(name)) {
      throw new AwsError('DeploymentGroupAlreadyExistsException', `deployment group ${name} exists`);
    }
    await this.check(input, processesToSuspend);
    const group = new DeploymentGroup({
      ...describeSettings(input),
      applicationName: input.applicationName,
      deploymentGroupName: name,
      deploymentGroupId: randomUUID(),
    });
    group.processesToSuspend = processesToSuspend;
    application.groups.set(name, group);
    await this.hooks.arrange(group);
    return group;
  }

  /** Changes what the input names and leaves the rest. */
  async updateGroup(
    input: UpdateDeploymentGroupInput,
    processesToSuspend?: readonly string[],
  ): Promise<DeploymentGroup> {
    const group = this.group(input.applicationName, input.currentDeploymentGroupName);
    const before = group.info;
    const { applicationName, currentDeploymentGroupName, newDeploymentGroupName, ...changes } = input;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const settings: GroupSettings = { ...settingsOf(before), ...given };
    await this.check(settings, processesToSuspend ?? []);
    const name = newDeploymentGroupName ?? currentDeploymentGroupName!;
    const { groups } = this.get(applicationName);
    if (name !== currentDeploymentGroupName) {
      if (groups.has(name)) {
        throw new AwsError('DeploymentGroupAlreadyExistsException', `deployment group ${name} exists`);
      }
      groups.delete(currentDeploymentGroupName!);
      groups.set(name, group);
    }
    group.info = { ...before, ...describeSettings(settings), deploymentGroupName: name };
    if (processesToSuspend) group.processesToSuspend = processesToSuspend;
    await this.hooks.arrange(group, before.autoScalingGroups);
    return group;
  }

  async deleteGroup(applicationName: string, groupName: string): Promise<void> {
    const group = this.byName.get(applicationName)?.groups.get(groupName);
    if (!group) return;
    const before = group.info.autoScalingGroups;
    group.info = { ...group.info, autoScalingGroups: [] };
    await this.hooks.arrange(group, before);
    this.byName.get(applicationName)!.groups.delete(groupName);
  }

  private async check(settings: GroupSettings, processesToSuspend: readonly string[]): Promise<void> {
    validSettings(settings);
    validProcesses(processesToSuspend);
    if (settings.deploymentConfigName) this.configs.get(settings.deploymentConfigName);
    for (const name of settings.autoScalingGroups ?? []) {
      const { AutoScalingGroups } = (await this.scope.service('autoscaling').operations
        .DescribeAutoScalingGroups!({ AutoScalingGroupNames: [name] })) as any;
      if (AutoScalingGroups.length === 0) {
        throw new AwsError('InvalidAutoScalingGroupException', `there is no Auto Scaling group ${name}`);
      }
    }
  }
}

function settingsOf(info: DeploymentGroupInfo): GroupSettings {
  return { ...info, autoScalingGroups: (info.autoScalingGroups ?? []).map((group) => group.name!) };
}
