import type { PipelineDeclaration, RuleDeclaration } from '@aws-sdk/client-codepipeline';
import { artifactCount, configurationErrors } from '../actions/actions';
import { CONDITION_TYPES } from '../structure/condition-types';
import { cloudWatchAlarm } from './cloudwatch-alarm';
import { codeBuild } from './codebuild';
import { commands } from './commands';
import { deploymentWindow } from './deployment-window';
import { lambdaInvoke } from './lambda-invoke';
import type { RuleProvider } from './rule-provider';
import { variableCheck } from './variable-check';

/** The rules that are played, which are all that AWS has. */
const RULES: Readonly<Record<string, RuleProvider>> = {
  CloudWatchAlarm: cloudWatchAlarm,
  CodeBuild: codeBuild,
  Commands: commands,
  DeploymentWindow: deploymentWindow,
  LambdaInvoke: lambdaInvoke,
  VariableCheck: variableCheck,
};

export const RULE_PROVIDERS = Object.keys(RULES);

/** The provider of a rule; `undefined` for one that AWS does not have. */
export function ruleProvider({ ruleTypeId }: RuleDeclaration): RuleProvider {
  return RULES[ruleTypeId?.provider ?? ''];
}

/** Says what CodePipeline would refuse in the rules of a pipeline, and what the region cannot play. */
export function ruleErrors(pipeline: PipelineDeclaration): string[] {
  return (pipeline.stages ?? []).flatMap((stage) =>
    CONDITION_TYPES.flatMap((type) =>
      (stage[type]?.conditions ?? [])
        .flatMap((condition) => condition.rules ?? [])
        .flatMap((rule) =>
          oneRule(rule).map((error) => `Rule "${rule.name}" in ${type} of stage "${stage.name}": ${error}`),
        ),
    ),
  );
}

function oneRule(rule: RuleDeclaration): string[] {
  const provider = ruleProvider(rule);
  const { timeoutInMinutes: minutes } = rule;
  return [
    ...artifactCount('input', rule.inputArtifacts, provider.inputs),
    ...configurationErrors(rule, provider),
    ...(minutes === undefined || (minutes >= 5 && minutes <= 86_400)
      ? []
      : [`found the timeoutInMinutes ${minutes}; allowed is 5 to 86400`]),
    ...(rule.commands?.length && provider !== commands
      ? ['found commands; allowed in a Commands rule only']
      : []),
    ...(provider.check?.(rule) ?? []),
  ];
}
