import type { ActionDeclaration, ArtifactRevision } from '@aws-sdk/client-codepipeline';
import type { Call, Scope } from '../../service';
import type { ActionExecutionRecord, ArtifactObject } from '../engine/execution';

/** Plays the actions of one category and provider. */
export interface ActionProvider {
  /** How many artifacts it takes and gives: `[least, most]`. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  /** Configuration keys that are played; the others are refused when the pipeline is created. */
  readonly configuration: Readonly<Record<string, 'required' | 'optional'>>;
  /** Longest time, in minutes. @see https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
  readonly timeoutInMinutes: number;
  /** Waits for a person, so its time limit is AWS time; executed work is bounded in wall time. */
  readonly waitsForPerson?: boolean;
  /** Says what else in the declaration cannot be played: one sentence each. */
  check?(action: ActionDeclaration): string[];
  /** Rejects with {@link ActionFailure} when the action fails. */
  run(context: ActionContext): Promise<ActionResult>;
}

export interface ActionContext {
  /** The account and region in which the action acts: those of its role and region. */
  readonly scope: Scope;
  /** The account and region of the pipeline. */
  readonly home: Scope;
  readonly pipelineName: string;
  readonly stageName: string;
  readonly executionId: string;
  readonly action: ActionDeclaration;
  /** With its variables resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The role that acts: the action's own, else the pipeline's. */
  readonly roleArn: string;
  /** Calls other services in that role's name; its policies are not evaluated. */
  readonly call: Call;
  readonly inputs: readonly ArtifactObject[];
  /** Where the output artifacts will be. */
  readonly outputs: readonly ArtifactObject[];
  /** The commit or version that StartPipelineExecution asked for. */
  readonly sourceRevision?: string;
  /** The commit or version that an artifact was made from, when it comes straight from a source action. */
  revisionOf(artifactName: string): string | undefined;
  /** Ends polling and waiting: the execution has been abandoned, or the time limit has passed. */
  readonly signal: AbortSignal;
  /** The bytes of an input artifact. */
  read(artifactName: string): Promise<Buffer>;
  /** Shows progress in GetPipelineState. */
  report(progress: Progress): void;
}

export type Progress = Partial<
  Pick<
    ActionExecutionRecord,
    'summary' | 'externalExecutionId' | 'externalExecutionUrl' | 'percentComplete' | 'token' | 'updatedBy'
  >
>;

export interface ActionResult {
  /** Zip archives by output artifact, to be put in the artifact bucket; those not named were put there already. */
  readonly outputs?: Readonly<Record<string, Buffer>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Of a source action. */
  readonly revision?: Omit<ArtifactRevision, 'name'>;
}

/** Fails an action, in the shape of `errorDetails`. */
export class ActionFailure extends Error {
  constructor(
    /** `JobFailed`, `ConfigurationError`, `PermissionError`, … */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Splits `Artifact::path/in/the/archive`. */
export function artifactPath(value: string, key: string): { artifactName: string; file: string } {
  const [artifactName, file] = value.split('::');
  if (!artifactName || !file) {
    throw new ActionFailure('ConfigurationError', `${key} is "${value}"; allowed is ArtifactName::file`);
  }
  return { artifactName, file };
}
