import fs from 'node:fs';
import path from 'node:path';
import { security } from '../../lib/config/security';

const ROOT = path.join(__dirname, '../..');
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs/security.md'), 'utf8');

test('every key of security has its row', () => {
  const documented = [...DOCUMENT.matchAll(/^\| `security\.(\w+)` \|/gm)].map(([, key]) => key);
  expect(documented.sort()).toEqual(Object.keys((security as any).def.shape).sort());
});

test('what is named as the place of a protection is there', () => {
  const places = [...DOCUMENT.matchAll(/`((?:lib|test|service)\/?[\w./-]*)`/g)].map(([, place]) => place!);
  expect(places.length).toBeGreaterThan(10);
  expect(places.filter((place) => !fs.existsSync(path.join(ROOT, place)))).toEqual([]);
});
