import { AwsError, type Call, type Operation } from '../service';
import type { CodePipeline } from './codepipeline';
import type { Execution } from './engine/execution';
import type { Pipeline } from './engine/pipeline';
import { rollbackObstacle } from './engine/rollback';

/** The operations that start, stop and steer executions. */
export function executionOperations(codepipeline: CodePipeline): Record<string, Operation> {
  /** Execution ids by client request token: a repeated request starts nothing new. */
  const started = new Map<string, string>();

  return {
    StartPipelineExecution({ name, variables = [], clientRequestToken, sourceRevisions }, call) {
      const pipeline = codepipeline.find(name);
      const token = `${name} ${clientRequestToken}`;
      if (clientRequestToken && started.has(token)) return { pipelineExecutionId: started.get(token) };
      const execution = pipeline.start({
        trigger: trigger(call),
        variables: Object.fromEntries(variables.map((variable: any) => [variable.name, variable.value])),
        sourceRevisions,
      });
      if (clientRequestToken) started.set(token, execution.id);
      return { pipelineExecutionId: execution.id };
    },

    StopPipelineExecution({ pipelineName, pipelineExecutionId, abandon = false, reason }) {
      const pipeline = codepipeline.find(pipelineName);
      const execution = pipeline.execution(pipelineExecutionId);
      if (!execution.underWay) {
        throw new AwsError(
          'PipelineExecutionNotStoppableException',
          `Execution ${execution.id} is ${execution.status}; allowed is one in progress`,
        );
      }
      if (execution.status === 'Stopping' && !abandon) {
        throw new AwsError(
          'DuplicatedStopRequestException',
          `Execution ${execution.id} is being stopped already; it can be abandoned`,
        );
      }
      pipeline.stop(execution, abandon, reason);
      return { pipelineExecutionId: execution.id };
    },

    RetryStageExecution({ pipelineName, stageName, pipelineExecutionId, retryMode }) {
      const pipeline = codepipeline.find(pipelineName);
      const execution = pipeline.execution(pipelineExecutionId);
      const stage = retryableStage(pipeline, execution, stageName);
      pipeline.retry(execution, stage, retryMode);
      return { pipelineExecutionId: execution.id };
    },

    RollbackStage({ pipelineName, stageName, targetPipelineExecutionId }, call) {
      const pipeline = codepipeline.find(pipelineName);
      pipeline.lane(stageName);
      const target = pipeline.execution(targetPipelineExecutionId);
      const obstacle = rollbackObstacle(pipeline, stageName, target);
      if (obstacle) throw new AwsError('UnableToRollbackStageException', `Stage ${stageName}: ${obstacle}`);
      const stage = pipeline.declaration.stages!.find((candidate) => candidate.name === stageName)!;
      const execution = pipeline.rollback(stage, target, {
        triggerType: 'ManualRollback',
        triggerDetail: call?.principalArn,
      });
      return { pipelineExecutionId: execution.id };
    },

    EnableStageTransition({ pipelineName, stageName, transitionType }, call) {
      inbound(transitionType);
      codepipeline.find(pipelineName).setTransition(stageName, true, principal(call));
    },

    DisableStageTransition({ pipelineName, stageName, transitionType, reason }, call) {
      inbound(transitionType);
      codepipeline.find(pipelineName).setTransition(stageName, false, principal(call), reason);
    },

    PutApprovalResult({ pipelineName, stageName, actionName, result, token }, call) {
      const pipeline = codepipeline.find(pipelineName);
      const waiting = pipeline.executions
        .flatMap((execution) => execution.actions)
        .find((record) => record.token === token && record.status === 'InProgress');
      const asked = waiting?.stageName === stageName && waiting?.action.name === actionName;
      const answer = { status: result.status, summary: result.summary, by: principal(call) };
      if (!asked || !codepipeline.approvals.give(token, answer)) {
        throw new AwsError(
          'InvalidApprovalTokenException',
          `Action ${actionName} of stage ${stageName} waits for no approval with this token; GetPipelineState shows it`,
        );
      }
      return { approvedAt: new Date(codepipeline.scope.clock.now()) };
    },
  };
}

/** The rule's own ARN calls in its name, as EventBridge's role does on AWS. */
function trigger(call: Call | undefined) {
  const triggerDetail = call?.principalArn;
  return triggerDetail?.startsWith('arn:aws:events:')
    ? ({ triggerType: 'CloudWatchEvent', triggerDetail } as const)
    : ({ triggerType: 'StartPipelineExecution', triggerDetail } as const);
}

/** A stage can be retried while nothing newer has entered it and the structure is still the same. */
function retryableStage(pipeline: Pipeline, execution: Execution, stageName: string) {
  const lane = pipeline.lane(stageName);
  const status = execution.stages.get(stageName)?.status;
  const refuse = (code: string, why: string) =>
    new AwsError(code, `Stage ${stageName} of execution ${execution.id} cannot be retried: ${why}`);
  if (lane.latest !== execution) {
    throw refuse('NotLatestPipelineExecutionException', `execution ${lane.latest?.id} has entered it since`);
  }
  if (execution.pipeline.version !== pipeline.declaration.version) {
    throw refuse('StageNotRetryableException', 'the structure of the pipeline has been updated');
  }
  if (execution.underWay || (status !== 'Failed' && status !== 'Stopped')) {
    throw refuse('StageNotRetryableException', `it is ${status}; allowed is Failed or Stopped`);
  }
  return execution.pipeline.stages!.find((candidate) => candidate.name === stageName)!;
}

function inbound(transitionType: string): void {
  if (transitionType !== 'Inbound') {
    throw new AwsError(
      'ValidationException',
      `found the transitionType ${transitionType}; the region plays Inbound, the way into a stage`,
    );
  }
}

function principal(call: Call | undefined): string {
  return call?.principalArn ?? 'unknown';
}
