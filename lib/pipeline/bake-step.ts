import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { LambdaInvokeAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import {
  type CodePipelineActionFactoryResult,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { BakeParameters } from '../../lambda/bake/parameters';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames } from '../names';
import type { BakeFunction } from './bake-function';

export interface BakeStepProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly bakeFunction: BakeFunction;
}

/** Lets the release on only after its bake time without an alarm. */
export class BakeStep extends Step implements ICodePipelineActionFactory {
  constructor(private readonly props: BakeStepProps) {
    super('Bake');
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { delivery, environment, bakeFunction } = this.props;
    const parameters: BakeParameters = {
      alarms: Object.values(environmentNames(delivery, environment).alarms),
      minutes: environment.bakeMinutes,
    };
    stage.addAction(
      new LambdaInvokeAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        lambda: bakeFunction.function,
        userParameters: { ...parameters },
      }),
    );
    return { runOrdersConsumed: 1 };
  }
}
