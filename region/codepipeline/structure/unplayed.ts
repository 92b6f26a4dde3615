import type { PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';

/**
 * What a pipeline declares around its stages and the region does not play: one sentence each. It plays
 * `onFailure` with a rollback or a retry and no rules.
 */
export function unplayedConditions(pipeline: PipelineDeclaration): string[] {
  const errors = (pipeline.stages ?? []).flatMap(oneStage);
  if (pipeline.triggers?.length) {
    errors.push('Pipeline triggers: the region plays EventBridge rules; declare one for the source');
  }
  return errors;
}

function oneStage(stage: StageDeclaration): string[] {
  const declared = {
    beforeEntry: stage.beforeEntry?.conditions,
    onSuccess: stage.onSuccess?.conditions,
    onFailure: stage.onFailure?.conditions,
    blockers: stage.blockers,
  };
  return Object.entries(declared)
    .filter(([, value]) => value?.length)
    .map(
      ([key]) =>
        `Stage "${stage.name}": found rules in ${key}; the region plays onFailure with a result and without rules`,
    );
}
