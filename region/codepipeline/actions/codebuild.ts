import { ActionFailure, type ActionProvider } from './action-provider';

/**
 * Runs a build on the action's artifacts.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 */
export const codeBuild: ActionProvider = {
  inputs: [1, 5],
  outputs: [0, 5],
  configuration: {
    ProjectName: 'required',
    PrimarySource: 'optional',
    EnvironmentVariables: 'optional',
    BatchEnabled: 'optional',
  },
  timeoutInMinutes: 36 * 60,

  check({ configuration = {}, inputArtifacts = [] }) {
    const { BatchEnabled = 'false', PrimarySource } = configuration;
    const names = inputArtifacts.map((artifact) => artifact.name!);
    const errors: string[] = [];
    if (BatchEnabled !== 'false') errors.push(`found BatchEnabled ${BatchEnabled}; the region plays false`);
    if (PrimarySource ? !names.includes(PrimarySource) : names.length > 1) {
      errors.push(`found the PrimarySource ${PrimarySource}; allowed is one of ${names.join(', ')}`);
    }
    return errors;
  },

  async run({ scope, configuration, inputs, outputs, read, report, ...context }) {
    const {
      ProjectName: projectName,
      PrimarySource = inputs[0].name,
      EnvironmentVariables = '[]',
    } = configuration;
    const codebuild = scope.service('codebuild');
    const primaryFirst = [
      PrimarySource,
      ...inputs.map((input) => input.name).filter((name) => name !== PrimarySource),
    ];
    const started = await codebuild.start(
      { projectName, environmentVariablesOverride: JSON.parse(EnvironmentVariables) },
      {
        pipelineName: context.pipelineName,
        executionId: context.executionId,
        actionName: context.action.name!,
        sources: await Promise.all(primaryFirst.map(async (name) => ({ name, zip: await read(name) }))),
        outputs: outputs.map((output) => output.name),
        sourceVersion: context.revisionOf(PrimarySource),
      },
      context.call,
    );
    report({ externalExecutionId: started.id, externalExecutionUrl: started.logs?.deepLink });
    const { build, artifacts, exportedVariables } = await codebuild.finished(started.id!);
    if (build.buildStatus !== 'SUCCEEDED') throw new ActionFailure('JobFailed', reason(build));
    return { outputs: artifacts, variables: exportedVariables };
  },
};

interface EndedBuild {
  buildStatus?: string;
  phases?: {
    phaseType?: string;
    phaseStatus?: string;
    contexts?: { statusCode?: string; message?: string }[];
  }[];
}

function reason({ buildStatus, phases = [] }: EndedBuild): string {
  const failed = phases.find((phase) => phase.phaseStatus && phase.phaseStatus !== 'SUCCEEDED');
  const context = failed?.contexts?.find((candidate) => candidate.statusCode);
  return (
    `Build terminated with state: ${buildStatus}.` +
    (failed ? ` Phase: ${failed.phaseType}, Code: ${context?.statusCode}, Message: ${context?.message}` : '')
  );
}
