import { AppSpecSource, isMapping, type Path } from './appspec-source';
import { type Permission, parsePermission } from './permission';

/**
 * What an AppSpec file for EC2 says.
 * @see AWS CodeDeploy User Guide, AppSpec file reference; where the guide is silent, agent 1.8.1.
 */
export interface AppSpec {
  readonly version: number;
  readonly os: 'linux';
  /** Beats the deployment's own setting; null when not given. */
  readonly fileExistsBehavior: FileExistsBehavior | null;
  readonly files: readonly FileMapping[];
  readonly hooks: Readonly<Record<string, readonly Script[]>>;
  readonly permissions: readonly Permission[];
}

export type FileExistsBehavior = 'DISALLOW' | 'OVERWRITE' | 'RETAIN';

export interface FileMapping {
  /** Relative to the revision's root. */
  readonly source: string;
  /** The directory it is copied into. */
  readonly destination: string;
}

export interface Script {
  readonly location: string;
  /** Seconds. @default 3600 */
  readonly timeout: number;
  readonly runas: string | null;
  readonly sudo: unknown;
}

const FILE_EXISTS_BEHAVIORS: readonly unknown[] = ['DISALLOW', 'OVERWRITE', 'RETAIN'];

/**
 * @param file name used in errors
 * @throws AppSpecError naming file, line, key, what was found and what is allowed
 */
export function parseAppSpec(text: string, file = 'appspec.yml'): AppSpec {
  const source = new AppSpecSource(text, file);
  const { version, os } = source.value;
  const fileExistsBehavior = source.value.file_exists_behavior ?? null;
  if (version !== 0) source.refuse('UNSUPPORTED_VERSION', ['version'], 'the number 0.0');
  if (os !== 'linux') source.refuse('UNSUPPORTED_OS', ['os'], 'linux');
  if (fileExistsBehavior !== null && !FILE_EXISTS_BEHAVIORS.includes(fileExistsBehavior)) {
    source.refuse('INVALID_FILE_EXISTS_BEHAVIOR', ['file_exists_behavior'], FILE_EXISTS_BEHAVIORS.join(', '));
  }
  return {
    version,
    os,
    fileExistsBehavior,
    files: source.list(['files'], 'source and destination').map((_, i) => parseFile(source, ['files', i])),
    hooks: parseHooks(source),
    permissions: source
      .list(['permissions'], 'permissions')
      .map((_, i) => parsePermission(source, ['permissions', i])),
  };
}

function parseFile(source: AppSpecSource, path: Path): FileMapping {
  const entry = path.reduce((value, part) => value[part], source.value);
  if (!isMapping(entry)) source.refuse('FILE_NOT_A_MAPPING', path, 'a source with a destination');
  // An empty string passes; agent 2.x treats it as missing.
  if (entry.source == null)
    source.refuse('FILE_MISSING_SOURCE', [...path, 'source'], 'a path in the revision');
  if (entry.destination == null) {
    source.refuse('FILE_MISSING_DESTINATION', [...path, 'destination'], 'a directory on the instance');
  }
  return { source: String(entry.source), destination: String(entry.destination) };
}

function parseHooks(source: AppSpecSource): AppSpec['hooks'] {
  const hooks = source.value.hooks ?? {};
  if (!isMapping(hooks)) source.refuse('HOOKS_NOT_A_MAPPING', ['hooks'], 'scripts by lifecycle event');
  return Object.fromEntries(
    Object.entries(hooks).map(([event, scripts]) => {
      if (!Array.isArray(scripts)) source.refuse('NOT_A_LIST', ['hooks', event], 'a list of scripts');
      return [event, scripts.map((_, i) => parseScript(source, ['hooks', event, i]))];
    }),
  );
}

function parseScript(source: AppSpecSource, path: Path): Script {
  const entry = path.reduce((value, part) => value[part], source.value);
  if (!isMapping(entry)) source.refuse('HOOK_NOT_A_MAPPING', path, 'a script with its location');
  const location = String(entry.location ?? '').trim();
  if (!location) source.refuse('HOOK_MISSING_LOCATION', [...path, 'location'], 'a path in the revision');
  // Quoted numbers count as numbers; agent 2.x wants a YAML integer.
  const timeout = Number.parseInt(String(entry.timeout ?? 3600), 10);
  if (!(timeout > 0)) {
    source.refuse('HOOK_INVALID_TIMEOUT', [...path, 'timeout'], 'a whole number of seconds from 1');
  }
  return {
    location,
    timeout,
    runas: entry.runas == null ? null : String(entry.runas).trim(),
    sudo: entry.sudo ?? null,
  };
}
