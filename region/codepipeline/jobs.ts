import type {
  ExecutionDetails,
  FailureDetails,
  JobDetails,
  PutJobSuccessResultInput,
} from '@aws-sdk/client-codepipeline';
import { AwsError } from '../service';
import type { ActionContext } from './actions/action-provider';
import { Answers } from './answers';
import type { ArtifactObject } from './engine/execution';

export interface JobAnswer {
  readonly continuationToken?: string;
  readonly executionDetails?: ExecutionDetails;
  readonly externalExecutionId?: string;
  readonly outputVariables?: Record<string, string>;
  readonly failure?: FailureDetails;
}

/** The jobs that functions have been called with. */
export class Jobs {
  private readonly answers = new Answers<JobAnswer>();
  private readonly details = new Map<string, JobDetails>();

  /** A new job for an action, with the event that the function is called with. */
  open(context: ActionContext, continuationToken: string | undefined, signal: AbortSignal) {
    const { token: id, answer } = this.answers.ask(signal);
    const { home, action } = context;
    const { expiration, ...keys } = home.credentials(context.roleArn);
    const configuration = { ...context.configuration };
    const data = {
      actionConfiguration: { configuration },
      inputArtifacts: context.inputs.map((artifact) => this.artifact(context, artifact)),
      outputArtifacts: context.outputs.map((artifact) => this.artifact(context, artifact)),
      artifactCredentials: keys,
      ...(continuationToken !== undefined && { continuationToken }),
    };
    this.details.set(id, {
      id,
      accountId: home.accountId,
      data: {
        ...data,
        actionTypeId: action.actionTypeId,
        pipelineContext: {
          pipelineName: context.pipelineName,
          pipelineArn: `arn:aws:codepipeline:${home.region}:${home.accountId}:${context.pipelineName}`,
          pipelineExecutionId: context.executionId,
          stage: { name: context.stageName },
          action: { name: action.name },
        },
      },
    });
    const payload = {
      id,
      accountId: home.accountId,
      data: { ...data, artifactCredentials: { ...keys, expirationTime: expiration.getTime() } },
    };
    return { id, payload, answer };
  }

  get(id: string | undefined): JobDetails {
    const details = this.details.get(id ?? '');
    if (!details) throw new AwsError('JobNotFoundException', `There is no job "${id}"`);
    return details;
  }

  acknowledge(id: string | undefined): { status: 'InProgress' | 'Succeeded' } {
    this.get(id);
    return { status: this.answers.isOpen(id!) ? 'InProgress' : 'Succeeded' };
  }

  succeed({ jobId, continuationToken, executionDetails, outputVariables }: PutJobSuccessResultInput): void {
    if (continuationToken && outputVariables && Object.keys(outputVariables).length > 0) {
      throw new AwsError(
        'ValidationException',
        'found outputVariables beside a continuationToken; allowed are output variables of a finished job only',
      );
    }
    const externalExecutionId = executionDetails?.externalExecutionId;
    this.answer(jobId, { continuationToken, executionDetails, externalExecutionId, outputVariables });
  }

  fail(jobId: string | undefined, failure: FailureDetails): void {
    this.answer(jobId, { failure, externalExecutionId: failure.externalExecutionId });
  }

  private answer(id: string | undefined, answer: JobAnswer): void {
    this.get(id);
    if (!this.answers.give(id!, answer)) {
      throw new AwsError('InvalidJobStateException', `The job ${id} has been answered or has timed out`);
    }
  }

  private artifact(context: ActionContext, { name, bucket, key }: ArtifactObject) {
    return {
      name,
      revision: context.revisionOf(name),
      location: { type: 'S3' as const, s3Location: { bucketName: bucket, objectKey: key } },
    };
  }
}
