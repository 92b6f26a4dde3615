import path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

const PROJECT = path.join(__dirname, '../..');

/** A Lambda handler and what it imports in one file; the AWS SDK comes with the runtime. */
const bundle = (entry: string) =>
  ({
    absWorkingDir: PROJECT,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*'],
    logLevel: 'warning',
  }) satisfies BuildOptions;

/**
 * A handler as an asset.
 *
 * NodejsFunction does the same, but starts npm to start esbuild, which costs a synthesis more than all its constructs.
 *
 * @param entry the handler's file, relative to the project
 */
export function bundledHandler(entry: string): Code {
  return Code.fromAsset(path.dirname(path.join(PROJECT, entry)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('unused'), // the interface asks for one; the local bundling needs none
      local: {
        tryBundle(outputDir) {
          buildSync({ ...bundle(entry), outfile: path.join(outputDir, 'index.js') });
          return true;
        },
      },
    },
  });
}

/**
 * A handler in the template itself, for the stack of an environment: its assets would have to be published, at every
 * release, in a stage of the pipeline of their own. CloudFormation takes up to 4 MB.
 *
 * @param entry the handler's file, relative to the project
 */
export function inlineHandler(entry: string): Code {
  let code = inlined.get(entry);
  if (!code) {
    code = buildSync({ ...bundle(entry), write: false }).outputFiles[0]!.text;
    inlined.set(entry, code);
  }
  return Code.fromInline(code);
}

/** Every environment has the same handlers, and each bundle starts a process. */
const inlined = new Map<string, string>();
