import { BatchGetBuildsCommand, type Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Comparison, RESULT, VARIABLES } from './contract';

const codebuild = new CodeBuildClient();
const s3 = new S3Client();

/** The build of a pull request as CodeBuild knows it now, whatever the event that led here said. */
export interface ReviewBuild {
  readonly id: string;
  readonly status: string;
  /** Where its log is, for a person. */
  readonly log?: string;
  /** Of the phase that failed: `BUILD: COMMAND_EXECUTION_ERROR …`. */
  readonly reason?: string;
  readonly pullRequestId: string;
  /** Revision of the pull request that was built. */
  readonly revisionId: string;
  readonly sourceCommit: string;
  readonly destinationCommit: string;
  /** Undefined when the build left none. */
  readonly comparison?: Comparison;
}

/**
 * Reads a build and what it left.
 * @param arn the build's, as CodeBuild's events give it
 * @returns undefined for a build that is not one of a pull request: somebody started it by hand
 */
export async function readBuild(arn: string): Promise<ReviewBuild | undefined> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [arn.split('/').at(-1)!] }));
  const build = builds?.[0];
  if (!build) throw new Error(`Build ${arn} does not exist`);
  const variables = Object.fromEntries(
    (build.environment?.environmentVariables ?? []).map(({ name, value }) => [name, value]),
  );
  if (!variables[VARIABLES.pullRequestId]) return undefined;
  const failed = build.phases?.find(({ phaseStatus }) => phaseStatus && phaseStatus !== 'SUCCEEDED');
  return {
    id: build.id!,
    status: build.buildStatus!,
    log: build.logs?.deepLink,
    reason: failed && `${failed.phaseType}: ${failed.contexts?.map(({ message }) => message).join('; ')}`,
    pullRequestId: variables[VARIABLES.pullRequestId]!,
    revisionId: variables[VARIABLES.revisionId]!,
    sourceCommit: variables[VARIABLES.sourceCommit]!,
    destinationCommit: variables[VARIABLES.destinationCommit]!,
    comparison: await readComparison(build),
  };
}

async function readComparison({ id, phases, artifacts }: Build): Promise<Comparison | undefined> {
  const uploaded = phases?.some(
    ({ phaseType, phaseStatus }) => phaseType === 'UPLOAD_ARTIFACTS' && phaseStatus === 'SUCCEEDED',
  );
  const [, bucket] = /:s3:::([^/]+)/.exec(artifacts?.location ?? '') ?? [];
  if (!uploaded || !bucket) return undefined;
  const Key = [RESULT.path, id!.split(':')[1], RESULT.name, RESULT.file].join('/');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return JSON.parse(await Body!.transformToString());
}
