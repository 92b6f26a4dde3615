import fs from 'node:fs';
import path from 'node:path';
import { glob } from 'tinyglobby';
import type { ArtifactFiles } from './buildspec';

/** What UPLOAD_ARTIFACTS fails with; the message stands in the phase's context. */
export class ArtifactError extends Error {
  override readonly name = 'CLIENT_ERROR';
}

/**
 * The files of an artifact: name in the artifact to path on disk.
 * @param root the build's source folder, to which `base-directory` is relative
 * @throws ArtifactError when nothing matches
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files
 */
export async function selectFiles(spec: ArtifactFiles, root: string): Promise<Map<string, string>> {
  const base = path.resolve(root, spec['base-directory'] ?? '.');
  if (!fs.existsSync(base)) {
    throw new ArtifactError(`no matching base directory path found for ${spec['base-directory']}`);
  }
  const found = await glob(spec.files, {
    cwd: base,
    dot: true,
    expandDirectories: false,
    ignore: spec['exclude-paths'] ?? [],
  });
  if (found.length === 0) {
    throw new ArtifactError(
      `no matching artifact paths found: ${spec.files.join(', ')} in ${spec['base-directory'] ?? '.'}`,
    );
  }
  const name = spec['discard-paths'] ? path.basename : (file: string) => file;
  return new Map(found.sort().map((file) => [name(file), path.join(base, file)]));
}
