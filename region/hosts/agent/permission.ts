import path from 'node:path';
import { parseAcl } from './acl';
import { type AppSpecSource, isMapping, type Path } from './appspec-source';
import { parseContext, type SelinuxContext } from './selinux-context';

/** One entry of an AppSpec file's `permissions` section. */
export interface Permission {
  readonly object: string;
  /** `**` matches at any depth, any other pattern immediate children alone; `*` is its only wildcard. @default '**' */
  readonly pattern: string;
  readonly except: readonly string[];
  readonly type: readonly ('file' | 'directory')[];
  readonly owner: string | null;
  readonly group: string | null;
  /** Three or four octal digits. */
  readonly mode: string | null;
  /** In `setfacl`'s long form, `user:bob:r--`. */
  readonly acls: readonly string[] | null;
  readonly context: SelinuxContext | null;
}

export function parsePermission(source: AppSpecSource, at: Path): Permission {
  const entry = at.reduce((value, part) => value[part], source.value);
  if (!isMapping(entry)) source.refuse('PERMISSION_NOT_A_MAPPING', at, 'an object with its permissions');
  const object = String(entry.object ?? '').trim();
  if (!object) source.refuse('PERMISSION_MISSING_OBJECT', [...at, 'object'], 'a path on the instance');
  const type = entry.type == null ? ['file', 'directory'] : source.list([...at, 'type'], 'file, directory');
  type.forEach((name, i) => {
    if (name !== 'file' && name !== 'directory') {
      source.refuse('PERMISSION_INVALID_TYPE', [...at, 'type', i], 'file or directory');
    }
  });
  return {
    object,
    pattern: String(entry.pattern ?? '**'),
    except: source.list([...at, 'except'], 'patterns').map(String),
    type,
    owner: entry.owner == null ? null : String(entry.owner),
    group: entry.group == null ? null : String(entry.group),
    mode: entry.mode == null ? null : parseMode(source, [...at, 'mode'], String(entry.mode)),
    acls: entry.acls == null ? null : parseAcl(source, [...at, 'acls']),
    context: entry.context == null ? null : parseContext(source, [...at, 'context']),
  };
}

function parseMode(source: AppSpecSource, at: Path, mode: string): string {
  if (mode.length > 4) source.refuse('MODE_TOO_LONG', at, '1 to 4 octal digits');
  if (/[^0-7]/.test(mode)) source.refuse('MODE_BAD_CHARACTER', at, '1 to 4 octal digits');
  return mode.padStart(3, '0');
}

/**
 * Whether the entry applies to that path below its object.
 * @param object the entry's object as it lies on this machine
 */
export function matches({ pattern, except }: Permission, object: string, file: string): boolean {
  const base = path.resolve(object).replace(/\/?$/, '/');
  if (!file.startsWith(base)) return false;
  const name = file.slice(base.length);
  return (pattern === '**' || globMatches(pattern, name)) && !except.some((glob) => globMatches(glob, name));
}

/** The agent's own glob, in which only `*` is special: a glob library would read more into the rest. */
function globMatches(glob: string, name: string): boolean {
  const expression = glob.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replace(/\*+/g, '[^/]*');
  return new RegExp(`^${expression}$`).test(name);
}
