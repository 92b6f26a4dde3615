import { RemovalPolicy } from 'aws-cdk-lib';
import { BuildSpec, Cache, LinuxBuildImage, LocalCacheMode } from 'aws-cdk-lib/aws-codebuild';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CodeBuildOptions } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { allowLogEncryption } from '../log-encryption';

/** Image of every build, the service's own among them. */
export const BUILD_IMAGE = LinuxBuildImage.AMAZON_LINUX_2023_5;

/** Where npm keeps what it has downloaded, relative to the sources. */
const NPM_CACHE = '.npm';

/** Where the app's own dependencies are installed, relative to the sources. */
export const DEPENDENCIES = '.dependencies';

/**
 * One log group for the builds of a pipeline, so that none is left behind without a retention. A build may print what
 * nobody wanted printed, so its log is under the key of the artifacts, not under AWS's.
 */
export function buildLogs(scope: Construct, encryptionKey: IKey): LogGroup {
  allowLogEncryption(encryptionKey);
  return new LogGroup(scope, 'BuildLogs', {
    encryptionKey,
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** What the builds that CDK Pipelines makes have in common. */
export function buildDefaults(logGroup: LogGroup): CodeBuildOptions {
  return { buildEnvironment: { buildImage: BUILD_IMAGE }, logging: { cloudWatch: { logGroup } } };
}

/** What the builds with npm in them need besides: a runtime, and a local cache that spares a second build the downloads. */
export const NPM_BUILD: CodeBuildOptions = {
  buildEnvironment: {
    environmentVariables: {
      npm_config_cache: { value: NPM_CACHE },
      npm_config_prefer_offline: { value: 'true' },
    },
  },
  partialBuildSpec: BuildSpec.fromObject({
    phases: { install: { 'runtime-versions': { nodejs: '22' } } },
    cache: { paths: [`${NPM_CACHE}/**/*`, `${DEPENDENCIES}/**/*`] },
  }),
  cache: Cache.local(LocalCacheMode.CUSTOM),
};
