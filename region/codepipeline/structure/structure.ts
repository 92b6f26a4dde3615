import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import { conditionErrors } from './conditions';
import { required, type StructureError, structureError } from './structure-error';

const NAME = /^[A-Za-z0-9.@\-_]{1,100}$/;
const ARTIFACT_NAME = /^[A-Za-z0-9\-_]{1,100}$/;
const NAMESPACE = /^[A-Za-z0-9@\-_]{1,100}$/;
const VARIABLE_NAME = /^[A-Za-z0-9@\-_]{1,128}$/;

/** Namespaces that CodePipeline itself fills. */
const RESERVED_NAMESPACES = ['codepipeline', 'variables'];

/** AWS's quota table; another page of the guide speaks of 100 parallel actions. */
const MAX_ACTIONS_PER_STAGE = 50;

/**
 * Says what CodePipeline would refuse in a pipeline's structure: every error, in the order of the declaration.
 *
 * @param region the pipeline's own
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 */
export function structureErrors(pipeline: PipelineDeclaration, region?: string): StructureError[] {
  return [
    ...pipelineErrors(pipeline),
    ...stageErrors(pipeline),
    ...storeErrors(pipeline, region),
    ...artifactErrors(pipeline),
  ];
}

/** An action needs an artifact store in its own region, and `artifactStore` is one of the pipeline's. */
function storeErrors({ artifactStores, stages = [] }: PipelineDeclaration, own?: string): StructureError[] {
  const stores = artifactStores ? Object.keys(artifactStores) : [own];
  return stages.flatMap(({ name: stage, actions = [] }) =>
    actions
      .filter(({ region = own }) => region !== undefined && !stores.includes(region))
      .map(({ name, region = own }) => {
        const where = `Action "${name}" of stage "${stage}"`;
        const allowed = 'a region with one of its own in artifactStores';
        return structureError('ARTIFACT_STORE_INVALID', where, `no artifact store in ${region}`, allowed);
      }),
  );
}

function pipelineErrors(pipeline: PipelineDeclaration): StructureError[] {
  const errors: StructureError[] = [];
  const fail = (code: StructureError['code'], found: string, allowed: string) =>
    errors.push(structureError(code, `Pipeline "${pipeline.name}"`, found, allowed));

  if (!NAME.test(pipeline.name ?? '')) fail('NAME_INVALID', `the name "${pipeline.name}"`, String(NAME));
  const stages = pipeline.stages ?? [];
  if (stages.length < 2) fail('TOO_FEW_STAGES', `${stages.length} stage(s)`, '2 to 50 stages');
  if (stages.length > 50) fail('TOO_MANY_STAGES', `${stages.length} stages`, '2 to 50 stages');

  const v1 = (pipeline.pipelineType ?? 'V1') === 'V1';
  const mode = pipeline.executionMode ?? 'SUPERSEDED';
  if (!['SUPERSEDED', 'QUEUED', 'PARALLEL'].includes(mode)) {
    fail('MODE_INVALID', `the execution mode ${mode}`, 'SUPERSEDED, QUEUED or PARALLEL');
  } else if (v1 && mode !== 'SUPERSEDED') {
    fail('MODE_INVALID', `the execution mode ${mode} in a V1 pipeline`, 'SUPERSEDED, or pipeline type V2');
  }
  const variables = pipeline.variables ?? [];
  if (v1 && variables.length > 0) fail('VARIABLE_INVALID', 'variables in a V1 pipeline', 'pipeline type V2');
  if (variables.length > 50) fail('VARIABLE_INVALID', `${variables.length} variables`, 'at most 50');
  for (const { name = '' } of variables) {
    if (!VARIABLE_NAME.test(name)) fail('VARIABLE_INVALID', `the variable "${name}"`, String(VARIABLE_NAME));
  }
  for (const name of duplicates(variables.map((variable) => variable.name))) {
    fail('VARIABLE_INVALID', `the variable "${name}" twice`, 'names that are unique in the pipeline');
  }
  if (!pipeline.artifactStore === !Object.keys(pipeline.artifactStores ?? {}).length) {
    fail('ARTIFACT_STORE_INVALID', 'neither or both of artifactStore and artifactStores', 'one of the two');
  }
  return errors;
}

function stageErrors(pipeline: PipelineDeclaration): StructureError[] {
  const stages = pipeline.stages ?? [];
  const errors = stages.flatMap((stage, index) => [
    ...oneStage(stage, index === 0),
    ...conditionErrors(stage, index === 0, pipeline),
    ...(stage.actions ?? []).flatMap((action) => oneAction(stage, action)),
  ]);
  for (const name of duplicates(stages.map((stage) => stage.name))) {
    errors.push(
      structureError('NAME_NOT_UNIQUE', `Stage "${name}"`, 'its name twice', 'stage names that are unique'),
    );
  }
  return errors;
}

function oneStage(stage: StageDeclaration, first: boolean): StructureError[] {
  const errors: StructureError[] = [];
  const actions = stage.actions ?? [];
  const fail = (code: StructureError['code'], found: string, allowed: string) =>
    errors.push(structureError(code, `Stage "${stage.name}"`, found, allowed));

  if (!NAME.test(stage.name ?? '')) fail('NAME_INVALID', `the name "${stage.name}"`, String(NAME));
  if (actions.length < 1 || actions.length > MAX_ACTIONS_PER_STAGE) {
    fail('ACTION_COUNT', `${actions.length} actions`, `1 to ${MAX_ACTIONS_PER_STAGE} actions`);
  }
  const sources = actions.filter(isSource);
  const others = actions.filter((action) => !isSource(action));
  if (first && sources.length === 0) {
    fail('FIRST_STAGE_NEEDS_SOURCE', 'no source action', 'at least one source action in the first stage');
  } else if (first && others.length > 0) {
    fail(
      'FIRST_STAGE_SOURCE_ONLY',
      `the action "${others[0].name}"`,
      'only source actions in the first stage',
    );
  } else if (!first && sources.length > 0) {
    fail(
      'SOURCE_OUTSIDE_FIRST_STAGE',
      `the source action "${sources[0].name}"`,
      'sources in the first stage',
    );
  }
  for (const name of duplicates(actions.map((action) => action.name))) {
    fail('NAME_NOT_UNIQUE', `the action "${name}" twice`, 'action names that are unique in the stage');
  }
  return errors;
}

function oneAction(stage: StageDeclaration, action: ActionDeclaration): StructureError[] {
  const errors: StructureError[] = [];
  const where = `Action "${action.name}" of stage "${stage.name}"`;
  const fail = (code: StructureError['code'], found: string, allowed: string) =>
    errors.push(structureError(code, where, found, allowed));

  if (!NAME.test(action.name ?? '')) fail('NAME_INVALID', `the name "${action.name}"`, String(NAME));
  errors.push(...required(where, { actionTypeId: action.actionTypeId }));
  const runOrder = action.runOrder ?? 1;
  if (!Number.isInteger(runOrder) || runOrder < 1 || runOrder > 999) {
    fail('RUN_ORDER_INVALID', `the runOrder ${runOrder}`, 'a whole number from 1 to 999');
  }
  const { namespace } = action;
  if (namespace !== undefined && !NAMESPACE.test(namespace)) {
    fail('NAMESPACE_INVALID', `the namespace "${namespace}"`, String(NAMESPACE));
  }
  if (namespace && RESERVED_NAMESPACES.includes(namespace)) {
    fail('NAMESPACE_RESERVED', `the namespace "${namespace}"`, 'any name but codepipeline and variables');
  }
  for (const { name = '' } of [...(action.inputArtifacts ?? []), ...(action.outputArtifacts ?? [])]) {
    if (!ARTIFACT_NAME.test(name)) {
      fail('ARTIFACT_NAME_INVALID', `the artifact "${name}"`, String(ARTIFACT_NAME));
    }
  }
  return errors;
}

/** Output artifacts and namespaces are unique in the pipeline; an input comes from an action that runs before. */
function artifactErrors(pipeline: PipelineDeclaration): StructureError[] {
  const errors: StructureError[] = [];
  const produced = new Map<string, string>();
  const namespaces = new Map<string, string>();
  for (const stage of pipeline.stages ?? []) {
    for (const wave of runOrderWaves(stage.actions ?? [])) {
      for (const action of wave) {
        const where = `Action "${action.name}" of stage "${stage.name}"`;
        for (const { name = '' } of action.inputArtifacts ?? []) {
          if (!produced.has(name)) {
            const known = [...produced.keys()].join(', ') || 'none';
            errors.push(
              structureError(
                'INPUT_ARTIFACT_NOT_PRODUCED',
                where,
                `the input artifact "${name}"`,
                `an output of an action that runs before (so far: ${known})`,
              ),
            );
          }
        }
      }
      for (const action of wave) {
        const where = `Action "${action.name}" of stage "${stage.name}"`;
        for (const { name = '' } of action.outputArtifacts ?? []) {
          const other = produced.get(name);
          if (other) {
            errors.push(
              structureError(
                'OUTPUT_ARTIFACT_NOT_UNIQUE',
                where,
                `the output artifact "${name}", which is also an output of ${other}`,
                'output artifact names that are unique in the pipeline',
              ),
            );
          }
          produced.set(name, where);
        }
        if (action.namespace) {
          const other = namespaces.get(action.namespace);
          if (other) {
            errors.push(
              structureError(
                'NAMESPACE_NOT_UNIQUE',
                where,
                `the namespace "${action.namespace}", which is also that of ${other}`,
                'namespaces that are unique in the pipeline',
              ),
            );
          }
          namespaces.set(action.namespace, where);
        }
      }
    }
  }
  return errors;
}

/** The actions of a stage by `runOrder`: those of one wave run side by side, one wave after the other. */
export function runOrderWaves<Action extends { runOrder?: number }>(actions: readonly Action[]): Action[][] {
  const waves = new Map<number, Action[]>();
  for (const action of actions) {
    const order = action.runOrder ?? 1;
    waves.set(order, [...(waves.get(order) ?? []), action]);
  }
  return [...waves.keys()].sort((a, b) => a - b).map((order) => waves.get(order)!);
}

function isSource(action: ActionDeclaration): boolean {
  return action.actionTypeId?.category === 'Source';
}

function duplicates(names: (string | undefined)[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))] as string[];
}
