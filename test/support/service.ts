import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ZipEntry, zipOf } from '../../region/zip/zip';
import { temporaryFolder } from './folder';

const SERVICE = path.join(__dirname, '../../service');
/** What a build of the developer's own leaves behind. */
const LEFT = /(node_modules|build|revision)$/;

/** Builds the sample service as its buildspec does; resolves with revisions that CodeDeploy takes, by those names. */
export async function buildService(...revisions: string[]): Promise<Buffer[]> {
  const folder = temporaryFolder('service');
  fs.cpSync(SERVICE, folder, { recursive: true, filter: (entry) => !LEFT.test(entry) });
  for (const command of ['ci --prefer-offline', 'run build'])
    await promisify(execFile)('npm', [...command.split(' '), '--silent', '--prefix', folder]);
  const built = filesOf(path.join(folder, 'revision'));
  return Promise.all(revisions.map((name) => zipOf({ ...built, REVISION: { content: `${name}\n` } })));
}

function filesOf(folder: string): Record<string, ZipEntry> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => [name, path.join(folder, name)] as const);
  const entries = files
    .filter(([, file]) => fs.statSync(file).isFile())
    .map(([name, file]) => [name, { content: fs.readFileSync(file), mode: fs.statSync(file).mode & 0o777 }]);
  return Object.fromEntries(entries);
}
