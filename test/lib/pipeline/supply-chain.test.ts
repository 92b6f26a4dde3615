import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { auditCommand, SBOM_COMMAND } from '../../../lib/pipeline/supply-chain';
import { temporaryFolder } from '../../support/folder';

const ROOT = path.join(__dirname, '../../..');
const buildspec = parse(fs.readFileSync(path.join(ROOT, 'service/buildspec.yml'), 'utf8'));

/** Runs a command with an npm that answers so: with a report, with an error as of a registry without audits. */
function build(command: string, answer: 'clean' | 'vulnerable' | 'no answer') {
  const folder = temporaryFolder('audit');
  const report = { auditReportVersion: 2, metadata: {} };
  const [status, json] = {
    clean: [0, report],
    vulnerable: [1, report],
    'no answer': [1, { statusCode: 405, error: {} }],
  }[answer];
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.writeFileSync(
    path.join(folder, 'bin/npm'),
    `#!/bin/sh\ncase "$*" in *--json*) echo '${JSON.stringify(json)}';; *) echo 'a vulnerability';; esac\nexit ${status}\n`,
    { mode: 0o755 },
  );
  const env = { PATH: `${folder}/bin:${process.env.PATH}` };
  return spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
}

describe.each([
  ['of this app', auditCommand('high')],
  ['of the service', buildspec.phases.pre_build.commands[0]],
])('the audit %s', (_, command) => {
  test('lets a build on without a vulnerability', () => {
    const { status, stdout } = build(command, 'clean');
    expect([status, stdout]).toEqual([0, 'Audit: no known vulnerability of severity high or above\n']);
  });

  test('ends a build with one, and shows it', () => {
    const { status, stdout } = build(command, 'vulnerable');
    expect([status, stdout]).toEqual([1, 'a vulnerability\n']);
  });

  test('lets a build on where the registry does not answer, and says so', () => {
    const { status, stdout } = build(command, 'no answer');
    expect([status, stdout]).toEqual([0, expect.stringContaining('the dependencies were not audited')]);
  });
});

test("the bills of materials are npm's own, of this app and of the service", () => {
  const ofService = buildspec.phases.build.commands.find((command: string) => command.startsWith('npm sbom'));
  for (const [command, name, least] of [
    [SBOM_COMMAND, 'tidegate', 5],
    [ofService, 'harbor', 0],
  ]) {
    const { stdout } = spawnSync('bash', ['-c', command.split(' > ')[0]], { cwd: ROOT, encoding: 'utf8' });
    const { bomFormat, metadata, components } = JSON.parse(stdout);
    expect([bomFormat, metadata.component['bom-ref'].split('@')[0]]).toEqual(['CycloneDX', name]);
    expect(components.length).toBeGreaterThanOrEqual(least);
  }
});
