import { Validations } from 'aws-cdk-lib';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { LambdaInvokeAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import {
  type CodePipelineActionFactoryResult,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  StackOutputReference,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { BakeParameters } from '../../lambda/bake/parameters';
import type { Delivery, Environment } from '../config/delivery';
import type { OneBoxSettings } from '../config/one-box';
import type { TrafficOutputs } from '../environment/service-stack';
import { wildcardResource } from '../findings';
import type { JobFunction } from './job-function';
import { watched } from './watched';

export interface BakeStepProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly bakeFunction: JobFunction;
  readonly traffic: TrafficOutputs;
  /**
   * Bakes the one-box in place of the fleet.
   * @default - the fleet
   */
  readonly oneBox?: OneBoxSettings;
}

/** Lets the release on only after its bake time, with enough requests and without an alarm. */
export class BakeStep extends Step implements ICodePipelineActionFactory {
  readonly #traffic: Record<keyof TrafficOutputs, StackOutputReference>;

  constructor(private readonly props: BakeStepProps) {
    super(props.oneBox ? 'OneBoxBake' : 'Bake');
    const { loadBalancer, targetGroup } = props.traffic;
    this.#traffic = {
      loadBalancer: StackOutputReference.fromCfnOutput(loadBalancer),
      targetGroup: StackOutputReference.fromCfnOutput(targetGroup),
    };
  }

  /** CDK Pipelines has the deployment of the stack give these out. */
  override get consumedStackOutputs(): StackOutputReference[] {
    return Object.values(this.#traffic);
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { delivery, environment, bakeFunction, oneBox } = this.props;
    const minutes = (oneBox ?? environment).bakeMinutes;
    const share = (oneBox?.trafficPercent ?? 100) / 100;
    const parameters: BakeParameters = {
      ...watched(delivery, environment, bakeFunction, [oneBox ? 'oneBox' : 'fleet']),
      minutes,
      minimumRequests: Math.ceil(environment.minimumRequests * share),
      limitMinutes: Math.max(minutes, environment.bakeLimitMinutes),
      traffic: {
        loadBalancer: options.stackOutputsMap.toCodePipeline(this.#traffic.loadBalancer),
        targetGroup: options.stackOutputsMap.toCodePipeline(this.#traffic.targetGroup),
      },
    };
    stage.addAction(
      new LambdaInvokeAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        lambda: bakeFunction.function,
        userParameters: { ...parameters },
      }),
    );
    Validations.of(options.scope).acknowledge(
      {
        id: wildcardResource(options.scope, '*'),
        reason: 'lambda:ListFunctions, which CodePipeline asks for, has no resource.',
      },
      {
        id: wildcardResource(options.scope, `${bakeFunction.function.functionArn}:*`),
        reason: 'A grant of the CDK: the one function and its versions.',
      },
    );
    return { runOrdersConsumed: 1 };
  }
}
