import { CodePipelineClient, PutJobFailureResultCommand } from '@aws-sdk/client-codepipeline';
import type { CodePipelineEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';

export const codepipeline = mockClient(CodePipelineClient);

/** The event by which CodePipeline hands a job to a function. */
export function job(parameters: object | string | undefined, continuationToken?: string): CodePipelineEvent {
  const UserParameters = typeof parameters === 'object' ? JSON.stringify(parameters) : parameters!;
  return {
    'CodePipeline.job': {
      id: 'job',
      accountId: '111111111111',
      data: {
        actionConfiguration: { configuration: { FunctionName: 'any', UserParameters } },
        inputArtifacts: [],
        outputArtifacts: [],
        artifactCredentials: { accessKeyId: 'A', secretAccessKey: 'S' },
        continuationToken,
      },
    },
  };
}

/** The message of the newest failure. */
export function failure(): string | undefined {
  return codepipeline.commandCalls(PutJobFailureResultCommand).at(-1)?.args[0].input.failureDetails?.message;
}
