import path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/**
 * A Lambda handler and what it imports in one file; the AWS SDK comes with the runtime.
 *
 * NodejsFunction does the same, but starts npm to start esbuild, which costs a synthesis more than all its constructs.
 *
 * @param entry the handler's file, relative to the project
 */
export function bundledHandler(entry: string): Code {
  const file = path.join(__dirname, '../..', entry);
  return Code.fromAsset(path.dirname(file), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('unused'), // the interface asks for one; the local bundling needs none
      local: {
        tryBundle(outputDir) {
          buildSync({
            entryPoints: [file],
            outfile: path.join(outputDir, 'index.js'),
            bundle: true,
            platform: 'node',
            target: 'node24',
            external: ['@aws-sdk/*'],
            logLevel: 'warning',
          });
          return true;
        },
      },
    },
  });
}
