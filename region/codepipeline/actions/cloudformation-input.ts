import type { ArtifactObject } from '../engine/execution';
import { ActionFailure } from './action-provider';

/** Reads `Artifact::file` of the named configuration key. */
type Read = (path: string, key: string) => Promise<string>;

/** The template, parameters and tags of a CloudFormation action, in the shape of CreateStack. */
export async function stackInput(
  configuration: Readonly<Record<string, string>>,
  artifacts: readonly ArtifactObject[],
  read: Read,
) {
  const {
    TemplatePath,
    TemplateConfiguration,
    ParameterOverrides = '{}',
    Capabilities,
    RoleArn,
  } = configuration;
  const settings = TemplateConfiguration
    ? parse(await read(TemplateConfiguration, 'TemplateConfiguration'), 'TemplateConfiguration')
    : {};
  const parameters: Record<string, string> = { ...settings.Parameters };
  for (const [name, value] of Object.entries(parse(ParameterOverrides, 'ParameterOverrides'))) {
    parameters[name] = await parameterValue(value, artifacts, read);
  }
  return {
    TemplateBody: await read(TemplatePath, 'TemplatePath'),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries<string>(settings.Tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: Capabilities?.split(',').map((capability) => capability.trim()),
    RoleARN: RoleArn,
  };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html */
async function parameterValue(
  value: unknown,
  artifacts: readonly ArtifactObject[],
  read: Read,
): Promise<string> {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::GetParam') {
    const [artifactName, file, key] = argument as string[];
    const found = parse(await read(`${artifactName}::${file}`, name), name)[key];
    if (found !== undefined) return String(found);
    throw new ActionFailure('ConfigurationError', `Fn::GetParam: ${artifactName}::${file} has no key ${key}`);
  }
  if (name === 'Fn::GetArtifactAtt') {
    const [artifactName, attribute] = argument as string[];
    const artifact = artifacts.find((candidate) => candidate.name === artifactName);
    const found = artifact && attributes(artifact)[attribute];
    if (found !== undefined) return found;
    throw new ActionFailure(
      'ConfigurationError',
      `Fn::GetArtifactAtt: found ${artifactName}, ${attribute}; allowed are BucketName, ObjectKey and URL of one of: ` +
        artifacts.map((candidate) => candidate.name).join(', '),
    );
  }
  throw new ActionFailure(
    'ConfigurationError',
    `ParameterOverrides: found ${name}; allowed are Fn::GetParam and Fn::GetArtifactAtt`,
  );
}

function attributes({ bucket, key }: ArtifactObject): Record<string, string> {
  return { BucketName: bucket, ObjectKey: key, URL: `https://s3.amazonaws.com/${bucket}/${key}` };
}

function parse(text: string, key: string): Record<string, any> {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ActionFailure('ConfigurationError', `${key} is not JSON: ${(error as Error).message}`);
  }
}
