import { AwsError, type Operation } from '../service';
import type { CodePipeline } from './codepipeline';
import { latestRun, ruleExecutionDetail } from './engine/condition';
import { paginate } from './state-operations';

const TYPES = { BEFORE_ENTRY: 'beforeEntry', ON_SUCCESS: 'onSuccess' } as const;

/** The operations on stage conditions. */
export function conditionOperations(codepipeline: CodePipeline): Record<string, Operation> {
  return {
    ListRuleExecutions({ pipelineName, filter, maxResults = 100, nextToken }) {
      const id = filter?.pipelineExecutionId ?? filter?.latestInPipelineExecution?.pipelineExecutionId;
      const details = codepipeline
        .find(pipelineName)
        .executions.filter((execution) => !id || execution.id === id)
        .flatMap(({ stages, pipeline }) =>
          [...stages.values()]
            .flatMap((stage) => stage.conditions)
            .flatMap((condition) => condition.rules)
            .toReversed()
            .map((rule) => ruleExecutionDetail(rule, pipeline.version)),
        );
      const { page, next } = paginate(details, maxResults, nextToken);
      return { ruleExecutionDetails: page, nextToken: next };
    },

    /**
     * Lets an execution pass a condition: one whose rules still run, which are given up, or one that has failed it.
     * The guide shows the first; the announcement of conditions speaks of the second.
     */
    OverrideStageCondition({ pipelineName, stageName, pipelineExecutionId, conditionType }, call) {
      const pipeline = codepipeline.find(pipelineName);
      const lane = pipeline.lane(stageName);
      const execution = pipeline.execution(pipelineExecutionId);
      const record = execution.stages.get(stageName);
      const type = TYPES[conditionType as keyof typeof TYPES];
      const run = type && latestRun(record, type);
      const refuse = (code: string, why: string) =>
        new AwsError(code, `${conditionType} of stage ${stageName} cannot be overridden: ${why}`);
      if (!type) throw refuse('ValidationException', `allowed are ${Object.keys(TYPES).join(' and ')}`);
      if (lane.latest !== execution && pipeline.mode !== 'PARALLEL') {
        throw refuse(
          'NotLatestPipelineExecutionException',
          `execution ${lane.latest?.id} has entered the stage since`,
        );
      }
      const running = run?.status === 'InProgress';
      const failed = run?.status === 'Failed' && record?.status === 'Failed' && !execution.underWay;
      if (!run || run.result === 'SKIP' || (!running && !failed)) {
        const found = run ? `${run.status} with the result ${run.result}` : 'not met by this execution';
        throw refuse(
          'ConditionNotOverridableException',
          `it is ${found}; allowed is InProgress or Failed, and no SKIP`,
        );
      }
      if (execution.pipeline.version !== pipeline.declaration.version) {
        throw refuse('StageNotRetryableException', 'the structure of the pipeline has been updated');
      }
      run.updatedBy = call?.principalArn ?? 'unknown';
      if (running) {
        run.overridden.abort(new Error('The condition was overridden'));
        return;
      }
      run.status = 'Overridden';
      run.lastStatusChange = new Date(codepipeline.scope.clock.now());
      const stage = execution.pipeline.stages!.find((candidate) => candidate.name === stageName)!;
      pipeline.resume(execution, stage, `${type} of stage ${stageName} overridden by ${run.updatedBy}`);
    },
  };
}
