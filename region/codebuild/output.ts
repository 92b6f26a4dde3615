import fs from 'node:fs';
import type { BuildArtifacts, ProjectArtifacts } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';
import { zip } from '../zip/zip';
import { ArtifactError, selectFiles } from './artifacts';
import type { ArtifactFiles, Buildspec } from './buildspec';

/** Where the artifacts of a build go. */
export interface OutputRequest {
  readonly spec: Buildspec['artifacts'];
  /** The build's source folder. */
  readonly root: string;
  readonly buildUuid: string;
  readonly projectName: string;
  /** Expands variables and command substitutions in an artifact's name. */
  readonly expand: (name: string) => Promise<string>;
}

/**
 * The output artifacts of a pipeline's action. With one output the buildspec's primary artifact is meant, with several
 * the secondary artifacts of the outputs' names.
 * @throws ArtifactError
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-multi-input-output.html
 */
export async function pipelineOutputs(
  outputs: readonly string[],
  request: OutputRequest,
): Promise<Record<string, Buffer>> {
  const artifacts: Record<string, Buffer> = {};
  for (const name of outputs) {
    const secondary = request.spec?.['secondary-artifacts']?.[name];
    const files = secondary ?? (outputs.length === 1 ? request.spec : undefined);
    if (!files) {
      throw new ArtifactError(
        outputs.length === 1
          ? `the buildspec has no artifacts for output artifact ${name}`
          : `the buildspec has no secondary artifact for output artifact ${name}`,
      );
    }
    artifacts[name] = await zip(await selectFiles(files, request.root));
  }
  return artifacts;
}

/**
 * Uploads an artifact to S3: as one zip archive or file by file, below the project's path, namespace and name.
 * @throws ArtifactError
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
 */
export async function uploadToS3(
  target: ProjectArtifacts,
  request: OutputRequest,
  scope: Scope,
): Promise<BuildArtifacts> {
  const spec: ArtifactFiles | undefined = target.artifactIdentifier
    ? request.spec?.['secondary-artifacts']?.[target.artifactIdentifier]
    : (request.spec ?? undefined);
  if (!spec) {
    throw new ArtifactError(
      `the buildspec has no artifacts for ${target.artifactIdentifier ?? 'the project'}`,
    );
  }
  const bucket = target.location!.replace(/^arn:[^:]+:s3:::/, '');
  const zipped = target.packaging === 'ZIP';
  const override = target.overrideArtifactName && spec.name;
  const name = override ? await request.expand(spec.name!) : target.name || request.projectName;
  const namespace = target.namespaceType === 'BUILD_ID' ? request.buildUuid : '';
  const key = [target.path, namespace, name]
    .map((part) => part?.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');

  const files = await selectFiles(spec, request.root);
  const s3 = scope.service('s3');
  if (zipped) {
    await s3.write(bucket, key, await zip(files));
  } else {
    for (const [file, path] of files)
      await s3.write(bucket, `${key}/${file}`, await fs.promises.readFile(path));
  }
  return {
    location: `arn:aws:s3:::${bucket}/${key}`,
    overrideArtifactName: Boolean(override),
    ...(target.artifactIdentifier && { artifactIdentifier: target.artifactIdentifier }),
  };
}
