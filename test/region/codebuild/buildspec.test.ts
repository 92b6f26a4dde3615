import { parseBuildspec, unknownKeys } from '../../../region/codebuild/buildspec';
import { parseOnFailure } from '../../../region/codebuild/on-failure';

const parse = (text: string) => parseBuildspec(text, 'ci/buildspec.yml');

test('YAML and JSON give the same buildspec', () => {
  const json = { version: '0.2', phases: { build: { commands: ['make', 'make test'] } } };
  const yaml = 'version: 0.2\nphases:\n  build:\n    commands:\n      - make\n      - make test\n';
  expect(parse(JSON.stringify(json, null, 2))).toEqual(parse(yaml));
});

test('scalars that YAML reads as numbers or booleans are text; an empty phase has no commands', () => {
  const spec = parse(
    'version: 0.2\nenv: {variables: {A: 1, B: true}}\nphases:\n  install:\n  build: {commands: [1]}',
  );
  expect(spec.env?.variables).toEqual({ A: '1', B: 'true' });
  expect(spec.phases.install).toBeUndefined();
  expect(spec.phases.build?.commands).toEqual(['1']);
});

test.each([
  ['version: 0.2\nphases:\n  build:\n    commands: [a, b\n', 'ci/buildspec.yml:5: Flow sequence'],
  ['', 'ci/buildspec.yml:1: the buildspec is not a mapping with version and phases'],
  ['phases: {}\n', 'ci/buildspec.yml:1: version: is required'],
  ['version: 0.3\nphases: {}\n', 'ci/buildspec.yml:1: version: allowed are 0.1 and 0.2'],
  ['version: 0.2\n', 'ci/buildspec.yml:1: phases: is required'],
  [
    'version: 0.2\nphases:\n  build:\n    commands: []\n  deploy:\n    commands: [x]\n',
    'ci/buildspec.yml:5: phases.deploy: unknown phase; allowed are install, pre_build, build and post_build',
  ],
  [
    'version: 0.2\nphases:\n  build:\n    comands: [x]\n',
    'ci/buildspec.yml:4: phases.build.comands: unknown key',
  ],
  [
    'version: 0.2\nphases:\n  build:\n    commands:\n      - one\n      - echo a: b\n',
    'ci/buildspec.yml:6: phases.build.commands[1]: expected a string (quote a value that contains ": "), found {"echo a":"b"}',
  ],
  [
    'version: 0.2\nphases:\n  build:\n    on-failure: IGNORE\n    commands: [x]\n',
    'ci/buildspec.yml:4: phases.build.on-failure: found "IGNORE"; allowed are ABORT, CONTINUE, RETRY',
  ],
  ['version: 0.2\nphases: {}\nartifacts:\n  name: n\n', 'ci/buildspec.yml:3: artifacts.files: is required'],
])('%j: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('a key without meaning is told', () => {
  expect(unknownKeys(parse('version: 0.2\nphases: {}\nartifact: {files: [x]}\n'))).toEqual(['artifact']);
});

test.each([
  ['RETRY', { action: 'RETRY', maxRetries: 3 }],
  ['RETRY-5', { action: 'RETRY', maxRetries: 5 }],
  ['RETRY-5-5..', { action: 'RETRY', maxRetries: 5, regex: '5..' }],
  ['RETRY-0', { action: 'RETRY', maxRetries: 0 }],
  ['RETRY-10x', { action: 'RETRY', maxRetries: 3, regex: '10x' }],
  ['RETRY-101', undefined],
  ['RETRY-(', undefined],
  ['RETRY-', undefined],
  ['retry', undefined],
])('on-failure %s', (value, expected) => {
  expect(parseOnFailure(value)).toEqual(expected);
});
