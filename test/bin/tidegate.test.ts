import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/folder';

const ROOT = path.join(__dirname, '../..');
const run = promisify(execFile);

jest.setTimeout(120_000);

/** The app as cdk.json starts it, with its validation, in a shell that knows no account. */
async function synthesize(outdir: string, app: string[]): Promise<void> {
  const { context } = JSON.parse(fs.readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
  await run(process.execPath, app, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}

const APP = ['-r', 'ts-node/register', 'bin/tidegate.ts'];

test('cdk.json starts the app without a build, and with it the offline validation', () => {
  const { app, context } = JSON.parse(fs.readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
  expect(app).toBe(['node', ...APP].join(' '));
  expect(context).toMatchObject(require('aws-cdk-lib/recommended-feature-flags.json'));
  expect(context['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
});

test('synthesis gives the same bytes twice, without credentials', async () => {
  const [first, second] = [temporaryFolder('first'), temporaryFolder('second')];
  await synthesize(first, APP);
  await synthesize(second, APP);

  const files = filesOf(first);
  expect(files.filter((file) => file.endsWith('.template.json'))).toHaveLength(3);
  expect(filesOf(second)).toEqual(files);
  for (const file of files) {
    const [one, other] = [first, second].map((folder) => read(folder, file));
    expect({ file, same: one === other }).toEqual({ file, same: true });
  }
});

test('a wrong description stops the synthesis with one line and no stack trace', async () => {
  const folder = temporaryFolder('wrong');
  const wrong = path.join(folder, 'wrong.ts');
  fs.writeFileSync(
    wrong,
    `const { delivery } = require('${ROOT}/delivery');
     delivery.environments[0].capacity.min = 1;
     require('${ROOT}/bin/tidegate');`,
  );
  const failure = await synthesize(folder, ['-r', 'ts-node/register', wrong]).catch((error) => error);

  expect(failure.code).toBe(1);
  expect(failure.stderr).toBe(
    'delivery.ts: environments[0].capacity.min: found 1, allowed is a whole number from 2 to 200\n',
  );
  expect(filesOf(folder).filter((file) => file.endsWith('.template.json'))).toEqual([]);
});

function filesOf(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true, withFileTypes: true }) as fs.Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function read(folder: string, file: string): string {
  return fs.readFileSync(path.join(folder, file), 'utf8').replaceAll(folder, '');
}
