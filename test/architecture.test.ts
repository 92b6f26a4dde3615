import fs from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';

const ROOT = path.join(__dirname, '..');

/** What each room may import of ours, by path from the top level: docs/architecture.md says why. */
const MAY_IMPORT: Record<string, RegExp> = {
  'delivery.ts': /^lib\/config\//,
  'bin/**/*.ts': /^(bin|lib|delivery)\b/,
  'lib/**/*.ts': /^(lib|lambda)\//,
  'lambda/**/*.ts': /^lambda\//,
  'service/**/*.ts': /^service\//,
  'region/**/*.ts': /^region\//,
  'rehearsal/**/*.ts':
    /^(rehearsal\/|lib\/config\/|region\/(region|clock\/clock|journal\/journal|ledger\/ledger)$)/,
};

interface Import {
  readonly file: string;
  readonly of: string;
  readonly typeOnly: boolean;
}

function imports(pattern: string): Import[] {
  const files = globSync(pattern, {
    cwd: ROOT,
    ignore: ['**/node_modules/**', '**/revision/**', '**/build/**'],
  });
  return files.flatMap((file) => {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from '(\.[^']*)'/gm)].map(
      ([, type, module]) => ({
        file,
        of: path.relative(ROOT, path.resolve(ROOT, path.dirname(file), module)),
        typeOnly: Boolean(type),
      }),
    );
  });
}

test.each(Object.entries(MAY_IMPORT))('%s imports only what its room may', (pattern, allowed) => {
  expect(imports(pattern).filter(({ of }) => !allowed.test(of))).toEqual([]);
});

test('the imports are found at all', () => {
  expect(imports('region/**/*.ts').length).toBeGreaterThan(500);
});

test('lib takes types from lambda, and values only from what a handler and its construct agree on', () => {
  const values = imports('lib/**/*.ts').filter(
    ({ of, typeOnly }) => of.startsWith('lambda/') && !typeOnly && !of.endsWith('/contract'),
  );
  expect(values).toEqual([]);
});

test('in the region, time comes from the clock', () => {
  const files = globSync('region/**/*.ts', {
    cwd: ROOT,
    ignore: ['region/clock/**', 'region/hosts/supervisor/**'],
  });
  const own = files.filter((file) =>
    /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(|\bnew Date\(\)/.test(
      fs.readFileSync(path.join(ROOT, file), 'utf8'),
    ),
  );
  expect(own).toEqual([]);
});
