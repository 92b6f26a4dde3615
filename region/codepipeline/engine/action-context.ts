import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import { type ActionContext, ActionFailure, type Progress } from '../actions/action-provider';
import { artifactBucket, newArtifact, replicated } from '../artifacts';
import { resolveVariables } from '../variables';
import type { ArtifactObject, Execution } from './execution';

export interface ContextOptions {
  readonly home: Scope;
  readonly execution: Execution;
  readonly stageName: string;
  readonly action: ActionDeclaration;
  /** Id of this try. */
  readonly id: string;
  readonly inputs: readonly ArtifactObject[];
  readonly signal: AbortSignal;
  report(progress: Progress & { resolvedConfiguration?: Record<string, string> }): void;
}

/** What an action or a rule is given to run: its inputs at hand, its variables resolved. */
export async function actionContext(options: ContextOptions): Promise<ActionContext> {
  const { home, execution, action } = options;
  const { pipeline } = execution;
  const scope = actingScope(home, action);
  const bucket = artifactBucket(pipeline, scope.region);
  const inputs = await Promise.all(options.inputs.map((artifact) => replicated(home, artifact, bucket)));
  const outputs = (action.outputArtifacts ?? []).map(({ name }) =>
    newArtifact(pipeline, scope.region, name!),
  );
  const roleArn = action.roleArn ?? pipeline.roleArn!;
  const configuration = resolveConfiguration(action, execution);
  options.report({ resolvedConfiguration: configuration });
  return {
    scope,
    home,
    pipelineName: pipeline.name!,
    stageName: options.stageName,
    executionId: execution.id,
    action,
    configuration,
    roleArn,
    call: {
      principalArn: `arn:aws:sts::${scope.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${execution.id}`,
      requestId: options.id,
    },
    inputs,
    outputs,
    sourceRevision: execution.sourceRevisions.find((revision) => revision.actionName === action.name)
      ?.revisionValue,
    revisionOf: (name) => execution.revisions.find((revision) => revision.name === name)?.revisionId,
    signal: options.signal,
    read: (name) => {
      const artifact = inputs.find((input) => input.name === name);
      if (!artifact) {
        const known = inputs.map((input) => input.name).join(', ') || 'none';
        throw new ActionFailure('ConfigurationError', `"${name}" is no input artifact; there is: ${known}`);
      }
      return home.service('s3').read(artifact.bucket, artifact.key, artifact.versionId);
    },
    report: options.report,
  };
}

/** The artifacts of an execution that an action or a rule declares as its inputs. */
export function inputsOf(
  execution: Execution,
  { inputArtifacts = [] }: Pick<ActionDeclaration, 'inputArtifacts'>,
): ArtifactObject[] {
  return inputArtifacts.flatMap(({ name = '' }) => execution.artifacts.get(name) ?? []);
}

/** Why an action or a rule failed, as the API shows it. */
export function errorDetails(error: unknown): { code: string; message: string } {
  if (error instanceof ActionFailure) return { code: error.code, message: error.message };
  const { name, message } = error as Error;
  return { code: 'JobFailed', message: name === 'Error' ? message : `${name}: ${message}` };
}

/** A role of another account acts in that account. */
function actingScope(home: Scope, action: ActionDeclaration): Scope {
  return home.at(action.roleArn?.split(':')[4] || home.accountId, action.region ?? home.region);
}

function resolveConfiguration(action: ActionDeclaration, execution: Execution): Record<string, string> {
  const unknown = (reference: string): string => {
    throw new ActionFailure(
      'InvalidVariableReference',
      `The action configuration has an invalid variable reference: ${reference}. ` +
        `Known namespaces: ${Object.keys(execution.namespaces).join(', ')}`,
    );
  };
  return Object.fromEntries(
    Object.entries(action.configuration ?? {}).map(([key, value]) => [
      key,
      resolveVariables(value, execution.namespaces, unknown),
    ]),
  );
}
