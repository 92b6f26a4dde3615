import type { IPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { Construct } from 'constructs';
import { EventFunction } from '../insight/event-function';

export interface FreezeLiftProps {
  readonly pipeline: IPipeline;
  /** Stages that a guard may freeze. */
  readonly stages: readonly string[];
}

/** Opens a stage that a guard has frozen when a newer commit arrives there: lambda/lift. */
export class FreezeLift extends Construct {
  constructor(scope: Construct, id: string, { pipeline, stages }: FreezeLiftProps) {
    super(scope, id);
    const { pipelineArn, pipelineName } = pipeline;
    new EventFunction(this, 'Function', {
      description: 'Opens a stage that the guard has frozen when a newer commit arrives there',
      entry: 'lambda/lift/handler.ts',
      environment: {},
      events: {
        OnStageSuccess: {
          source: ['aws.codepipeline'],
          detailType: ['CodePipeline Stage Execution State Change'],
          detail: { pipeline: [pipelineName], state: ['SUCCEEDED'] },
        },
      },
      permissions: {
        'codepipeline:GetPipelineState': [pipelineArn],
        'codepipeline:ListPipelineExecutions': [pipelineArn],
        'codepipeline:EnableStageTransition': stages.map((stage) => `${pipelineArn}/${stage}`),
      },
    });
  }
}
