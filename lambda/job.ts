import {
  CodePipelineClient,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { CodePipelineEvent } from 'aws-lambda';

/** What a function is asked to do by an action or a rule of CodePipeline. */
export interface Job {
  /** Its user parameters, read as JSON. */
  readonly parameters: unknown;
  /** What the invocation before has handed on; none in the first. */
  readonly continuationToken?: string;
}

/** The end of a job, or that it goes on: then CodePipeline invokes again, with the token. */
export type Answer =
  | { readonly outcome: 'succeeded'; readonly summary: string }
  | {
      readonly outcome: 'continues';
      readonly summary: string;
      readonly percentComplete: number;
      readonly continuationToken: string;
    }
  | { readonly outcome: 'failed'; readonly message: string };

const codepipeline = new CodePipelineClient();

/**
 * A Lambda handler that does a job and answers CodePipeline. An error of the work fails the job with its message:
 * thrown on, it would be retried in vain, and the pipeline would wait 20 minutes for an answer.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
 */
export function jobHandler(work: (job: Job) => Promise<Answer>): (event: CodePipelineEvent) => Promise<void> {
  return async (event) => {
    const { id: jobId, data } = event['CodePipeline.job'];
    let answer: Answer;
    try {
      const parameters = parseParameters(data.actionConfiguration.configuration.UserParameters);
      answer = await work({ parameters, continuationToken: data.continuationToken });
    } catch (error) {
      answer = { outcome: 'failed', message: (error as Error).message };
    }
    console.log(JSON.stringify({ jobId, ...answer }));
    await put(jobId, answer);
  };
}

function parseParameters(text: string | undefined): unknown {
  if (!text) throw new Error('There are no user parameters; expected is JSON');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The user parameters are not JSON: ${(error as Error).message}`);
  }
}

async function put(jobId: string, answer: Answer): Promise<void> {
  try {
    if (answer.outcome === 'failed') {
      const failureDetails = { type: 'JobFailed' as const, message: answer.message.slice(0, 5000) };
      await codepipeline.send(new PutJobFailureResultCommand({ jobId, failureDetails }));
    } else if (answer.outcome === 'continues') {
      const { summary, percentComplete, continuationToken } = answer;
      const executionDetails = { summary, percentComplete };
      await codepipeline.send(new PutJobSuccessResultCommand({ jobId, continuationToken, executionDetails }));
    } else {
      const executionDetails = { summary: answer.summary, percentComplete: 100 };
      await codepipeline.send(new PutJobSuccessResultCommand({ jobId, executionDetails }));
    }
  } catch (error) {
    // Lambda delivers an asynchronous event at least once: the job has its answer already.
    if (!(error instanceof InvalidJobStateException)) throw error;
  }
}
