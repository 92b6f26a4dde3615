import { CodePipelineClient, paginateListActionExecutions } from '@aws-sdk/client-codepipeline';

/** How many pages of a hundred actions back a deployment of the stack is looked for. */
const PAGES = 20;

const codepipeline = new CodePipelineClient();

/** Whether the gate's pipeline, which the variable `PIPELINE` names, has deployed a stack with success. */
export async function hasBeenDeployed(stack: string): Promise<boolean> {
  let pages = 0;
  const pipelineName = process.env.PIPELINE;
  for await (const page of paginateListActionExecutions({ client: codepipeline }, { pipelineName })) {
    const deployed = page.actionExecutionDetails?.some(
      ({ status, input }) =>
        status === 'Succeeded' &&
        input?.configuration?.StackName === stack &&
        input.configuration.ActionMode === 'CHANGE_SET_EXECUTE',
    );
    if (deployed || ++pages === PAGES) return Boolean(deployed);
  }
  return false;
}
