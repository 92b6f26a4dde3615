import { randomUUID } from 'node:crypto';
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../../service';
import type { ActionProvider } from '../actions/action-provider';
import { actionContext, errorDetails, inputsOf } from './action-context';
import type { Announcer } from './announce';
import type { ActionExecutionRecord, Execution, StageExecutionRecord } from './execution';
import { timeLimited } from './time-limit';

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
    inputs: inputsOf(execution, action),
    outputs: [],
  };
  stage.actions.push(record);
  announce.action(execution, record);

  const abandoned = execution.abandoned.signal;
  const limit = {
    clock: home.clock,
    minutes: action.timeoutInMinutes ?? provider.timeoutInMinutes,
    inAwsTime: provider.waitsForPerson,
    abandoned,
    what: 'The action',
  };
  try {
    await timeLimited(limit, (signal) => perform(home, provider, execution, record, signal));
    record.status = 'Succeeded';
  } catch (error) {
    record.status = abandoned.aborted ? 'Abandoned' : 'Failed';
    if (record.status === 'Failed') record.errorDetails = errorDetails(error);
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
  const { action, stageName, inputs } = record;
  const context = await actionContext({
    home,
    execution,
    stageName,
    action,
    id: record.actionExecutionId,
    inputs,
    signal,
    report: (progress) => {
      Object.assign(record, progress);
      record.lastUpdateTime = new Date(home.clock.now());
    },
  });
  const result = await provider.run(context);

  const written = await Promise.all(
    context.outputs.map(async (output) => {
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
