import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';

/** What a pipeline declares around its stages and the region does not play: one sentence each. */
export function unplayed(pipeline: PipelineDeclaration): string[] {
  const errors = (pipeline.stages ?? [])
    .filter((stage) => stage.blockers?.length)
    .map((stage) => `Stage "${stage.name}": found blockers; the region plays conditions and transitions`);
  if (pipeline.triggers?.length) {
    errors.push('Pipeline triggers: the region plays EventBridge rules; declare one for the source');
  }
  return errors;
}
