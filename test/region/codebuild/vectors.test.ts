import fs from 'node:fs';
import path from 'node:path';
import { selectFiles } from '../../../region/codebuild/artifacts';
import { parseBuildspec } from '../../../region/codebuild/buildspec';
import { declaredVariables, exportable } from '../../../region/codebuild/environment';
import { parseOnFailure } from '../../../region/codebuild/on-failure';
import { COMMAND_PHASES, runCommandPhases, runPhase } from '../../../region/codebuild/phases';
import { Shell } from '../../../region/codebuild/shell';
import { temporaryFolder } from '../../support/folder';
import { vectors } from '../../vectors/buildspec.json';

type Check = (given: any, expected: any) => unknown;

const folder = temporaryFolder('vectors');
const spec = (more: string) => `version: 0.2\nphases:\n  build:\n    commands: [x]\n${more}`;
const valid = (text: string) => {
  try {
    parseBuildspec(text, 'buildspec.yml');
    return true;
  } catch {
    return false;
  }
};

function shell(environment: Record<string, string> = {}): Shell {
  const work = fs.mkdtempSync(path.join(folder, 'shell-'));
  return new Shell({
    program: 'bash',
    workingDirectory: work,
    environment: { PATH: process.env.PATH!, ...environment },
    folder: work,
    onLine: () => {},
  });
}

const checks: Record<string, Check> = {
  syntax: ({ buildspec }, expected) => expect(valid(buildspec)).toBe(expected.valid),
  'on-failure-value': ({ value }, expected) =>
    expect(parseOnFailure(value) !== undefined).toBe(expected.valid),
  'on-failure-retry': ({ value }, expected) =>
    expect(parseOnFailure(value)).toEqual({ action: 'RETRY', ...expected }),
  'phase-transition': async ({ failingPhase, onFailure }, expected) => {
    const phases = COMMAND_PHASES.map(
      (phase) =>
        `  ${phase.toLowerCase()}:\n    on-failure: ${onFailure[phase] ?? ''}\n    commands: [${phase}]\n`,
    ).join('');
    const ran: string[] = [];
    await runCommandPhases(
      parseBuildspec(`version: 0.2\nphases:\n${phases.replaceAll('    on-failure: \n', '')}`, 'b'),
      (phase, work) => {
        ran.push(phase);
        return work();
      },
      () => async (command) => ({ status: command === failingPhase ? 1 : 0, output: '' }),
    );
    expect(ran.slice(ran.indexOf(failingPhase) + 1)).toEqual(expect.arrayContaining(expected.ran));
  },
  'phase-commands': async (given, expected) => {
    const ran: Record<string, number[]> = { commands: [], finally: [] };
    const commands = given.commands.map((outcome: string, index: number) => `commands ${index} ${outcome}`);
    const last = given.finally.map((outcome: string, index: number) => `finally ${index} ${outcome}`);
    const { result } = await runPhase({ commands, finally: last }, async (command) => {
      const [list, index, outcome] = command.split(' ');
      ran[list].push(Number(index));
      return { status: outcome === 'ok' ? 0 : 1, output: '' };
    });
    expect(ran).toEqual({ commands: expected.ranCommands, finally: expected.ranFinally });
    expect(result.status).toBe(expected.phase);
  },
  'shell-state': async ({ version, commands }, expected) => {
    const one = shell();
    const outputs = [];
    for (const command of commands)
      outputs.push((await one.run(command, { isolated: version === 0.1 })).output.trim());
    await one.end();
    expect(outputs[1]).toBe(expected.second);
  },
  'shell-tag': (given, expected) => expect(valid(spec(`env:\n  shell: ${given.shell}`))).toBe(expected.valid),
  'env-precedence': ({ project, buildspec }, expected) => {
    const declared = declaredVariables({ env: { variables: { V: buildspec } } }, [
      { name: 'V', value: project },
    ]);
    expect(declared).toEqual([{ name: 'V', value: expected.value }]);
  },
  'exported-variable': () => {
    const declared = declaredVariables({ env: { 'parameter-store': { B: '/b' } } }, [
      { name: 'P', value: '/p', type: 'PARAMETER_STORE' },
      { name: 'S', value: 's', type: 'SECRETS_MANAGER' },
    ]);
    expect(exportable(['B', 'P', 'S', 'OWN'], declared)).toEqual(['OWN']);
  },
  'artifact-selection': async ({ tree, files }, expected) => {
    const root = fs.mkdtempSync(path.join(folder, 'tree-'));
    for (const file of tree) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), '');
    }
    expect([...(await selectFiles({ files }, root)).keys()]).toEqual(expected.artifact);
  },
  'artifact-name': async ({ name, env }, expected) => {
    const one = shell(env);
    expect(await one.expand(name)).toBe(expected.name);
    await one.end();
  },
  'report-format': ({ format }, expected) =>
    expect(valid(spec(`reports:\n  r:\n    files: ["*"]\n    file-format: ${format}`))).toBe(expected.valid),
};

/** Shown by builds that run (builds.test.ts), or not played: secrets, other users, batches, webhooks. */
const ELSEWHERE = [
  'bs/artifacts/name-needs-override-flag',
  'bs/reports/group-name',
  'bs/env/value/initiator-pipeline',
  'bs/env/value/secondary-src',
  'bs/env/value/source-version-pr',
  'bs/env/secret/S',
  'bs/env/secret/S_K__v1',
  'bs/run-as/default-root',
  'bs/run-as/global-applies',
  'bs/batch/not-ignored',
];
const REPORTING_ONLY = ['derived-ambiguous', 'community', 'documented-conflict'];

describe.each(
  vectors.filter(({ id, provenance }) => !ELSEWHERE.includes(id) && !REPORTING_ONLY.includes(provenance)),
)('$id', ({ kind, given, expected }) => {
  test(kind, async () => {
    await checks[kind](given, expected);
  });
});
