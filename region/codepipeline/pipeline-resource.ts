import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider } from '../service';
import type { CodePipeline } from './codepipeline';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html */
export function pipelineResource({ operations, scope }: CodePipeline): ResourceProvider {
  return {
    type: 'AWS::CodePipeline::Pipeline',
    disposition: 'executed',
    properties: {
      Name: 'executed',
      RoleArn: 'recorded',
      ArtifactStore: 'executed',
      ArtifactStores: 'executed',
      Stages: 'executed',
      PipelineType: 'modelled',
      ExecutionMode: 'modelled',
      RestartExecutionOnUpdate: 'executed',
      DisableInboundStageTransitions: 'modelled',
      Variables: 'modelled',
      Tags: 'recorded',
    },

    async create(properties, context) {
      const name = properties.Name ?? physicalName(context, { maxLength: 100 });
      const call = caller(context);
      const { pipeline }: any = await operations.CreatePipeline(
        { pipeline: declaration(name, properties), tags: tags(properties, context) },
        call,
      );
      await transitions(name, properties);
      return { physicalId: name, attributes: { Version: pipeline.version } };
    },

    async update(name, properties, previous, context) {
      const { pipeline }: any = await operations.UpdatePipeline({ pipeline: declaration(name, properties) });
      await transitions(name, properties, previous);
      const resourceArn = `arn:aws:codepipeline:${scope.region}:${scope.accountId}:${name}`;
      const tagKeys = tags(previous, context).map((tag) => tag.key);
      await operations.UntagResource({ resourceArn, tagKeys });
      await operations.TagResource({ resourceArn, tags: tags(properties, context) });
      if (String(properties.RestartExecutionOnUpdate) === 'true') {
        await operations.StartPipelineExecution({ name }, caller(context));
      }
      return { physicalId: name, attributes: { Version: pipeline.version } };
    },

    async delete(name) {
      await operations.DeletePipeline({ name });
    },
  };

  async function transitions(pipelineName: string, properties: any, previous: any = {}): Promise<void> {
    const transitionType = 'Inbound';
    const disabled: any[] = properties.DisableInboundStageTransitions ?? [];
    for (const { StageName: stageName } of previous.DisableInboundStageTransitions ?? []) {
      const stays = properties.Stages.some((stage: any) => stage.Name === stageName);
      if (!stays || disabled.some((entry) => entry.StageName === stageName)) continue;
      await operations.EnableStageTransition({ pipelineName, stageName, transitionType });
    }
    for (const { StageName: stageName, Reason: reason } of disabled) {
      await operations.DisableStageTransition({ pipelineName, stageName, transitionType, reason });
    }
  }

  function caller({ stackName }: ResourceContext) {
    return {
      principalArn: `arn:aws:sts::${scope.accountId}:assumed-role/cloudformation/${stackName}`,
      requestId: stackName,
    };
  }
}

/** The resource's properties in the shape of the API. */
function declaration(name: string, properties: any): PipelineDeclaration {
  const { RestartExecutionOnUpdate, DisableInboundStageTransitions, Tags, ArtifactStores, ...rest } =
    properties;
  const pipeline = apiShape(rest) as PipelineDeclaration;
  return {
    ...pipeline,
    name,
    ...(ArtifactStores && {
      artifactStores: Object.fromEntries(
        ArtifactStores.map(({ Region, ArtifactStore }: any) => [Region, apiShape(ArtifactStore)]),
      ),
    }),
  };
}

const NUMBERS = ['runOrder', 'timeoutInMinutes'];

/** CloudFormation's `ActionTypeId` is the API's `actionTypeId`; a configuration's keys and values stay as they are. */
function apiShape(value: unknown, key = ''): unknown {
  if (key === 'configuration') return configuration(value as Record<string, unknown>);
  if (Array.isArray(value)) return value.map((item) => apiShape(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        const apiName = name[0].toLowerCase() + name.slice(1);
        return [apiName, apiShape(inner, apiName)];
      }),
    );
  }
  return NUMBERS.includes(key) ? Number(value) : value;
}

/** A template may give booleans, numbers and objects; CodePipeline keeps strings. */
function configuration(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

function tags(properties: any, context: ResourceContext): { key: string; value: string }[] {
  const own = (properties.Tags ?? []).map(({ Key, Value }: any) => ({ key: Key, value: Value }));
  const ofStack = Object.entries(context.tags).map(([key, value]) => ({ key, value }));
  return [...ofStack.filter(({ key }) => !own.some((tag: any) => tag.key === key)), ...own];
}
