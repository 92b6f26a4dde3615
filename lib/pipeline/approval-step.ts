import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { ManualApprovalAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import {
  type CodePipelineActionFactoryResult,
  type CodePipelineSource,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { Delivery } from '../config/delivery';

/** Name of the approval's stage. Those of environments are in lower case. */
export const APPROVAL_STAGE = 'Approval';

export interface ApprovalStepProps {
  readonly delivery: Delivery;
  readonly source: CodePipelineSource;
}

/**
 * Waits for a person's approval of the one commit that has come this far: a newer one waits behind it, and has to be
 * approved for itself. CDK Pipelines' own approval step cannot show the commit.
 *
 * It stands in a stage of its own, so that the entry conditions of production are looked at after the approval, which
 * may take a week.
 */
export class ApprovalStep extends Step implements ICodePipelineActionFactory {
  readonly #comment: string;

  constructor({ delivery, source }: ApprovalStepProps) {
    super('Approve');
    const names = (production: boolean) =>
      delivery.environments
        .filter((environment) => environment.production === production)
        .map(({ name }) => name)
        .join(', ');
    const commit = source.sourceAttribute('CommitId');
    this.#comment = `Commit ${commit}, released to ${names(false) || 'nothing yet'}. Next is production: ${names(true)}`;
    this.discoverReferencedOutputs(commit);
  }

  produceAction(
    stage: IStage,
    { actionName, runOrder }: ProduceActionOptions,
  ): CodePipelineActionFactoryResult {
    stage.addAction(new ManualApprovalAction({ actionName, runOrder, additionalInformation: this.#comment }));
    return { runOrdersConsumed: 1 };
  }
}
