import type { AppSpecSource, Path } from './appspec-source';

const TYPES: Record<string, string> = {
  u: 'user',
  user: 'user',
  g: 'group',
  group: 'group',
  m: 'mask',
  mask: 'mask',
  o: 'other',
  other: 'other',
};
const FORM = '[default:][user|group|mask|other]:name:rwx';

/** Entries of an access control list, in the long form that `setfacl` prints. */
export function parseAcl(source: AppSpecSource, at: Path): string[] {
  return source.list(at, `entries ${FORM}`).map((entry, i) => parseEntry(source, [...at, i], String(entry)));
}

function parseEntry(source: AppSpecSource, at: Path, entry: string): string {
  const invalid = () => source.refuse('ACL_INVALID_ENTRY', at, FORM);
  const parts = entry.split(':');
  if (parts.length < 2 || parts.length > 4) invalid();
  const permissions = parts.pop()!;
  const last = parts.pop()!;
  let type: string | undefined;
  let isDefault = false;
  // What stands before the name: `default`, a type, or both in this order.
  for (const [i, part] of parts.entries()) {
    if ((part === 'd' || part === 'default') && i === 0) isDefault = true;
    else if (TYPES[part] && i === parts.length - 1) type = TYPES[part];
    else invalid();
  }
  const unnamed = !type && (TYPES[last] === 'mask' || TYPES[last] === 'other');
  const name = unnamed ? '' : last;
  type ??= unnamed ? TYPES[last] : 'user';
  if ((type === 'mask' || type === 'other') && name) invalid();
  if (!isDefault && type !== 'mask' && !name) {
    source.refuse('ACL_BASE_ENTRY_UNNAMED', at, 'an entry with a name; mode sets the base entries');
  }
  const bits = /^[0-7]$/.test(permissions)
    ? ['r', 'w', 'x'].filter((_, i) => Number(permissions) & (4 >> i)).join('')
    : permissions;
  if (/[^rwx-]/.test(bits)) source.refuse('ACL_BAD_CHARACTER', at, 'one octal digit, or r, w, x and -');
  const rwx = ['r', 'w', 'x'].map((bit) => (bits.includes(bit) ? bit : '-')).join('');
  return `${isDefault ? 'default:' : ''}${type}:${name}:${rwx}`;
}
