import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Workspace } from '../../rehearsal/workspace';
import { temporaryFolder } from '../support/folder';

function project() {
  const root = temporaryFolder('workspace');
  const source = path.join(root, 'project');
  for (const [file, text] of Object.entries({
    'delivery.ts': "export const colour = 'blue';\n",
    'service/src/page.ts': 'same same\n',
    'node_modules/left/out.js': '',
    'service/node_modules/left/out.js': '',
    '.tidegate/left-out': '',
  })) {
    fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    fs.writeFileSync(path.join(source, file), text);
  }
  const remote = path.join(root, 'remote.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=trunk', remote]);
  return { source, remote, folder: path.join(source, '.tidegate/rehearsal/workspace') };
}

const show = (remote: string, ...args: string[]) =>
  execFileSync('git', ['--git-dir', remote, ...args], { encoding: 'utf8' }).trim();

test('pushes the project as it stands, without what is not source, and each edit as a commit', async () => {
  const { source, remote, folder } = project();
  const workspace = await Workspace.create(source, folder, 'trunk', remote);
  await workspace.release('First');
  expect(show(remote, 'ls-tree', '-r', '--name-only', 'trunk').split('\n')).toEqual([
    'delivery.ts',
    'service/src/page.ts',
  ]);

  workspace.edit('delivery.ts', "'blue'", "'green'");
  const second = await workspace.release('Green');
  expect(show(remote, 'rev-parse', 'trunk')).toBe(second);
  expect(show(remote, 'show', 'trunk:delivery.ts')).toContain('green');
  expect(fs.readFileSync(path.join(source, 'delivery.ts'), 'utf8')).toContain('blue');
});

test('releases the same tree again as a new commit', async () => {
  const { source, remote, folder } = project();
  const workspace = await Workspace.create(source, folder, 'trunk', remote);
  const first = await workspace.release('First');
  expect(await workspace.release('Again')).not.toBe(first);
});

test.each([
  ['a text that is not there', 'delivery.ts', 'crimson', 'found it 0 times'],
  ['a text that is there twice', 'service/src/page.ts', 'same', 'found it 2 times'],
])('refuses an edit of %s', async (_what, file, text, complaint) => {
  const { source, remote, folder } = project();
  const workspace = await Workspace.create(source, folder, 'trunk', remote);
  expect(() => workspace.edit(file, text, 'x')).toThrow(complaint);
});
