import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { runOrderWaves, structureErrors } from '../../../region/codepipeline/structure/structure';
import { resolveVariables } from '../../../region/codepipeline/variables';
import { vectors } from '../../vectors/codepipeline-structure.json';

const ASKED = vectors.filter(
  ({ provenance }) => !['derived-ambiguous', 'community', 'documented-conflict'].includes(provenance),
);
const ofKind = (kind: string): any[] => ASKED.filter((vector) => vector.kind === kind);

const STORE = { type: 'S3', location: 'artifacts' };

describe('structure', () => {
  test.each(ofKind('structure').map((vector) => [vector.id, vector]))('%s', (_, { pipeline, expected }) => {
    const codes = structureErrors(pipeline).map((error) => error.code);
    if (expected.valid) expect(codes).toEqual([]);
    else expect(codes).toContain(expected.errorClass);
  });

  test('an error names stage, action, what was found and what is allowed', () => {
    const { pipeline } = ofKind('structure').find(
      (vector) => vector.id === 'pipeline/structure/run-order-1000',
    );
    expect(structureErrors(pipeline as PipelineDeclaration).map((error) => error.message)).toEqual([
      'Action "Bld" of stage "Build": found the runOrder 1000; allowed is a whole number from 1 to 999',
    ]);
  });

  test.each<[object, string[]]>([
    [{ artifactStore: STORE }, ['no artifact store in us-west-2']],
    [
      { artifactStores: { 'us-west-2': STORE } },
      ['no artifact store in eu-west-1', 'no artifact store in eu-west-1'],
    ],
    [{ artifactStores: { 'eu-west-1': STORE, 'us-west-2': STORE } }, []],
  ])('an action needs an artifact store in its region: %j', (stores, expected) => {
    const { artifactStore: _, ...pipeline } = structuredClone(ofKind('structure')[0]).pipeline;
    pipeline.stages[1].actions[0].region = 'us-west-2';
    const errors = structureErrors({ ...pipeline, ...stores }, 'eu-west-1');
    expect(errors.map(({ message }) => /found (.*);/.exec(message)?.[1])).toEqual(expected);
  });

  test('an output artifact and a namespace belong to one action', () => {
    const { pipeline } = structuredClone(ofKind('structure')[0]);
    const [build] = pipeline.stages[1].actions;
    pipeline.stages[1].actions.push({ ...build, name: 'Again' });
    expect(structureErrors(pipeline).map((error) => error.code)).toEqual([
      'OUTPUT_ARTIFACT_NOT_UNIQUE',
      'NAMESPACE_NOT_UNIQUE',
    ]);
  });
});

test.each(ofKind('run-order').map((vector) => [vector.id, vector]))('%s', (_, { given, expected }) => {
  const actions = given.actions.map(([name, runOrder]: [string, number]) => ({ name, runOrder }));
  const waves = runOrderWaves<{ name: string; runOrder: number }>(actions);
  expect(waves.map((wave) => wave.map((action) => action.name))).toEqual(expected.waves);
});

test.each(ofKind('variable-reference').map((vector) => [vector.id, vector]))(
  '%s',
  (_, { given, expected }) => {
    const namespaces: Record<string, Record<string, string>> = {};
    for (const [key, value] of Object.entries<string>(given.values)) {
      const [namespace, name] = key.split('.');
      namespaces[namespace] = { [name]: value };
    }
    const unknown: string[] = [];
    const resolved = resolveVariables(given.text, namespaces, (reference) => {
      unknown.push(reference);
      return '';
    });
    expect(unknown.length > 0 ? null : resolved).toBe(expected.resolved);
  },
);
