import type { RuleDeclaration } from '@aws-sdk/client-codepipeline';
import { stringify } from 'yaml';
import { codeBuild as action } from '../actions/codebuild';
import type { RuleContext, RuleProvider } from './rule-provider';

/**
 * Runs commands on the rule's artifacts in CodeBuild: a project made for the one build, with the pipeline's role.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-Commands.html
 */
export const commands: RuleProvider = {
  inputs: [1, 5],
  configuration: {},
  timeoutInMinutes: 55,

  check({ commands: lines = [] }) {
    if (lines.length < 1 || lines.length > 50) return [`found ${lines.length} commands; allowed is 1 to 50`];
    return lines
      .filter((line) => line.includes('\n') || line.length > 1000)
      .map(
        (line) => `found the command ${JSON.stringify(line)}; allowed is one line of at most 1000 characters`,
      );
  },

  async run(context) {
    const codebuild = context.scope.service('codebuild').operations;
    const name = `CodePipeline-${context.call.requestId}`;
    await codebuild.CreateProject(project(name, context.rule, context), context.call);
    try {
      const [primary] = context.inputs;
      await action.run({ ...context, configuration: { ProjectName: name, PrimarySource: primary.name } });
      return 'the commands succeeded';
    } finally {
      await codebuild.DeleteProject({ name }, context.call);
    }
  },
};

function project(name: string, rule: RuleDeclaration, { roleArn, pipelineName }: RuleContext) {
  return {
    name,
    serviceRole: roleArn,
    source: {
      type: 'CODEPIPELINE',
      buildspec: stringify({ version: 0.2, phases: { build: { commands: rule.commands } } }),
    },
    artifacts: { type: 'CODEPIPELINE' },
    environment: {
      type: 'LINUX_CONTAINER',
      computeType: 'BUILD_GENERAL1_SMALL',
      image: 'aws/codebuild/amazonlinux2-x86_64-standard:5.0',
    },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: `/aws/codepipeline/${pipelineName}` } },
  };
}
