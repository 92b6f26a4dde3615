import type {
  StackResource as ResourceDescription,
  Stack as StackDescription,
  StackResourceSummary,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import { describeParameter } from '../template/parameters';
import type { Stack, StackResource } from './stack';

const NOT_CHECKED = { StackDriftStatus: 'NOT_CHECKED' } as const;

/** A stack as DescribeStacks returns it. */
export function describeStack(stack: Stack): StackDescription {
  const { settings } = stack;
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    ChangeSetId: stack.executedChangeSetId,
    Description: settings?.template.template.Description,
    Parameters: [...(settings?.template.parameters.values() ?? [])].map(describeParameter),
    CreationTime: stack.creationTime,
    LastUpdatedTime: stack.lastUpdatedTime,
    DeletionTime: stack.deletionTime,
    RollbackConfiguration: settings?.rollbackConfiguration ?? {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: settings?.disableRollback ?? false,
    NotificationARNs: [...(settings?.notificationArns ?? [])],
    Capabilities: [...(settings?.capabilities ?? [])],
    Outputs: stack.outputs,
    RoleARN: settings?.roleArn,
    Tags: [...(settings?.tags ?? [])],
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: NOT_CHECKED,
    DeploymentConfig: settings?.deploymentConfig,
  };
}

/** A stack as ListStacks returns it. */
export function summarizeStack(stack: Stack): StackSummary {
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    TemplateDescription: stack.settings?.template.template.Description,
    CreationTime: stack.creationTime,
    LastUpdatedTime: stack.lastUpdatedTime,
    DeletionTime: stack.deletionTime,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: NOT_CHECKED,
  };
}

/** A resource as DescribeStackResources returns it. */
export function describeResource(stack: Stack, resource: StackResource): ResourceDescription {
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    Timestamp: resource.timestamp,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** A resource as ListStackResources returns it. */
export function summarizeResource(resource: StackResource): StackResourceSummary {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    LastUpdatedTimestamp: resource.timestamp,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}
