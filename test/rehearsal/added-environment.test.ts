import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { checkDescription } from '../../lib/config/check';
import { addEnvironment } from '../../rehearsal/added-environment';
import { copyProject, Workspace } from '../../rehearsal/workspace';
import { temporaryFolder } from '../support/folder';

const ROOT = path.join(__dirname, '../..');

/** The names in the environments of a description to which one was added, as its file says them. */
async function withOneMore(text: string): Promise<[added: string, string[]]> {
  const folder = temporaryFolder('added');
  const project = path.join(folder, 'project');
  copyProject(path.join(ROOT, 'lib/config'), path.join(project, 'lib/config'));
  fs.writeFileSync(path.join(project, 'delivery.ts'), text);
  execFileSync('git', ['init', '--quiet', '--bare', path.join(folder, 'remote')]);
  const workspace = await Workspace.create(
    project,
    path.join(folder, 'clone'),
    'main',
    path.join(folder, 'remote'),
  );

  const read = (from: string) =>
    checkDescription(require(path.join(from, 'delivery')).delivery, 'delivery.ts');
  const added = addEnvironment(workspace, read(project));
  return [added, read(workspace.folder).environments.map(({ name }) => name)];
}

test('to the description that stands in delivery.ts', async () => {
  const [added, names] = await withOneMore(fs.readFileSync(path.join(ROOT, 'delivery.ts'), 'utf8'));
  expect(added).toBe('gamma');
  expect(names.at(-2)).toBe('gamma');
});

test('to one that is computed, in waves, and has an environment of the name', async () => {
  const text = `import type { DeliveryDescription } from './lib/config/description';
    const of = (name: string) => ({ name, capacity: { min: 2, max: 2 } });
    export const delivery: DeliveryDescription = {
      service: 'harbor',
      production: 'west',
      environments: [of('gamma'), of('west'), ['east', 'eu'].map(of)],
    };`;
  expect(await withOneMore(text)).toEqual(['delta', ['gamma', 'delta', 'west', 'east', 'eu']]);
});
