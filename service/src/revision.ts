import fs from 'node:fs';
import path from 'node:path';

/** The commit this program was built from, as its build has written it beside the bundle. */
export function readRevision(folder = __dirname): string {
  const file = path.join(folder, 'REVISION');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : 'not built by a pipeline';
}
