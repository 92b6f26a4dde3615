import { type AppSpec, parseAppSpec } from '../../../../region/hosts/agent/appspec';
import vectors from '../../../vectors/appspec-valid-invalid.json';

/** The vectors' names for what the parser returns. */
function inVectorForm({ fileExistsBehavior, ...spec }: AppSpec) {
  return { ...spec, file_exists_behavior: fileExistsBehavior };
}

const parsing = vectors.vectors.filter((vector) => vector.kind === 'appspec-parse');

test.each(parsing.map((vector) => [vector.id, vector] as const))('%s', (_, { appspec, expected }) => {
  if (expected.valid) {
    expect(inVectorForm(parseAppSpec(appspec!))).toEqual(expected.parsed);
  } else {
    expect(() => parseAppSpec(appspec!)).toThrow(
      expect.objectContaining({ errorClass: expected.errorClass }),
    );
  }
});

test.each([
  ['os: linux\n', 'appspec.yml:1: version is missing; allowed is the number 0.0'],
  ['version: "0.0"\nos: linux\n', 'appspec.yml:1: version is "0.0"; allowed is the number 0.0'],
  [
    'version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: 0\n',
    'appspec.yml:6: hooks.AfterInstall[0].timeout is 0; allowed is a whole number of seconds from 1',
  ],
  [
    'version: 0.0\nos: linux\nhooks:\n  AfterInstall: a.sh\n',
    'appspec.yml:4: hooks.AfterInstall is "a.sh"; allowed is a list of scripts',
  ],
  [
    'version: 0.0\nos: linux\nfiles:\n  - source: a\n',
    'appspec.yml:4: files[0].destination is missing; allowed is a directory on the instance',
  ],
])('says where and what: %j', (text, message) => {
  expect(() => parseAppSpec(text)).toThrow(message);
});

test('an unquoted octal mode is a number to agent 1.8', () => {
  const spec = parseAppSpec('version: 0.0\nos: linux\npermissions:\n  - object: /srv\n    mode: 0644\n');
  expect(spec.permissions[0].mode).toBe('420');
});
