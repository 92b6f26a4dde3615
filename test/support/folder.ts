import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../.tidegate/test');
const ends: (() => unknown)[] = [];

afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Calls back after the test file has run, the latest first. */
export function atEnd(end: () => unknown): void {
  ends.push(end);
}

/** A new empty folder inside the project, removed after the test file has run. */
export function temporaryFolder(name = 'case'): string {
  fs.mkdirSync(ROOT, { recursive: true });
  const folder = fs.mkdtempSync(path.join(ROOT, `${name}-`));
  atEnd(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
