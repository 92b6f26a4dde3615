import { randomBytes } from 'node:crypto';
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import type { Scope } from '../service';
import type { ArtifactObject } from './engine/execution';

/** The bucket that keeps a pipeline's artifacts for the actions of a region. */
export function artifactBucket(pipeline: PipelineDeclaration, region: string): string {
  const store = pipeline.artifactStores?.[region] ?? pipeline.artifactStore;
  if (!store?.location) {
    throw new Error(`Pipeline "${pipeline.name}" has no artifact store for actions in ${region}`);
  }
  return store.location;
}

/** Where a new artifact will be: CodePipeline cuts the pipeline's name to 20 characters, the artifact's to 10. */
export function newArtifact(pipeline: PipelineDeclaration, region: string, name: string): ArtifactObject {
  const id = randomBytes(6).toString('base64url').slice(0, 7);
  const key = `${pipeline.name!.slice(0, 20)}/${name.slice(0, 10)}/${id}`;
  return { name, bucket: artifactBucket(pipeline, region), key };
}

/** The same artifact in the bucket of another region: CodePipeline copies it there for a cross-region action. */
export async function replicated(home: Scope, artifact: ArtifactObject, bucket: string) {
  if (artifact.bucket === bucket) return artifact;
  const body = await home.service('s3').read(artifact.bucket, artifact.key, artifact.versionId);
  const { versionId } = await home.service('s3').write(bucket, artifact.key, body);
  return { ...artifact, bucket, versionId };
}
