import type { Execution } from './execution';
import type { Pipeline } from './pipeline';

/**
 * Why a stage cannot be rolled back to an execution; `undefined` when it can.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
 */
export function rollbackObstacle(
  { declaration, mode }: Pipeline,
  stageName: string,
  target: Execution,
): string | undefined {
  if (mode === 'PARALLEL') return 'the pipeline is in PARALLEL mode';
  if (declaration.stages![0].name === stageName) return 'the source stage cannot be rolled back';
  if (target.rollback) return `execution ${target.id} is a rollback itself`;
  if (target.pipeline.version !== declaration.version) {
    return `execution ${target.id} ran in another structure of the pipeline (version ${target.pipeline.version})`;
  }
  if (target.stages.get(stageName)?.status !== 'Succeeded') {
    return `execution ${target.id} has not succeeded in stage ${stageName}`;
  }
  return undefined;
}

/** The newest execution that a failed one can be rolled back to. */
export function rollbackTarget(
  pipeline: Pipeline,
  stageName: string,
  failed: Execution,
): Execution | undefined {
  return pipeline.executions.find(
    (candidate) => candidate !== failed && !rollbackObstacle(pipeline, stageName, candidate),
  );
}
