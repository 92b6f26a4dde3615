import fs from 'node:fs';
import path from 'node:path';
import type { EnvironmentVariable } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';
import type { Buildspec } from './buildspec';

/** A variable whose value could not be read; the message stands in the phase's context. */
export class VariableError extends Error {
  override readonly name = 'Decrypted Variables Error';
}

/** Variables of this machine that a build needs to reach the network as the user does; nothing else of the user's. */
const NETWORK = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'npm_config_registry',
  'npm_config_cafile',
];

/**
 * What the build image gives: a home, a temporary folder and an npm prefix of the build's own, and this machine's
 * programs. Downloads of npm are cached for all builds of the region: a registry close by, not state of a build.
 */
export function imageEnvironment(folder: string, npmCache: string): Record<string, string> {
  const home = path.join(folder, 'home');
  const temporary = path.join(folder, 'tmp');
  const npmPrefix = path.join(folder, 'npm');
  for (const made of [home, temporary, npmPrefix]) fs.mkdirSync(made, { recursive: true });
  // A source without a package.json of its own must not make npm and Node.js find one further up.
  fs.writeFileSync(path.join(folder, 'package.json'), '{}\n');
  // `npm run` puts the tools of the project it runs in on the path: they are not the build's.
  const programs = (process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin')
    .split(path.delimiter)
    .filter((entry) => !entry.split(path.sep).includes('node_modules'));
  const network = Object.fromEntries(
    NETWORK.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1'].filter(Boolean).join(',');
  return {
    ...network,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    PATH: [path.join(npmPrefix, 'bin'), path.dirname(process.execPath), ...programs].join(path.delimiter),
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: folder,
    npm_config_prefix: npmPrefix,
    npm_config_cache: npmCache,
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

/** What of a build its built-in variables are made from. */
export interface BuildFacts {
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly image: string;
  readonly initiator: string;
  readonly projectArn: string;
  readonly kmsKeyId: string;
  readonly logPath: string;
  readonly startTime: number;
  readonly sourceRepoUrl?: string;
  readonly sourceVersion?: string;
  readonly resolvedSourceVersion?: string;
  /** Folder of the primary source. */
  readonly sourceDirectory: string;
  /** Folders of the secondary sources, by identifier. */
  readonly secondaryDirectories: Readonly<Record<string, string>>;
}

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
export function builtInVariables(build: BuildFacts): Record<string, string> {
  return {
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: build.image,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_KMS_KEY_ID: build.kmsKeyId,
    CODEBUILD_LOG_PATH: build.logPath,
    CODEBUILD_PROJECT_ARN: build.projectArn,
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion ?? '',
    CODEBUILD_SOURCE_REPO_URL: build.sourceRepoUrl ?? '',
    CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? '',
    CODEBUILD_SRC_DIR: build.sourceDirectory,
    CODEBUILD_START_TIME: String(build.startTime),
    ...Object.fromEntries(
      Object.entries(build.secondaryDirectories).map(([name, folder]) => [
        `CODEBUILD_SRC_DIR_${name}`,
        folder,
      ]),
    ),
  };
}

/** Variables in CodeBuild's order of precedence: the buildspec's, over them the project's, over them the start's. */
export function declaredVariables(
  buildspec: Pick<Buildspec, 'env'>,
  project: readonly EnvironmentVariable[] = [],
  override: readonly EnvironmentVariable[] = [],
): EnvironmentVariable[] {
  const declared = new Map<string, EnvironmentVariable>();
  const of = (type: EnvironmentVariable['type'], values: Record<string, string> | null | undefined) =>
    Object.entries(values ?? {}).map(([name, value]) => ({ name, value, type }));
  for (const variable of [
    ...of('PLAINTEXT', buildspec.env?.variables),
    ...of('PARAMETER_STORE', buildspec.env?.['parameter-store']),
    ...of('SECRETS_MANAGER', buildspec.env?.['secrets-manager']),
    ...project,
    ...override,
  ]) {
    declared.set(variable.name!, variable);
  }
  return [...declared.values()];
}

/**
 * The values of declared variables, Parameter Store's read.
 * @throws VariableError
 */
export async function resolveVariables(
  declared: readonly EnvironmentVariable[],
  scope: Scope,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, value, type } of declared) {
    if (type === 'SECRETS_MANAGER') {
      throw new VariableError(
        `${name}: SECRETS_MANAGER variables are not played; allowed are PLAINTEXT and PARAMETER_STORE`,
      );
    }
    values[name!] = type === 'PARAMETER_STORE' ? await parameter(scope, name!, value!) : (value ?? '');
  }
  return values;
}

async function parameter(scope: Scope, variable: string, Name: string): Promise<string> {
  try {
    const { Parameter } = (await scope
      .service('ssm')
      .operations.GetParameter({ Name, WithDecryption: true })) as any;
    return Parameter.Value;
  } catch (error) {
    throw new VariableError(`${variable}: parameter ${Name}: ${(error as Error).message}`);
  }
}

/** Names that a build may export: a value read from a store stays out of the pipeline's variables. */
export function exportable(names: readonly string[], declared: readonly EnvironmentVariable[]): string[] {
  const fromStore = new Set(
    declared.filter(({ type }) => type && type !== 'PLAINTEXT').map((variable) => variable.name),
  );
  return names.filter((name) => !fromStore.has(name));
}
