import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { DescriptionError } from './config/check';

/* What AWS would refuse only at deployment, found in the templates: there everything is counted and named. */

type Resource = { readonly Type: string; readonly Properties?: any };

/** What is too long or too many, with the key of the description that it comes from. */
type Finding = { readonly key: string; readonly found: string; readonly allowed: string };

/**
 * Checks what an app has synthesized against AWS's quotas and limits.
 *
 * @param file the file the description stands in, for the message
 * @throws DescriptionError that names the file, the key, what was found and what is allowed, one line for each
 */
export function checkLimits(assembly: CloudAssembly, file: string): void {
  const findings = assembly.stacksRecursively.flatMap((stack) => [
    ...resources(stack).flatMap((resource) => [
      ...nameFindings(resource),
      ...(LIMITS[resource.Type]?.(resource) ?? []),
    ]),
    ...rolePolicyFindings(stack),
  ]);
  if (findings.length === 0) return;
  const lines = findings.map(
    ({ key, found, allowed }) => `${file}: ${key}: found ${found}, allowed is ${allowed}`,
  );
  throw new DescriptionError([...new Set(lines)].join('\n'));
}

function resources(stack: CloudFormationStackArtifact): Resource[] {
  return Object.values(stack.template.Resources ?? {});
}

/** The longest physical names, by resource type. The names follow from `service` and the names of the environments. */
const NAMES: Readonly<Record<string, readonly [property: string, most: number]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName', 255],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName', 255],
  'AWS::CodeCommit::Repository': ['RepositoryName', 100],
  'AWS::CodeDeploy::Application': ['ApplicationName', 100],
  'AWS::CodeDeploy::DeploymentConfig': ['DeploymentConfigName', 100],
  'AWS::CodeDeploy::DeploymentGroup': ['DeploymentGroupName', 100],
  'AWS::CodePipeline::Pipeline': ['Name', 100],
  'AWS::Events::Rule': ['Name', 64],
  'AWS::IAM::Role': ['RoleName', 64],
  'AWS::KMS::Alias': ['AliasName', 256],
  'AWS::Lambda::Function': ['FunctionName', 64],
  'AWS::S3::Bucket': ['BucketName', 63],
  'AWS::SNS::Topic': ['TopicName', 256],
};

function nameFindings({ Type, Properties }: Resource): Finding[] {
  const [property, most] = NAMES[Type] ?? [];
  if (!property || !most || Properties?.[property] === undefined) return [];
  const name = written(Properties[property]);
  return atMost(most, name.length, 'service', `characters in ${property} ${name}`);
}

const LIMITS: Readonly<Record<string, (resource: Resource) => Finding[]>> = {
  /** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
  'AWS::CodePipeline::Pipeline': ({ Properties: { Stages } }) => [
    ...atMost(50, Stages.length, 'environments', 'stages in the pipeline'),
    ...actionsByWave(Stages).flatMap(([stage, actions]) =>
      atMost(50, actions, 'environments', `actions in the stage ${stage}`),
    ),
    ...Stages.flatMap(({ Name: stage, Actions }: any) =>
      Actions.flatMap(({ Name, Configuration }: any) =>
        atMost(
          1000,
          written(Configuration?.UserParameters ?? '').length,
          'environments',
          `characters in the user parameters of the action ${Name} of the stage ${stage}`,
        ),
      ),
    ),
  ],
  /** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html, the lower of two figures AWS gives */
  'AWS::CodeDeploy::DeploymentGroup': ({ Properties: { DeploymentGroupName, AlarmConfiguration } }) =>
    atMost(
      10,
      AlarmConfiguration?.Alarms?.length ?? 0,
      'environments',
      `alarms in the deployment group ${written(DeploymentGroupName)}`,
    ),
  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
  'AWS::S3::BucketPolicy': ({ Properties: { PolicyDocument } }) =>
    atMost(
      20 * 1024,
      written(PolicyDocument).length,
      'environments',
      'bytes in the policy of the artifact bucket',
    ),
  /** @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
  'AWS::KMS::Key': ({ Properties: { KeyPolicy } }) =>
    atMost(32 * 1024, written(KeyPolicy).length, 'environments', 'bytes in the policy of the key'),
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  'AWS::IAM::ManagedPolicy': ({ Properties: { PolicyDocument } }) =>
    atMost(6144, written(PolicyDocument).length, 'environments', 'characters in a managed policy'),
};

/** CDK Pipelines splits a stage of more than 50 actions into `name.1`, `name.2`: no longer one wave. */
function actionsByWave(stages: readonly { Name: string; Actions: unknown[] }[]): [string, number][] {
  const waves = new Map<string, number>();
  for (const { Name, Actions } of stages) {
    const wave = Name.replace(/\.\d+$/, '');
    waves.set(wave, (waves.get(wave) ?? 0) + Actions.length);
  }
  return [...waves];
}

/** The inline policies of a role count together. */
function rolePolicyFindings(stack: CloudFormationStackArtifact): Finding[] {
  const sizes = new Map<string, number>();
  for (const { Type, Properties } of resources(stack)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    for (const role of Properties.Roles ?? []) {
      const name = written(role);
      sizes.set(name, (sizes.get(name) ?? 0) + written(Properties.PolicyDocument).length);
    }
  }
  return [...sizes].flatMap(([role, size]) =>
    atMost(10_240, size, 'environments', `characters in the inline policies of the role ${role}`),
  );
}

function atMost(most: number, count: number, key: string, what: string): Finding[] {
  return count > most ? [{ key, found: `${count} ${what}`, allowed: `at most ${most}` }] : [];
}

/** Stand-ins as long as the longest there are. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '1'.repeat(12),
  'AWS::Region': 'ap-southeast-1',
  'AWS::Partition': 'aws-us-gov',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};

/** A template value as CloudFormation would write it, without white space; of what it does not know yet, the name. */
function written(value: any): string {
  if (typeof value === 'string') return value;
  if (value?.Ref) return PSEUDO[value.Ref] ?? value.Ref;
  if (value?.['Fn::GetAtt'])
    return `arn:aws:service:ap-southeast-1:${PSEUDO['AWS::AccountId']}:${value['Fn::GetAtt'][0]}`;
  if (value?.['Fn::Join']) return value['Fn::Join'][1].map(written).join(value['Fn::Join'][0]);
  if (Array.isArray(value)) return `[${value.map((item) => quoted(item)).join(',')}]`;
  if (value && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, inner]) => `"${key}":${quoted(inner)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

const INTRINSIC = /^(Ref$|Fn::)/;

function quoted(value: any): string {
  const text = typeof value === 'string' || INTRINSIC.test(Object.keys(value ?? {})[0] ?? '');
  return text ? `"${written(value)}"` : written(value);
}
