import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider, ResourceResult } from '../service';

interface LogGroupProperties {
  LogGroupName?: string;
  RetentionInDays?: number;
  KmsKeyId?: string;
  LogGroupClass?: string;
  Tags?: { Key: string; Value: string }[];
}

export const logGroupProvider: ResourceProvider<LogGroupProperties> = {
  type: 'AWS::Logs::LogGroup',
  disposition: 'executed',
  properties: {
    LogGroupName: 'executed',
    RetentionInDays: 'recorded',
    KmsKeyId: 'recorded',
    LogGroupClass: 'recorded',
    DataProtectionPolicy: 'recorded',
    FieldIndexPolicies: 'recorded',
    DeletionProtectionEnabled: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const name = properties.LogGroupName ?? physicalName(context, { maxLength: 512 });
    const own = (properties.Tags ?? []).map(({ Key, Value }) => [Key, Value]);
    context.scope.service('logs').operations.CreateLogGroup!({
      logGroupName: name,
      kmsKeyId: properties.KmsKeyId,
      logGroupClass: properties.LogGroupClass,
      tags: { ...context.tags, ...Object.fromEntries(own) },
    });
    return logGroup(name, properties, context);
  },
  async update(physicalId, properties, _previous, context) {
    return logGroup(physicalId, properties, context);
  },
  async delete(physicalId, _properties, { scope }) {
    const { operations } = scope.service('logs');
    ifPresent(() => operations.DeleteLogGroup!({ logGroupName: physicalId }));
  },
};

export const logStreamProvider: ResourceProvider<{ LogGroupName: string; LogStreamName?: string }> = {
  type: 'AWS::Logs::LogStream',
  disposition: 'executed',
  properties: { LogGroupName: 'executed', LogStreamName: 'executed' },
  async create(properties, context) {
    const name = properties.LogStreamName ?? physicalName(context, { maxLength: 512 });
    context.scope.service('logs').operations.CreateLogStream!({
      logGroupName: properties.LogGroupName,
      logStreamName: name,
    });
    return { physicalId: name };
  },
  async update(physicalId) {
    return { physicalId };
  },
  async delete(physicalId, { LogGroupName }, { scope }) {
    const { operations } = scope.service('logs');
    ifPresent(() => operations.DeleteLogStream!({ logGroupName: LogGroupName, logStreamName: physicalId }));
  },
};

/** Kept, but no metric comes of it here; metrics in the embedded metric format do. */
export const metricFilterProvider: ResourceProvider<{ FilterName?: string }> = {
  type: 'AWS::Logs::MetricFilter',
  disposition: 'recorded',
  properties: { '*': 'recorded' },
  async create(properties, context) {
    return { physicalId: properties.FilterName ?? physicalName(context, { maxLength: 512 }) };
  },
  async update(physicalId) {
    return { physicalId };
  },
  async delete() {},
};

export const resourcePolicyProvider: ResourceProvider<{ PolicyName: string; PolicyDocument: string }> = {
  type: 'AWS::Logs::ResourcePolicy',
  disposition: 'recorded',
  properties: { PolicyName: 'recorded', PolicyDocument: 'recorded' },
  async create(properties, context) {
    return putPolicy(properties, context);
  },
  async update(_physicalId, properties, _previous, context) {
    return putPolicy(properties, context);
  },
  async delete(physicalId, _properties, { scope }) {
    const { operations } = scope.service('logs');
    ifPresent(() => operations.DeleteResourcePolicy!({ policyName: physicalId }));
  },
};

function logGroup(
  name: string,
  { RetentionInDays }: LogGroupProperties,
  { scope }: ResourceContext,
): ResourceResult {
  const { operations } = scope.service('logs');
  if (RetentionInDays) {
    operations.PutRetentionPolicy!({ logGroupName: name, retentionInDays: Number(RetentionInDays) });
  } else operations.DeleteRetentionPolicy!({ logGroupName: name });
  const arn = `arn:aws:logs:${scope.region}:${scope.accountId}:log-group:${name}:*`;
  return { physicalId: name, attributes: { Arn: arn } };
}

function putPolicy(
  { PolicyName, PolicyDocument }: { PolicyName: string; PolicyDocument: string },
  { scope }: ResourceContext,
): ResourceResult {
  scope.service('logs').operations.PutResourcePolicy!({
    policyName: PolicyName,
    policyDocument: PolicyDocument,
  });
  return { physicalId: PolicyName };
}

/** A resource that is already gone is deleted. */
function ifPresent(remove: () => unknown): void {
  try {
    remove();
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
}
