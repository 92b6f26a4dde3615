import fs from 'node:fs';
import path from 'node:path';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider, ResourceResult } from '../service';
import { zipOf } from '../zip/zip';

const CFN_RESPONSE = path.join(__dirname, 'cfn-response.js');

interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Code: { ZipFile?: string; S3Bucket?: string; S3Key?: string; S3ObjectVersion?: string };
  readonly ReservedConcurrentExecutions?: number;
  readonly KmsKeyArn?: string;
  readonly Tags?: { Key: string; Value: string }[];
  readonly [key: string]: unknown;
}

const functionProvider: ResourceProvider<FunctionProperties> = {
  type: 'AWS::Lambda::Function',
  disposition: 'executed',
  properties: {
    FunctionName: 'executed',
    Code: 'executed',
    Runtime: 'executed',
    Handler: 'executed',
    Environment: 'executed',
    Timeout: 'executed',
    Role: 'executed',
    LoggingConfig: 'executed',
    ReservedConcurrentExecutions: 'modelled',
    PackageType: 'recorded',
    Description: 'recorded',
    MemorySize: 'recorded',
    EphemeralStorage: 'recorded',
    Architectures: 'recorded',
    VpcConfig: 'recorded',
    TracingConfig: 'recorded',
    DeadLetterConfig: 'modelled',
    KmsKeyArn: 'recorded',
    RuntimeManagementConfig: 'recorded',
    RecursiveLoop: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const name = properties.FunctionName ?? physicalName(context, { maxLength: 64 });
    const own = (properties.Tags ?? []).map(({ Key, Value }) => [Key, Value]);
    await lambda(context).CreateFunction!({
      ...settings(properties),
      FunctionName: name,
      Code: await code(properties),
      Tags: { ...context.tags, ...Object.fromEntries(own) },
    });
    reserve(name, properties, context);
    return functionResult(name, context);
  },
  async update(physicalId, properties, previous, context) {
    const { UpdateFunctionConfiguration, UpdateFunctionCode } = lambda(context);
    await UpdateFunctionConfiguration!({ ...settings(properties), FunctionName: physicalId });
    if (JSON.stringify(properties.Code) !== JSON.stringify(previous.Code)) {
      await UpdateFunctionCode!({ ...(await code(properties)), FunctionName: physicalId });
    }
    reserve(physicalId, properties, context);
    return functionResult(physicalId, context);
  },
  async delete(physicalId, _properties, context) {
    await ifPresent(() => lambda(context).DeleteFunction!({ FunctionName: physicalId }));
  },
};

const versionProvider: ResourceProvider<{ FunctionName: string; Description?: string }> = {
  type: 'AWS::Lambda::Version',
  disposition: 'executed',
  properties: {
    FunctionName: 'executed',
    Description: 'recorded',
    CodeSha256: 'recorded',
    ProvisionedConcurrencyConfig: 'recorded',
  },
  async create({ FunctionName, Description }, context) {
    const published = lambda(context).PublishVersion!({ FunctionName, Description }) as {
      FunctionArn: string;
      Version: string;
    };
    const { FunctionArn, Version } = published;
    return { physicalId: FunctionArn, attributes: { FunctionArn, Version } };
  },
  async update(physicalId) {
    const Version = physicalId.split(':').at(-1)!;
    return { physicalId, attributes: { FunctionArn: physicalId, Version } };
  },
  /** The version goes with its function; until then it stays for whoever still calls it. */
  async delete() {},
};

interface AliasProperties {
  readonly FunctionName: string;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly Description?: string;
}

const aliasProvider: ResourceProvider<AliasProperties> = {
  type: 'AWS::Lambda::Alias',
  disposition: 'executed',
  properties: {
    FunctionName: 'executed',
    Name: 'executed',
    FunctionVersion: 'executed',
    Description: 'recorded',
    ProvisionedConcurrencyConfig: 'recorded',
  },
  create: async (properties, context) => aliasResult(lambda(context).CreateAlias!(properties)),
  update: async (_physicalId, properties, _previous, context) =>
    aliasResult(lambda(context).UpdateAlias!(properties)),
  delete: (_physicalId, { FunctionName, Name }, context) =>
    ifPresent(() => lambda(context).DeleteAlias!({ FunctionName, Name })),
};

const permissionProvider: ResourceProvider<{ FunctionName: string; Action: string; Principal: string }> = {
  type: 'AWS::Lambda::Permission',
  disposition: 'recorded',
  properties: { '*': 'recorded' },
  async create(properties, context) {
    const id = physicalName(context, { maxLength: 100 });
    lambda(context).AddPermission!({ ...properties, StatementId: id });
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(physicalId, properties, previous, context) {
    const { RemovePermission, AddPermission } = lambda(context);
    RemovePermission!({ FunctionName: previous.FunctionName, StatementId: physicalId });
    AddPermission!({ ...properties, StatementId: physicalId });
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete: (physicalId, { FunctionName }, context) =>
    ifPresent(() => lambda(context).RemovePermission!({ FunctionName, StatementId: physicalId })),
};

interface EventInvokeProperties {
  readonly FunctionName: string;
  readonly Qualifier: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
}

const eventInvokeConfigProvider: ResourceProvider<EventInvokeProperties> = {
  type: 'AWS::Lambda::EventInvokeConfig',
  disposition: 'modelled',
  properties: {
    FunctionName: 'modelled',
    Qualifier: 'recorded',
    MaximumRetryAttempts: 'modelled',
    MaximumEventAgeInSeconds: 'modelled',
    DestinationConfig: 'modelled',
  },
  create: async (properties, context) => eventInvokeConfig(properties, context),
  update: async (_physicalId, properties, _previous, context) => eventInvokeConfig(properties, context),
  delete: (_physicalId, { FunctionName }, context) =>
    ifPresent(() => lambda(context).DeleteFunctionEventInvokeConfig!({ FunctionName })),
};

/** A layer may exist; a function that uses one is refused, for there is no /opt here. */
const layerVersionProvider: ResourceProvider<{ LayerName?: string }> = {
  type: 'AWS::Lambda::LayerVersion',
  disposition: 'recorded',
  properties: { '*': 'recorded' },
  async create({ LayerName }, context) {
    const { region, accountId } = context.scope;
    const name = LayerName ?? physicalName(context, { maxLength: 140 });
    const arn = `arn:aws:lambda:${region}:${accountId}:layer:${name}:1`;
    return { physicalId: arn, attributes: { LayerVersionArn: arn } };
  },
  async update(physicalId) {
    return { physicalId, attributes: { LayerVersionArn: physicalId } };
  },
  async delete() {},
};

export const lambdaProviders: readonly ResourceProvider[] = [
  functionProvider,
  versionProvider,
  aliasProvider,
  permissionProvider,
  eventInvokeConfigProvider,
  layerVersionProvider,
];

function lambda({ scope }: ResourceContext) {
  return scope.service('lambda').operations;
}

/** A template that drops a setting takes the function back to Lambda's default. */
function settings(properties: FunctionProperties): Partial<CreateFunctionCommandInput> {
  const { Code: _, Tags: __, Timeout, MemorySize, KmsKeyArn, ...rest } = properties;
  return {
    Environment: {},
    Description: '',
    ...rest,
    Timeout: Number(Timeout ?? 3),
    MemorySize: Number(MemorySize ?? 128),
    ...(KmsKeyArn && { KMSKeyArn: KmsKeyArn }),
  };
}

/** Inline code is the text of index.js; what answers CloudFormation for it lies beside. */
async function code({ Code }: FunctionProperties) {
  if (Code.ZipFile === undefined) return Code;
  const files = { 'index.js': Code.ZipFile, 'cfn-response.js': await fs.promises.readFile(CFN_RESPONSE) };
  return { ZipFile: await zipOf(files) };
}

function reserve(FunctionName: string, properties: FunctionProperties, context: ResourceContext): void {
  const { PutFunctionConcurrency, DeleteFunctionConcurrency } = lambda(context);
  const reserved = properties.ReservedConcurrentExecutions;
  if (reserved === undefined) DeleteFunctionConcurrency!({ FunctionName });
  else PutFunctionConcurrency!({ FunctionName, ReservedConcurrentExecutions: Number(reserved) });
}

function functionResult(name: string, { scope }: ResourceContext): ResourceResult {
  const arn = `arn:aws:lambda:${scope.region}:${scope.accountId}:function:${name}`;
  return { physicalId: name, attributes: { Arn: arn } };
}

function aliasResult(alias: unknown): ResourceResult {
  const { AliasArn } = alias as { AliasArn: string };
  return { physicalId: AliasArn, attributes: { AliasArn } };
}

function eventInvokeConfig(properties: EventInvokeProperties, context: ResourceContext): ResourceResult {
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age } = properties;
  lambda(context).PutFunctionEventInvokeConfig!({
    ...properties,
    MaximumRetryAttempts: retries === undefined ? undefined : Number(retries),
    MaximumEventAgeInSeconds: age === undefined ? undefined : Number(age),
  });
  return { physicalId: `${properties.FunctionName}|${properties.Qualifier}` };
}

/** A resource that is already gone is deleted. */
async function ifPresent(remove: () => unknown): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
}
