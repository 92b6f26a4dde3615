import type * as api from '@aws-sdk/client-lambda';
import type { AwsService, Operation, ResourceProvider, Scope } from '../service';
import { eventInvokeConfigOperations } from './event-invoke-config';
import { settingsOf } from './function-settings';
import { checkRuntime, type FunctionVersion } from './function-version';
import { Functions } from './functions';
import { Invocations } from './invocations';
import { aliasOperations, permissionOperations } from './qualifiers';
import { lambdaProviders } from './resources';

/** Functions of the Node.js runtimes, run in processes of their own by this machine's Node.js. */
export class Lambda implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = lambdaProviders;
  private readonly functions: Functions;
  private readonly invocations: Invocations;

  constructor(protected readonly scope: Scope) {
    const functions = new Functions(scope);
    this.functions = functions;
    this.invocations = new Invocations(scope, functions);
    this.operations = {
      Invoke: (input: api.InvokeCommandInput) => this.invocations.invoke(input),
      CreateFunction: (input: api.CreateFunctionCommandInput) => this.create(input),
      DeleteFunction: ({ FunctionName }: api.DeleteFunctionCommandInput) =>
        functions.delete(functions.get(FunctionName!)),
      GetFunction: ({ FunctionName, Qualifier }: api.GetFunctionCommandInput) => {
        const found = functions.get(FunctionName!);
        return {
          Configuration: this.describe(functions.version(FunctionName!, Qualifier)),
          Code: { RepositoryType: 'S3' },
          Tags: found.tags,
          ...(found.reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: found.reservedConcurrency },
          }),
        };
      },
      GetFunctionConfiguration: ({ FunctionName, Qualifier }: api.GetFunctionConfigurationCommandInput) =>
        this.describe(functions.version(FunctionName!, Qualifier)),
      ListFunctions: () => ({ Functions: functions.all().map(({ latest }) => this.describe(latest)) }),
      UpdateFunctionConfiguration: async (input: api.UpdateFunctionConfigurationCommandInput) => {
        const found = functions.get(input.FunctionName!);
        if (input.Runtime) checkRuntime(input.Runtime);
        await functions.update(found, settingsOf(input, found.latest.settings));
        return this.describe(found.latest);
      },
      UpdateFunctionCode: async ({ FunctionName, ...source }: api.UpdateFunctionCodeCommandInput) => {
        const found = functions.get(FunctionName!);
        await functions.update(found, found.latest.settings, source);
        if (source.Publish) return this.describe(functions.publish(found));
        return this.describe(found.latest);
      },
      PublishVersion: ({ FunctionName, Description }: api.PublishVersionCommandInput) =>
        this.describe(functions.publish(functions.get(FunctionName!), Description)),
      ListVersionsByFunction: ({ FunctionName }: api.ListVersionsByFunctionCommandInput) => {
        const { latest, versions } = functions.get(FunctionName!);
        return { Versions: [latest, ...versions].map((version) => this.describe(version)) };
      },
      PutFunctionConcurrency: (input: api.PutFunctionConcurrencyCommandInput) => {
        functions.get(input.FunctionName!).reservedConcurrency = input.ReservedConcurrentExecutions;
        return { ReservedConcurrentExecutions: input.ReservedConcurrentExecutions };
      },
      DeleteFunctionConcurrency: ({ FunctionName }: api.DeleteFunctionConcurrencyCommandInput) => {
        functions.get(FunctionName!).reservedConcurrency = undefined;
      },
      TagResource: ({ Resource, Tags }: api.TagResourceCommandInput) => {
        Object.assign(functions.get(Resource!).tags, Tags);
      },
      UntagResource: ({ Resource, TagKeys }: api.UntagResourceCommandInput) => {
        for (const key of TagKeys ?? []) delete functions.get(Resource!).tags[key];
      },
      ListTags: ({ Resource }: api.ListTagsCommandInput) => ({ Tags: functions.get(Resource!).tags }),
      ...eventInvokeConfigOperations(functions),
      ...aliasOperations(functions),
      ...permissionOperations(functions),
    };
  }

  async stop(): Promise<void> {
    this.invocations.stop();
    await this.functions.stop();
  }

  private async create(input: api.CreateFunctionCommandInput): Promise<api.FunctionConfiguration> {
    checkRuntime(input.Runtime);
    const created = await this.functions.create(input.FunctionName!, settingsOf(input), input.Code ?? {});
    Object.assign(created.tags, input.Tags);
    this.scope.journal.append({
      source: 'lambda',
      type: 'FunctionCreated',
      subject: created.name,
      message: `Function ${created.name}: ${input.Runtime} is executed with this machine's Node.js ${process.version}`,
      detail: { runtime: input.Runtime, node: process.version, arn: created.latest.arn },
    });
    if (input.Publish) return this.describe(this.functions.publish(created));
    return this.describe(created.latest);
  }

  private describe(version: FunctionVersion): api.FunctionConfiguration {
    const { settings, code } = version;
    return {
      ...settings,
      Description: version.description ?? settings.Description ?? '',
      FunctionName: version.name,
      FunctionArn: version.version === '$LATEST' ? version.arn : `${version.arn}`,
      Version: version.version,
      CodeSha256: code.sha256,
      CodeSize: code.size,
      PackageType: 'Zip',
      Architectures: settings.Architectures ?? ['x86_64'],
      EphemeralStorage: settings.EphemeralStorage ?? { Size: 512 },
      LoggingConfig: {
        LogFormat: 'Text',
        LogGroup: `/aws/lambda/${version.name}`,
        ...settings.LoggingConfig,
      },
      TracingConfig: { Mode: settings.TracingConfig?.Mode ?? 'PassThrough' },
      VpcConfig: settings.VpcConfig as api.VpcConfigResponse | undefined,
      LastModified: new Date(version.modified).toISOString().replace('Z', '+0000'),
      State: 'Active',
      LastUpdateStatus: 'Successful',
    };
  }
}
