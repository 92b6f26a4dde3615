import fs from 'node:fs';
import path from 'node:path';
import { parseAppSpec } from '../../../../region/hosts/agent/appspec';
import { install } from '../../../../region/hosts/agent/installer';
import { temporaryFolder } from '../../../support/folder';
import vectors from '../../../vectors/install-behaviour.json';

const files = temporaryFolder('install');

/** What the installer's messages say for each error class of the vectors. */
const ERRORS: Record<string, RegExp> = {
  SOURCE_NOT_FOUND: /ENOENT/,
  FILE_ALREADY_EXISTS: /a file already exists at/,
  DUPLICATE_PERMISSION: /is given permissions more than once/,
  UNKNOWN_OWNER: /the owner no-such-user-x does not exist/,
};

function write(root: string, files: Record<string, string | null> = {}): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(content === null ? file : path.dirname(file), { recursive: true });
    if (content?.startsWith('->')) fs.symlinkSync(content.slice(2), file);
    else if (content !== null) fs.writeFileSync(file, content);
  }
}

/** The vectors' form of a tree: `dir/`, `file=content`, `link -> target`. */
function tree(root: string, below = ''): string[] {
  return fs
    .readdirSync(path.join(root, below), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.join(below, entry.name);
      const file = path.join(root, name);
      if (entry.isSymbolicLink()) return [`${name} -> ${fs.readlinkSync(file)}`];
      if (entry.isDirectory()) return [`${name}/`, ...tree(root, name)];
      return [`${name}=${fs.readFileSync(file, 'utf8')}`];
    })
    .sort();
}

test.each(vectors.vectors.map((vector) => [vector.id, vector] as const))('%s', (_, { steps }) => {
  const folder = fs.mkdtempSync(path.join(files, 'install-'));
  const root = path.join(folder, 'root');
  fs.mkdirSync(root);
  steps.forEach(({ given, expected }: any, step) => {
    const archive = path.join(folder, `archive-${step}`);
    write(archive, given.revision);
    write(root, given.pre);
    let failure: Error | undefined;
    try {
      install({
        spec: parseAppSpec(given.appspec.replaceAll('$ROOT', root)),
        fileExistsBehavior: given.api_file_exists_behavior ?? 'DISALLOW',
        archive,
        instructions: path.join(folder, 'instructions'),
        deploymentGroupId: 'group',
        root: '',
        note: () => {},
      });
    } catch (error) {
      failure = error as Error;
    }
    if (expected.result === 'ok') expect(failure).toBeUndefined();
    else expect(failure?.message).toMatch(ERRORS[expected.errorClass]);
    expect(tree(root)).toEqual([...expected.tree].sort());
    const cleanup = path.join(folder, 'instructions/group-cleanup');
    const created = fs.existsSync(cleanup)
      ? fs.readFileSync(cleanup, 'utf8').replaceAll(root, '$ROOT').split('\n').slice(0, -1).sort()
      : null;
    expect(created).toEqual(expected.cleanupFile && [...expected.cleanupFile].sort());
    for (const [name, mode] of Object.entries(expected.modes ?? {})) {
      expect([name, (fs.statSync(path.join(root, name)).mode & 0o777).toString(8)]).toEqual([name, mode]);
    }
  });
});

test('absolute destinations and permissions lie below the host root; acls and contexts are said to be recorded', () => {
  const folder = fs.mkdtempSync(path.join(files, 'install-'));
  const notes: string[] = [];
  write(path.join(folder, 'archive'), { app: '1' });
  install({
    spec: parseAppSpec(
      'version: 0.0\nos: linux\nfiles:\n  - source: app\n    destination: /opt/x\n' +
        'permissions:\n  - object: /opt/x/app\n    mode: 700\n    acls: ["u:bob:r"]\n    context: { type: t }\n',
    ),
    fileExistsBehavior: 'DISALLOW',
    archive: path.join(folder, 'archive'),
    instructions: path.join(folder, 'instructions'),
    deploymentGroupId: 'group',
    root: path.join(folder, 'root'),
    note: (message) => notes.push(message),
  });
  expect(fs.statSync(path.join(folder, 'root/opt/x/app')).mode & 0o777).toBe(0o700);
  expect(notes).toEqual([
    expect.stringContaining('acls user:bob:r-- are recorded'),
    expect.stringContaining('SELinux context t is recorded'),
  ]);
});
