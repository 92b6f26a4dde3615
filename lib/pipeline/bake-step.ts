import { Stack, Validations } from 'aws-cdk-lib';
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
import { wildcardResource } from '../findings';
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
    const { alarms, bakeRole } = environmentNames(delivery, environment);
    const roleArn =
      environment.account === delivery.account
        ? undefined
        : Stack.of(bakeFunction).formatArn({
            service: 'iam',
            region: '',
            account: environment.account,
            resource: 'role',
            resourceName: bakeRole,
          });
    if (roleArn) bakeFunction.grantAssume(roleArn);

    const parameters: BakeParameters = {
      alarms: Object.values(alarms),
      minutes: environment.bakeMinutes,
      region: environment.region === delivery.region ? undefined : environment.region,
      roleArn,
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
