import {
  type Conditions,
  type IStage,
  Pipeline,
  type PipelineProps,
  type StageOptions,
} from 'aws-cdk-lib/aws-codepipeline';
import type { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { entryConditions } from './entry-conditions';
import { GateFunction } from './gate-function';

export interface GatedPipelineProps extends PipelineProps {
  readonly delivery: Delivery;
  readonly pipelineName: string;
}

/**
 * A pipeline whose stages have entry conditions.
 *
 * CDK Pipelines adds the stages, and hands nothing but their names on: the conditions are put in here, by name.
 */
export class GatedPipeline extends Pipeline {
  readonly #conditions: ReadonlyMap<string, Conditions>;

  constructor(scope: Construct, id: string, { delivery, ...props }: GatedPipelineProps) {
    super(scope, id, props);
    const gate = new GateFunction(this, 'Gate', props.pipelineName);
    gate.grantRule(this.role);
    this.#conditions = new Map(
      delivery.waves.map((wave) => [wave.name, entryConditions(delivery, wave, gate)] as const),
    );
  }

  override addStage(stage: StageOptions): IStage {
    return super.addStage({ ...stage, beforeEntry: this.#conditions.get(stage.stageName) });
  }
}
