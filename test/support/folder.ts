import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../.tidegate/test');

/** A new empty folder inside the project, removed after the test file has run. */
export function temporaryFolder(name = 'case'): string {
  fs.mkdirSync(ROOT, { recursive: true });
  const folder = fs.mkdtempSync(path.join(ROOT, `${name}-`));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
