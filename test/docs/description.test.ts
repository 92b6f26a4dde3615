import fs from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { checkDescription } from '../../lib/config/check';
import { schema } from '../../lib/config/schema';

const REFERENCE = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'description.md'), 'utf8');

/** A key of the description by its path, such as `environments[].capacity.min`, and what its schema allows. */
interface Key {
  readonly path: string;
  /** The schema's own sentence; of keys that hold further keys it has none. */
  readonly allowed?: string;
}

/** Every key of the schema. One that stands in two places (the thresholds do) is listed at the shorter path. */
function keys(): Key[] {
  const found = new Map<string, Key>();
  const seen = new Set<unknown>();
  const open: { path: string; type: any }[] = [{ path: '', type: schema }];
  for (const { path, type } of open) {
    const { type: kind, shape, element, innerType, options = [] } = type.def;
    const holds = kind === 'object' || kind === 'array';
    if (kind === 'optional') open.push({ path, type: innerType });
    else if (path && !path.endsWith('[]') && !found.has(path))
      found.set(path, { path, allowed: holds ? undefined : allowed(type) });
    for (const option of options) open.push({ path, type: option });
    if (kind === 'array') open.push({ path: `${path}[]`, type: element });
    if (kind !== 'object' || seen.has(shape)) continue;
    seen.add(shape);
    for (const [key, type] of Object.entries(shape)) open.push({ path: path ? `${path}.${key}` : key, type });
  }
  return [...found.values()];
}

/** What the check says of a value that no key takes. */
function allowed(type: any): string {
  return type.safeParse(Symbol('no value')).error.issues[0].message;
}

/** The first cells of the tables, with their rows. */
const rows = new Map(
  [...REFERENCE.matchAll(/^\| `([^`]+)` .*$/gm)].map(([row, path]) => [path!, row] as const),
);

test.each(keys().map((key) => [key.path, key] as const))(
  '%s is documented, with what is allowed',
  (_, key) => {
    const row = rows.get(key.path);
    expect(row).toBeDefined();
    if (key.allowed) expect(row).toContain(key.allowed);
  },
);

test('no key is documented that the schema does not have', () => {
  const known = keys().map(({ path }) => path);
  expect([...rows.keys()].filter((path) => !known.includes(path))).toEqual([]);
});

/** A description with nothing but what has no default. */
const REQUIRED = { service: 'harbor', environments: [{ name: 'prod', capacity: { min: 2, max: 3 } }] };

/** The same with a one-box, which has defaults of its own. */
const WITH_ONE_BOX = { ...REQUIRED, environments: [{ ...REQUIRED.environments[0], oneBox: {} }] };

/** The same with a rollback proof, which there is before production only. */
const WITH_PROOF = {
  ...REQUIRED,
  environments: [{ ...REQUIRED.environments[0], name: 'gamma', rollbackProof: {} }, REQUIRED.environments[0]],
};

function valueAt(description: unknown, path: string): any {
  const steps = path.replaceAll('[]', '.0').split('.');
  return steps.reduce<any>((value, step) => value?.[step], description);
}

test.each(keys().flatMap(({ path, allowed }) => (allowed ? [path] : [])))(
  'the default of %s is the one that is filled in',
  (path) => {
    const cell = rows.get(path)?.split('|').at(-2)?.trim();
    if (valueAt(REQUIRED, path) !== undefined) {
      expect(cell).toBe('');
      return;
    }
    const documented = /^`(.+)`/.exec(cell!)?.[1]?.replaceAll("'", '"');
    const checked = checkDescription(path.includes('Proof') ? WITH_PROOF : WITH_ONE_BOX, 'delivery.ts');
    // Those of the delivery are filled in where they are used.
    const filledIn = valueAt(checked, path.replace(/^alarms/, 'environments[].alarms'));
    expect(documented && JSON.parse(documented)).toEqual(filledIn);
  },
);

const examples = [...REFERENCE.matchAll(/^### (.+)\n(?:(?!#).*\n)*?```ts\n([^`]*)```/gm)].map(
  ([, title, code]) => [title!, code!] as const,
);

test('there are three examples', () => {
  expect(examples).toHaveLength(3);
});

test.each(examples)('%s: the example is a valid description', (_, source) => {
  const { code } = transformSync(source, {
    jsc: { parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const exported: { delivery?: unknown } = {};
  new Function('exports', 'require', code)(exported, require);
  expect(() => checkDescription(exported.delivery, 'docs/description.md')).not.toThrow();
});
