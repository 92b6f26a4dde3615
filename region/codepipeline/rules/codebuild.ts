import { codeBuild as action } from '../actions/codebuild';
import type { RuleProvider } from './rule-provider';

/**
 * Runs a build of a project on the rule's artifacts and succeeds as it does.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CodeBuild.html
 */
export const codeBuild: RuleProvider = {
  inputs: action.inputs,
  configuration: action.configuration,
  timeoutInMinutes: action.timeoutInMinutes,
  check: (rule) => action.check?.({ ...rule, actionTypeId: undefined }) ?? [],

  async run(context) {
    await action.run(context);
    return `the build of ${context.configuration.ProjectName} succeeded`;
  },
};
