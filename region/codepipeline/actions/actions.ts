import type { ActionDeclaration, PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import type { ActionProvider } from './action-provider';
import { approval } from './approval';
import { cloudFormation } from './cloudformation';
import { codeBuild } from './codebuild';
import { codeDeploy } from './codedeploy';
import { lambdaInvoke } from './lambda-invoke';
import { codeCommitSource } from './source-codecommit';
import { s3Source } from './source-s3';

/** The actions that are played, by owner, category and provider. */
const ACTIONS: Readonly<Record<string, ActionProvider>> = {
  'AWS Source CodeCommit': codeCommitSource,
  'AWS Source S3': s3Source,
  'AWS Build CodeBuild': codeBuild,
  'AWS Test CodeBuild': { ...codeBuild, timeoutInMinutes: 8 * 60 },
  'AWS Deploy CloudFormation': cloudFormation,
  'AWS Deploy CodeDeploy': codeDeploy,
  'AWS Invoke Lambda': lambdaInvoke,
  'AWS Approval Manual': approval,
};

/** Why an action that AWS has is not played, and what to do about it. */
const REFUSED: Readonly<Record<string, string>> = {
  'AWS Source CodeStarSourceConnection':
    'it needs GitHub, GitLab or Bitbucket, and the region reaches nothing outside; rehearse the pipeline with a CodeCommit source',
};

export function actionProvider(action: ActionDeclaration): ActionProvider {
  return ACTIONS[actionType(action)];
}

function actionType({ actionTypeId }: ActionDeclaration): string {
  return `${actionTypeId?.owner} ${actionTypeId?.category} ${actionTypeId?.provider}`;
}

/** Says what CodePipeline would refuse in the actions of a pipeline, and what the region cannot play. */
export function actionErrors(pipeline: PipelineDeclaration): string[] {
  return (pipeline.stages ?? []).flatMap((stage) =>
    (stage.actions ?? []).flatMap((action) =>
      oneAction(action).map((error) => `Action "${action.name}" of stage "${stage.name}": ${error}`),
    ),
  );
}

function oneAction(action: ActionDeclaration): string[] {
  const provider = actionProvider(action);
  if (!provider) {
    const type = actionType(action);
    const why = REFUSED[type] ?? `the region plays: ${Object.keys(ACTIONS).join(', ')}`;
    return [`found the action type ${type}; ${why}`];
  }
  return [
    ...artifactCount('input', action.inputArtifacts, provider.inputs),
    ...artifactCount('output', action.outputArtifacts, provider.outputs),
    ...configurationErrors(action, provider),
    ...(action.commands?.length ? ['found commands; allowed in a Commands action only'] : []),
    ...(provider.check?.(action) ?? []),
  ];
}

export function artifactCount(
  kind: string,
  artifacts: unknown[] = [],
  [least, most]: readonly [number, number],
) {
  if (artifacts.length >= least && artifacts.length <= most) return [];
  const allowed = least === most ? least : `${least} to ${most}`;
  return [`found ${artifacts.length} ${kind} artifacts; allowed is ${allowed}`];
}

export function configurationErrors(
  { configuration: given = {} }: Pick<ActionDeclaration, 'configuration'>,
  { configuration }: Pick<ActionProvider, 'configuration'>,
): string[] {
  const known = Object.keys(configuration);
  return [
    ...Object.keys(given)
      .filter((key) => !known.includes(key))
      .map((key) => `found the configuration key ${key}; the region plays: ${known.join(', ') || 'none'}`),
    ...known
      .filter((key) => configuration[key] === 'required' && !given[key])
      .map((key) => `found no ${key} in its configuration; it is required`),
  ];
}
