import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { CodePipelineSource } from 'aws-cdk-lib/pipelines';
import { auditCommand, SBOM_COMMAND } from '../../../lib/pipeline/supply-chain';
import { synthStep } from '../../../lib/pipeline/synth-step';
import { temporaryFolder } from '../../support/folder';

const stack = new Stack();
const repository = Repository.fromRepositoryName(stack, 'Repository', 'harbor');
const { installCommands, commands } = synthStep(CodePipelineSource.codeCommit(repository, 'main'), 'high');

/** A checkout with a package-lock.json, and an npm that counts its calls. */
function checkout() {
  const folder = temporaryFolder('checkout');
  const write = (name: string, content: string) => fs.writeFileSync(path.join(folder, name), content);
  write('package.json', '{}');
  write('package-lock.json', 'one');
  fs.mkdirSync(path.join(folder, 'bin'));
  write(
    'bin/npm',
    '#!/bin/sh\necho "$@" >> npm.log\nmkdir -p .dependencies/node_modules/cdk\nexit $NPM_STATUS\n',
  );
  fs.chmodSync(path.join(folder, 'bin/npm'), 0o755);
  return {
    write,
    /** Each command in one shell, the first that fails ending it, as CodeBuild does. */
    install: (npmStatus = '0') =>
      spawnSync('bash', ['-c', installCommands.map((command) => `{ ${command}; } || exit 1`).join('\n')], {
        cwd: folder,
        env: { PATH: `${folder}/bin:${process.env.PATH}`, NPM_STATUS: npmStatus },
      }).status,
    installs: () => fs.readFileSync(path.join(folder, 'npm.log'), 'utf8').trim().split('\n'),
    modules: () => fs.readdirSync(path.join(folder, 'node_modules')),
  };
}

test('installs what package-lock.json says, beside the sources, and links it', () => {
  const { install, installs, modules } = checkout();
  expect(install()).toBe(0);
  expect(installs()).toEqual(['ci --no-audit --no-fund --prefix .dependencies']);
  expect(modules()).toEqual(['cdk']);
});

test('installs nothing while package-lock.json is the one of the cache, and again when it is not', () => {
  const { install, installs, write } = checkout();
  install();
  expect(install()).toBe(0);
  expect(installs()).toHaveLength(1);

  write('package-lock.json', 'two');
  expect(install()).toBe(0);
  expect(installs()).toHaveLength(2);
});

test('an install that failed fails the build and is not taken for done, not even by the old lock file', () => {
  const { install, installs, write } = checkout();
  install();
  write('package-lock.json', 'two');
  expect(install('1')).not.toBe(0);

  write('package-lock.json', 'one');
  expect(install()).toBe(0);
  expect(installs()).toHaveLength(3);
});

test('audits and tests the app before it synthesizes it; the bill of materials goes with the templates', () => {
  expect(commands).toEqual([auditCommand('high'), 'npm run test:app', 'npx cdk synth --quiet', SBOM_COMMAND]);
});
