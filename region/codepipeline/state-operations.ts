import type { ActionState, StageExecution, StageState } from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import type { CodePipeline } from './codepipeline';
import { conditionState } from './engine/condition';
import {
  type ActionExecutionRecord,
  actionExecutionDetail,
  type Execution,
  latestTry,
} from './engine/execution';
import type { Pipeline } from './engine/pipeline';

/** The operations that show what happens and what happened. */
export function stateOperations(codepipeline: CodePipeline): Record<string, Operation> {
  return {
    GetPipelineState({ name }) {
      const pipeline = codepipeline.find(name);
      return {
        pipelineName: name,
        pipelineVersion: pipeline.declaration.version,
        stageStates: pipeline.declaration.stages!.map((stage) => stageState(pipeline, stage.name!)),
        created: pipeline.created,
        updated: pipeline.updated,
      };
    },

    GetPipelineExecution({ pipelineName, pipelineExecutionId }) {
      const execution = codepipeline.find(pipelineName).execution(pipelineExecutionId);
      return {
        pipelineExecution: {
          pipelineName,
          pipelineVersion: execution.pipeline.version,
          artifactRevisions: execution.revisions,
          variables: Object.entries(execution.namespaces.variables).map(([name, resolvedValue]) => ({
            name,
            resolvedValue,
          })),
          ...common(execution),
        },
      };
    },

    ListPipelineExecutions({ pipelineName, maxResults = 100, nextToken, filter }) {
      const stageName = filter?.succeededInStage?.stageName;
      const executions = codepipeline
        .find(pipelineName)
        .executions.filter(
          (execution) => !stageName || execution.stages.get(stageName)?.status === 'Succeeded',
        );
      const { page, next } = paginate(executions, maxResults, nextToken);
      return { pipelineExecutionSummaries: page.map(summary), nextToken: next };
    },

    ListActionExecutions({ pipelineName, filter, maxResults = 100, nextToken }) {
      const id = filter?.pipelineExecutionId ?? filter?.latestInPipelineExecution?.pipelineExecutionId;
      const records = codepipeline
        .find(pipelineName)
        .executions.filter((execution) => !id || execution.id === id)
        .flatMap(({ actions, pipeline }) =>
          actions.toReversed().map((record) => actionExecutionDetail(record, pipeline.version)),
        );
      const { page, next } = paginate(records, maxResults, nextToken);
      return { actionExecutionDetails: page, nextToken: next };
    },
  };
}

function stageState(pipeline: Pipeline, stageName: string): StageState {
  const { waiting, transition, latest } = pipeline.lane(stageName);
  const declaration = pipeline.declaration.stages!.find((stage) => stage.name === stageName)!;
  const record = latest?.stages.get(stageName);
  const inbound = waiting.map((execution) => stageExecution(execution, 'InProgress'));
  const retries = record && record.manualRetries + record.automaticRetries > 0;
  return {
    stageName,
    inboundExecution: inbound[0],
    inboundExecutions: inbound,
    inboundTransitionState: transition,
    actionStates: declaration.actions!.map((action) => ({
      actionName: action.name,
      ...actionState(latestTry(record, action.name), latest),
    })),
    beforeEntryConditionState: conditionState(declaration, 'beforeEntry', record),
    onSuccessConditionState: conditionState(declaration, 'onSuccess', record),
    onFailureConditionState: conditionState(declaration, 'onFailure', record),
    ...(latest && record && { latestExecution: stageExecution(latest, record.status) }),
    ...(retries && {
      retryStageMetadata: {
        autoStageRetryAttempt: record.automaticRetries,
        manualStageRetryAttempt: record.manualRetries,
        latestRetryTrigger: record.manualRetries > 0 ? 'ManualStageRetry' : 'AutomatedStageRetry',
      },
    }),
  };
}

function stageExecution(execution: Execution, status: StageExecution['status']): StageExecution {
  return { pipelineExecutionId: execution.id, status, type: execution.type };
}

function actionState(
  record: ActionExecutionRecord | undefined,
  execution: Execution | undefined,
): Omit<ActionState, 'actionName'> {
  if (!record) return {};
  const source = record.action.actionTypeId?.category === 'Source';
  const revision = source && execution?.revisions.find(({ name }) => name === record.outputs[0]?.name);
  return {
    ...(revision && {
      currentRevision: {
        revisionId: revision.revisionId,
        revisionChangeId: revision.revisionId,
        created: record.lastUpdateTime,
      },
      revisionUrl: revision.revisionUrl,
    }),
    latestExecution: {
      actionExecutionId: record.actionExecutionId,
      status: record.status,
      summary: record.summary,
      lastStatusChange: record.lastUpdateTime,
      token: record.token,
      lastUpdatedBy: record.updatedBy,
      externalExecutionId: record.externalExecutionId,
      externalExecutionUrl: record.externalExecutionUrl,
      percentComplete: record.percentComplete,
      errorDetails: record.errorDetails,
    },
  };
}

function common(execution: Execution) {
  const { id, status, statusSummary, trigger, type, pipeline, rollback } = execution;
  return {
    pipelineExecutionId: id,
    status,
    statusSummary,
    trigger,
    executionMode: pipeline.executionMode ?? 'SUPERSEDED',
    executionType: type,
    ...(rollback && { rollbackMetadata: { rollbackTargetPipelineExecutionId: rollback.target.id } }),
  };
}

function summary(execution: Execution) {
  return {
    ...common(execution),
    startTime: execution.startTime,
    lastUpdateTime: execution.lastUpdateTime,
    sourceRevisions: execution.revisions.map(({ name, revisionId, revisionSummary, revisionUrl }) => ({
      actionName: sourceActionOf(execution, name),
      revisionId,
      revisionSummary,
      revisionUrl,
    })),
    ...(execution.stopReason && { stopTrigger: { reason: execution.stopReason } }),
  };
}

function sourceActionOf({ pipeline }: Execution, artifactName: string | undefined): string | undefined {
  const actions = pipeline.stages!.flatMap((stage) => stage.actions!);
  return actions.find((action) => action.outputArtifacts?.some(({ name }) => name === artifactName))?.name;
}

export function paginate<Item>(items: readonly Item[], size: number, token = '0') {
  const start = Number(token);
  const end = start + size;
  return { page: items.slice(start, end), next: end < items.length ? String(end) : undefined };
}
