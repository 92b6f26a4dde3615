import fs from 'node:fs';
import path from 'node:path';
import type { ProjectSource } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';
import { unzip } from '../zip/zip';
import { type Buildspec, BuildspecError, parseBuildspec } from './buildspec';
import type { PipelineBuild } from './contract';

/** A source that could not be fetched; the message stands in the phase's context. */
export class SourceError extends Error {
  override readonly name = 'CLIENT_ERROR';
}

/** Source types that are played. */
export const SOURCE_TYPES = ['CODECOMMIT', 'CODEPIPELINE', 'NO_SOURCE', 'S3'];

export interface Sources {
  /** The primary source. */
  readonly directory: string;
  /** Secondary sources, by identifier. */
  readonly secondary: Readonly<Record<string, string>>;
  /** The commit id of the primary source, where it has one. */
  readonly resolvedVersion?: string;
}

export interface SourceRequest {
  readonly primary: ProjectSource;
  readonly version?: string;
  readonly secondary: readonly { readonly source: ProjectSource; readonly version?: string }[];
  readonly pipeline?: PipelineBuild;
}

/**
 * Puts a build's sources into folders of its own.
 * @throws SourceError
 */
export async function downloadSources(
  request: SourceRequest,
  folder: string,
  scope: Scope,
): Promise<Sources> {
  const directory = make(path.join(folder, 'src'));
  const secondary: Record<string, string> = {};
  const secondaryDirectory = (name: string) => {
    secondary[name] = make(path.join(folder, 'secondary', name));
    return secondary[name];
  };
  if (request.pipeline) {
    const [primary, ...others] = request.pipeline.sources;
    if (primary) await unzip(primary.zip, directory);
    for (const { name, zip } of others) await unzip(zip, secondaryDirectory(name));
    return { directory, secondary, resolvedVersion: request.pipeline.sourceVersion };
  }
  const resolvedVersion = await download(request.primary, request.version, directory, scope);
  for (const { source, version } of request.secondary) {
    await download(source, version, secondaryDirectory(source.sourceIdentifier!), scope);
  }
  return { directory, secondary, resolvedVersion };
}

async function download(
  source: ProjectSource,
  version: string | undefined,
  directory: string,
  scope: Scope,
): Promise<string | undefined> {
  switch (source.type) {
    case 'NO_SOURCE':
      return undefined;
    case 'CODECOMMIT': {
      const repositoryName = path.basename(source.location ?? '');
      return scope.service('codecommit').checkout(repositoryName, version, directory);
    }
    case 'S3': {
      const [, bucket, key] = /^(?:arn:[^:]+:s3:::)?([^/]+)\/(.+)$/.exec(source.location ?? '') ?? [];
      if (!bucket || key.endsWith('/')) {
        throw new SourceError(`source location ${source.location}: expected <bucket>/<key of a zip archive>`);
      }
      await unzip(await scope.service('s3').read(bucket, key, version), directory);
      return version;
    }
    default:
      throw new SourceError(`source type ${source.type} needs a pipeline or is not played`);
  }
}

/**
 * The buildspec of a build: given with the project or the start (as text, or as a path in the source), or
 * `buildspec.yml` at the root of the source.
 * @throws BuildspecError
 */
export function readBuildspec(given: string | undefined, directory: string): Buildspec {
  if (given && /[\n{]|^version:/.test(given)) return parseBuildspec(given, 'buildspec');
  const file = given || 'buildspec.yml';
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(directory, file), 'utf8');
  } catch {
    throw new BuildspecError(`${file}: YAML file does not exist in the source`);
  }
  return parseBuildspec(text, file);
}

function make(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
