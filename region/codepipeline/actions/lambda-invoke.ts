import type { JobAnswer } from '../jobs';
import { type ActionContext, ActionFailure, type ActionProvider } from './action-provider';

/** How long the function may take to answer, and how soon it is called again with its continuation token. */
const ANSWER_MINUTES = 20;
const CONTINUATION_MS = 30_000;

/**
 * Calls a function with a job, and waits for its PutJobSuccessResult or PutJobFailureResult.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
 */
export const lambdaInvoke: ActionProvider = {
  inputs: [0, 5],
  outputs: [0, 5],
  configuration: { FunctionName: 'required', UserParameters: 'optional' },
  timeoutInMinutes: 24 * 60,

  async run(context) {
    for (let continuationToken: string | undefined; ; ) {
      const answer = await call(context, continuationToken);
      context.report({
        summary: answer.executionDetails?.summary,
        percentComplete: answer.executionDetails?.percentComplete,
        ...(answer.externalExecutionId && { externalExecutionId: answer.externalExecutionId }),
      });
      if (answer.failure) throw new ActionFailure(answer.failure.type!, answer.failure.message!);
      if (!answer.continuationToken) return { variables: answer.outputVariables };
      continuationToken = answer.continuationToken;
      // The pause is modelled: AWS's guide gives no number, and it is seen to be about half a minute.
      await context.home.clock.sleep(CONTINUATION_MS, context.signal);
    }
  },
};

async function call(context: ActionContext, continuationToken: string | undefined): Promise<JobAnswer> {
  const { home, scope, configuration } = context;
  const open = new AbortController();
  const close = () => open.abort();
  const job = home.service('codepipeline').jobs.open(context, continuationToken, open.signal);
  const unanswered = new Promise<never>((_, reject) =>
    open.signal.addEventListener('abort', () => {
      const what = `The AWS Lambda function ${configuration.FunctionName} failed to return a result for job ${job.id}`;
      reject(new ActionFailure('JobTimedOut', `${what} within ${ANSWER_MINUTES} minutes`));
    }),
  );
  const answered = Promise.race([job.answer, unanswered]);
  answered.catch(() => {});
  context.signal.addEventListener('abort', close, { once: true });
  const limit = home.clock.deadline(ANSWER_MINUTES * 60_000, close);
  try {
    const invocation = {
      FunctionName: configuration.FunctionName,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify({ 'CodePipeline.job': job.payload })),
    };
    await scope.service('lambda').operations.Invoke(invocation, context.call);
    return await answered;
  } finally {
    limit.cancel();
    context.signal.removeEventListener('abort', close);
    close();
  }
}
