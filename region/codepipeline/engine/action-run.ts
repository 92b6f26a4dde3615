import { randomUUID } from 'node:crypto';
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import { type ActionContext, ActionFailure, type ActionProvider } from '../actions/action-provider';
import { artifactBucket, newArtifact, replicated } from '../artifacts';
import { resolveVariables } from '../variables';
import type { Announcer } from './announce';
import type { ActionExecutionRecord, Execution, StageExecutionRecord } from './execution';

const MINUTE = 60_000;

/** Runs one action of one execution, and resolves when it has ended in whatever way. */
export async function runAction(
  home: Scope,
  announce: Announcer,
  provider: ActionProvider,
  execution: Execution,
  stage: StageExecutionRecord,
  action: ActionDeclaration,
): Promise<void> {
  const startTime = new Date(home.clock.now());
  const record: ActionExecutionRecord = {
    actionExecutionId: randomUUID(),
    executionId: execution.id,
    stageName: stage.stageName,
    action,
    startTime,
    lastUpdateTime: startTime,
    status: 'InProgress',
    inputs: (action.inputArtifacts ?? []).flatMap(({ name = '' }) => execution.artifacts.get(name) ?? []),
    outputs: [],
  };
  stage.actions.push(record);
  announce.action(execution, record);

  const end = new AbortController();
  const abandoned = execution.abandoned.signal;
  const abandon = () => end.abort(abandoned.reason);
  abandoned.addEventListener('abort', abandon, { once: true });
  const minutes = action.timeoutInMinutes ?? provider.timeoutInMinutes;
  const limit = home.clock[provider.waitsForPerson ? 'after' : 'deadline'](minutes * MINUTE, () =>
    end.abort(new ActionFailure('TimeoutError', `The action took longer than ${minutes} minutes`)),
  );
  try {
    await unlessAborted(end.signal, perform(home, provider, execution, record, end.signal));
    record.status = 'Succeeded';
  } catch (error) {
    record.status = abandoned.aborted ? 'Abandoned' : 'Failed';
    if (record.status === 'Failed') record.errorDetails = errorDetails(error);
  } finally {
    limit.cancel();
    abandoned.removeEventListener('abort', abandon);
    // Ends what still waits in the action's name.
    end.abort(new Error('The action has ended'));
  }
  record.lastUpdateTime = new Date(home.clock.now());
  announce.action(execution, record);
}

async function perform(
  home: Scope,
  provider: ActionProvider,
  execution: Execution,
  record: ActionExecutionRecord,
  signal: AbortSignal,
): Promise<void> {
  const { action } = record;
  const { pipeline } = execution;
  const scope = actingScope(home, action);
  const bucket = artifactBucket(pipeline, scope.region);
  const inputs = await Promise.all(record.inputs.map((artifact) => replicated(home, artifact, bucket)));
  const outputs = (action.outputArtifacts ?? []).map(({ name }) =>
    newArtifact(pipeline, scope.region, name!),
  );
  const roleArn = action.roleArn ?? pipeline.roleArn!;
  record.resolvedConfiguration = resolveConfiguration(action, execution);

  const context: ActionContext = {
    scope,
    home,
    pipelineName: pipeline.name!,
    stageName: record.stageName,
    executionId: execution.id,
    action,
    configuration: record.resolvedConfiguration,
    roleArn,
    call: {
      principalArn: `arn:aws:sts::${scope.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${execution.id}`,
      requestId: record.actionExecutionId,
    },
    inputs,
    outputs,
    sourceRevision: execution.sourceRevisions.find((revision) => revision.actionName === action.name)
      ?.revisionValue,
    revisionOf: (name) => execution.revisions.find((revision) => revision.name === name)?.revisionId,
    signal,
    read: (name) => {
      const artifact = inputs.find((input) => input.name === name);
      if (!artifact) {
        const known = inputs.map((input) => input.name).join(', ') || 'none';
        throw new ActionFailure('ConfigurationError', `"${name}" is no input artifact; there is: ${known}`);
      }
      return home.service('s3').read(artifact.bucket, artifact.key, artifact.versionId);
    },
    report: (progress) => {
      Object.assign(record, progress);
      record.lastUpdateTime = new Date(home.clock.now());
    },
  };
  const result = await provider.run(context);

  const written = await Promise.all(
    outputs.map(async (output) => {
      const body = result.outputs?.[output.name];
      if (!body) return output;
      return { ...output, ...(await home.service('s3').write(output.bucket, output.key, body)) };
    }),
  );
  // An action that was given up meanwhile has no say any more.
  if (signal.aborted) return;
  record.outputs = written.map(({ name, bucket, key, versionId }) => ({ name, bucket, key, versionId }));
  for (const output of record.outputs) execution.artifacts.set(output.name, output);
  record.outputVariables = { ...result.variables };
  if (action.namespace) execution.namespaces[action.namespace] = record.outputVariables;
  if (result.revision) {
    const name = record.outputs[0]?.name ?? action.name;
    execution.revisions.push({ name, ...result.revision });
  }
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

function errorDetails(error: unknown) {
  if (error instanceof ActionFailure) return { code: error.code, message: error.message };
  const { name, message } = error as Error;
  return { code: 'JobFailed', message: name === 'Error' ? message : `${name}: ${message}` };
}

function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    work.then(resolve, reject);
  });
}
