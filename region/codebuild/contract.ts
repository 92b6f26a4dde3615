import type { Build } from '@aws-sdk/client-codebuild';

/** What CodePipeline hands to a build of one of its actions. */
export interface PipelineBuild {
  readonly pipelineName: string;
  readonly executionId: string;
  readonly actionName: string;
  /** Input artifacts as zip archives, the primary one first. */
  readonly sources: readonly { readonly name: string; readonly zip: Buffer }[];
  /** Names of the output artifacts that the action declares. */
  readonly outputs: readonly string[];
  /** Revision of the primary source, a commit id: what the build sees as CODEBUILD_RESOLVED_SOURCE_VERSION. */
  readonly sourceVersion?: string;
}

/** A build that has come to its end, however it ended. */
export interface FinishedBuild {
  readonly build: Build;
  /** Zip archives of the output artifacts, by the names that the pipeline's action gives them. */
  readonly artifacts: Readonly<Record<string, Buffer>>;
  readonly exportedVariables: Readonly<Record<string, string>>;
}
