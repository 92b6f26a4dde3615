import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ReviewBuild } from '../../../lib/review/review-build';
import { temporaryFolder } from '../../support/folder';

const stack = new Stack();
new ReviewBuild(stack, 'Build', {
  repository: Repository.fromRepositoryName(stack, 'Repository', 'harbor'),
  bucket: new Bucket(stack, 'Bucket'),
  logGroup: new LogGroup(stack, 'Logs'),
});
const [project] = Object.values(Template.fromStack(stack).findResources('AWS::CodeBuild::Project'));
const commands: string[] = JSON.parse(project!.Properties.Source.BuildSpec).phases.build.commands;

/** In place of the CDK: what it synthesizes is in a file of the sources. */
const NPX = `#!/bin/sh
test -d node_modules || exit 1
while [ "$1" != --output ]; do shift; done
mkdir -p "$2" && cp synthesized "$2/manifest.json"
`;
const NPM = `#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in "ci "*) while [ "$1" != --prefix ]; do shift; done; mkdir -p "$2/node_modules";; esac
test "$1" != test || exit "$TESTS"
`;
/** In place of the comparison: both manifests, if they are there. */
const NODE =
  '#!/bin/sh\nfor side in "$4" "$5"; do cat "$side/manifest.json" 2>/dev/null || echo none; echo; done\n';

/** A repository whose `main` and whose branch, checked out, hold those files. */
function checkout(main: Record<string, string>, branch: Record<string, string>) {
  const folder = temporaryFolder('checkout');
  const bin = path.join(folder, 'bin');
  const log = path.join(folder, 'npm.log');
  const source = path.join(folder, 'source');
  for (const made of [bin, source]) fs.mkdirSync(made);
  for (const [name, script] of Object.entries({ npx: NPX, npm: NPM, node: NODE }))
    fs.writeFileSync(path.join(bin, name), script, { mode: 0o755 });

  const run = (script: string, env: Record<string, string> = {}) => {
    const { stdout, status } = spawnSync('bash', ['-c', script], {
      ...{ cwd: source, encoding: 'utf8' },
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder, LOG: log, ...env },
    });
    return { output: stdout.trim(), status };
  };
  const commit = (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(source, name), content);
    return run('git add --all && git -c user.name=Ann -c user.email=a@b.c commit -qm x && git rev-parse HEAD')
      .output;
  };
  run('git init -q -b main');
  const base = commit({ '.gitignore': 'node_modules\n', ...main });
  run('git checkout -q -b branch');
  commit(branch);
  fs.mkdirSync(path.join(source, 'node_modules'));
  return {
    base,
    commit,
    git: run,
    /** Each command in one shell, the first that fails ending it, as CodeBuild does. */
    build: (destination: string, tests = '0') =>
      run(commands.map((command) => `{ ${command}; } || exit 1`).join('\n'), {
        DESTINATION_COMMIT: destination,
        TESTS: tests,
      }).status,
    comparison: () =>
      fs.readFileSync(path.join(source, 'comparison.json'), 'utf8').split('\n').filter(Boolean),
    npm: () => fs.readFileSync(log, 'utf8').trim().split('\n'),
  };
}

const TESTS = ['run test:app', 'ci --no-audit --no-fund --prefix service', 'test --prefix service'];

test('compares with the commit that the branch was made from, whatever came to the destination since', () => {
  const { git, commit, build, comparison, npm } = checkout(
    { synthesized: 'before', 'package-lock.json': 'one' },
    { synthesized: 'after' },
  );
  git('git checkout -q main');
  const destination = commit({ synthesized: 'meanwhile' });
  git('git checkout -q branch');

  expect(build(destination)).toBe(0);
  expect(comparison()).toEqual(['before', 'after']);
  expect(npm()).toEqual(TESTS);
});

test('a branch with other dependencies leaves the commit before its own', () => {
  const { base, build, comparison, npm } = checkout(
    { synthesized: 'before', 'package-lock.json': 'one' },
    { synthesized: 'after', 'package-lock.json': 'two' },
  );
  expect(build(base)).toBe(0);
  expect(npm()).toEqual(['ci --no-audit --no-fund --prefix .review/before', ...TESTS]);
  expect(comparison()).toEqual(['before', 'after']);
});

test('a commit before that cannot be synthesized does not fail the build', () => {
  const { base, build, comparison } = checkout({ 'package-lock.json': 'one' }, { synthesized: 'after' });
  expect(build(base)).toBe(0);
  expect(comparison()).toEqual(['none', 'after']);
});

test('a branch that cannot be synthesized fails the build', () => {
  const { base, build, git } = checkout({ synthesized: 'before', 'package-lock.json': 'one' }, { other: '' });
  git('git rm -q synthesized');
  expect(build(base)).not.toBe(0);
});

test('failing tests fail the build, and the comparison is there all the same', () => {
  const { base, build, comparison } = checkout(
    { synthesized: 'before', 'package-lock.json': 'one' },
    { synthesized: 'after' },
  );
  expect(build(base, '1')).not.toBe(0);
  expect(comparison()).toEqual(['before', 'after']);
});
