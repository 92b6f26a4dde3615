import { randomUUID } from 'node:crypto';
import { AwsError, type Operation } from '../service';
import type { CodeDeploy } from './codedeploy';

/** The operations of the CodeDeploy API that the region plays. */
export function operations(service: CodeDeploy): Record<string, Operation> {
  return {
    ...ofApplications(service),
    ...ofGroups(service),
    ...ofConfigs(service),
    ...ofDeployments(service),
    ...ofTargets(service),
  };
}

function ofApplications({ applications }: CodeDeploy): Record<string, Operation> {
  return {
    CreateApplication: ({ applicationName, computePlatform }) => ({
      applicationId: applications.create(applicationName, computePlatform).info.applicationId,
    }),
    GetApplication: ({ applicationName }) => ({ application: applications.get(applicationName).info }),
    BatchGetApplications: ({ applicationNames }) => ({
      applicationsInfo: applicationNames.map((name: string) => applications.get(name).info),
    }),
    ListApplications: () => ({ applications: applications.names() }),
    DeleteApplication: async ({ applicationName }) => {
      await applications.delete(applicationName);
      return {};
    },
  };
}

function ofGroups({ applications }: CodeDeploy): Record<string, Operation> {
  return {
    CreateDeploymentGroup: async (input) => ({
      deploymentGroupId: (await applications.createGroup(input)).id,
    }),
    UpdateDeploymentGroup: async (input) => {
      await applications.updateGroup(input);
      return { hooksNotCleanedUp: [] };
    },
    GetDeploymentGroup: ({ applicationName, deploymentGroupName }) => ({
      deploymentGroupInfo: applications.group(applicationName, deploymentGroupName).describe(),
    }),
    BatchGetDeploymentGroups: ({ applicationName, deploymentGroupNames }) => ({
      deploymentGroupsInfo: deploymentGroupNames.map((name: string) =>
        applications.group(applicationName, name).describe(),
      ),
    }),
    ListDeploymentGroups: ({ applicationName }) => ({
      applicationName,
      deploymentGroups: [...applications.get(applicationName).groups.keys()],
    }),
    DeleteDeploymentGroup: async ({ applicationName, deploymentGroupName }) => {
      await applications.deleteGroup(applicationName, deploymentGroupName);
      return { hooksNotCleanedUp: [] };
    },
  };
}

function ofConfigs({ configs }: CodeDeploy): Record<string, Operation> {
  return {
    CreateDeploymentConfig: (input) => ({ deploymentConfigId: configs.create(randomUUID(), input).id }),
    GetDeploymentConfig: ({ deploymentConfigName }) => ({
      deploymentConfigInfo: configs.describe(configs.get(deploymentConfigName)),
    }),
    ListDeploymentConfigs: () => ({ deploymentConfigsList: configs.names() }),
    DeleteDeploymentConfig: ({ deploymentConfigName }) => {
      configs.delete(deploymentConfigName);
      return {};
    },
  };
}

function ofDeployments({ applications, deployments }: CodeDeploy): Record<string, Operation> {
  return {
    CreateDeployment: async (input) => {
      const group = applications.group(input.applicationName, input.deploymentGroupName);
      return { deploymentId: (await deployments.create(group, input)).id };
    },
    GetDeployment: ({ deploymentId }) => ({ deploymentInfo: deployments.get(deploymentId).info() }),
    BatchGetDeployments: ({ deploymentIds }) => ({
      deploymentsInfo: deploymentIds.map((id: string) => deployments.get(id).info()),
    }),
    ListDeployments: ({ applicationName, deploymentGroupName, includeOnlyStatuses, createTimeRange }) => ({
      deployments: deployments
        .all()
        .filter(
          ({ spec, status, createTime }) =>
            (!applicationName || spec.group.applicationName === applicationName) &&
            (!deploymentGroupName || spec.group.name === deploymentGroupName) &&
            (!includeOnlyStatuses?.length || includeOnlyStatuses.includes(status)) &&
            (!createTimeRange?.start || createTime >= new Date(createTimeRange.start)) &&
            (!createTimeRange?.end || createTime <= new Date(createTimeRange.end)),
        )
        .map((deployment) => deployment.id),
    }),
    StopDeployment: ({ deploymentId, autoRollbackEnabled }) => {
      const deployment = deployments.get(deploymentId);
      if (deployment.done) {
        throw new AwsError('DeploymentAlreadyCompletedException', `${deploymentId} is ${deployment.status}`);
      }
      deployment.stop({
        code: 'MANUAL_STOP',
        message: 'the deployment was stopped on request',
        rollback: autoRollbackEnabled,
      });
      return { status: 'Pending', statusMessage: 'The running lifecycle events end first.' };
    },
    ContinueDeployment: ({ deploymentId }) => {
      deployments.get(deploymentId);
      throw new AwsError(
        'UnsupportedActionForDeploymentTypeException',
        `${deploymentId} is an in-place deployment; only a blue/green deployment waits to be continued`,
      );
    },
  };
}

function ofTargets({ deployments }: CodeDeploy): Record<string, Operation> {
  const target = (deploymentId: string, targetId: string) => {
    if (!targetId) throw new AwsError('DeploymentTargetIdRequiredException', 'targetId is missing');
    const found = deployments.get(deploymentId).targets.get(targetId);
    if (found) return found.describe();
    throw new AwsError('DeploymentTargetDoesNotExistException', `${deploymentId} has no target ${targetId}`);
  };
  return {
    ListDeploymentTargets: ({ deploymentId, targetFilters }) => ({
      targetIds: [...deployments.get(deploymentId).targets.values()]
        .filter(({ status }) => !targetFilters?.TargetStatus || targetFilters.TargetStatus.includes(status))
        .map(({ instanceId }) => instanceId),
    }),
    GetDeploymentTarget: ({ deploymentId, targetId }) => ({
      deploymentTarget: target(deploymentId, targetId),
    }),
    BatchGetDeploymentTargets: ({ deploymentId, targetIds }) => ({
      deploymentTargets: (targetIds ?? []).map((id: string) => target(deploymentId, id)),
    }),
    ListDeploymentInstances: ({ deploymentId, instanceStatusFilter }) => ({
      instancesList: [...deployments.get(deploymentId).targets.values()]
        .filter(({ status }) => !instanceStatusFilter?.length || instanceStatusFilter.includes(status))
        .map(({ instanceId }) => instanceId),
    }),
    GetDeploymentInstance: ({ deploymentId, instanceId }) => {
      const { targetId, targetArn, ...rest } = target(deploymentId, instanceId).instanceTarget!;
      return { instanceSummary: { ...rest, instanceId: targetArn } };
    },
  };
}
