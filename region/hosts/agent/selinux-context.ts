import { type AppSpecSource, isMapping, type Path } from './appspec-source';

export interface SelinuxContext {
  readonly user: string | null;
  readonly type: string;
  /** `s0-s1:c0.c3,c5`. */
  readonly range: string | null;
}

const CATEGORIES = 1024;

export function parseContext(source: AppSpecSource, at: Path): SelinuxContext {
  const entry = at.reduce((value, part) => value[part], source.value);
  if (!isMapping(entry)) source.refuse('CONTEXT_NOT_A_MAPPING', at, 'user, type and range');
  if (entry.role != null) source.refuse('CONTEXT_ROLE', [...at, 'role'], 'no role: the agent sets none');
  if (entry.type == null) source.refuse('CONTEXT_MISSING_TYPE', [...at, 'type'], 'an SELinux type');
  if (entry.range != null && !isRange(String(entry.range))) {
    source.refuse(
      'CONTEXT_BAD_RANGE',
      [...at, 'range'],
      's0[-s1][:c0[.c1][,c2]] in rising order, c0 to c1023',
    );
  }
  return {
    user: entry.user == null ? null : String(entry.user),
    type: String(entry.type),
    range: entry.range == null ? null : String(entry.range),
  };
}

function isRange(range: string): boolean {
  const found = /^s(\d+)(?:-s(\d+))?(?::(.+))?$/.exec(range);
  if (!found) return false;
  const [, low, high = low, categories] = found;
  if (Number(high) < Number(low)) return false;
  const seen = new Set<number>();
  for (const part of categories?.split(',') ?? []) {
    const bounds = /^c(\d+)(?:\.c(\d+))?$/.exec(part);
    if (!bounds) return false;
    const [from, to] = [Number(bounds[1]), Number(bounds[2] ?? bounds[1])];
    if (to < from || to >= CATEGORIES) return false;
    for (let category = from; category <= to; category++) {
      if (seen.has(category)) return false;
      seen.add(category);
    }
  }
  return true;
}
