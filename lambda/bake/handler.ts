import {
  CodePipelineClient,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { CodePipelineEvent } from 'aws-lambda';
import { describeAlarms } from './alarms';
import { parseParameters } from './parameters';
import { judge, type Verdict } from './verdict';

const codepipeline = new CodePipelineClient();

/**
 * A bake as a Lambda action of CodePipeline. Each invocation looks at the alarms once and either ends the job or
 * returns a continuation token, with which CodePipeline invokes again; the token carries the time the bake began.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
 */
export async function handler(event: CodePipelineEvent): Promise<void> {
  const { id: jobId, data } = event['CodePipeline.job'];
  const now = Date.now();
  const start = data.continuationToken ? Number(data.continuationToken) : now;

  let verdict: Verdict;
  try {
    const parameters = parseParameters(data.actionConfiguration.configuration.UserParameters);
    verdict = judge(parameters, await describeAlarms(parameters), start, now);
  } catch (error) {
    // Thrown on, it would be retried in vain, and the action would wait 20 minutes for an answer.
    verdict = { outcome: 'refused', message: (error as Error).message };
  }
  console.log(JSON.stringify({ jobId, ...verdict }));
  await answer(jobId, verdict, String(start));
}

async function answer(jobId: string, verdict: Verdict, continuationToken: string): Promise<void> {
  try {
    if (verdict.outcome === 'refused') {
      const failureDetails = { type: 'JobFailed' as const, message: verdict.message.slice(0, 5000) };
      await codepipeline.send(new PutJobFailureResultCommand({ jobId, failureDetails }));
    } else if (verdict.outcome === 'baking') {
      const { summary, percentComplete } = verdict;
      const executionDetails = { summary, percentComplete };
      await codepipeline.send(new PutJobSuccessResultCommand({ jobId, continuationToken, executionDetails }));
    } else {
      const executionDetails = { summary: verdict.summary, percentComplete: 100 };
      await codepipeline.send(new PutJobSuccessResultCommand({ jobId, executionDetails }));
    }
  } catch (error) {
    // Lambda delivers an asynchronous event at least once: the job has its answer already.
    if (!(error instanceof InvalidJobStateException)) throw error;
  }
}
