import {
  CodePipelineClient,
  DisableStageTransitionCommand,
  GetPipelineStateCommand,
} from '@aws-sdk/client-codepipeline';
import { assumeRole } from '../assume-role';
import { actionsOf, type Commit, commitOf, executionBehind } from '../execution';
import { describeFreeze, type Freeze, freezeOf } from './marker';
import type { PipelineStage } from './settings';

/** The way into the environment's stage of the pipeline. */
export class StageEntry {
  readonly #client: CodePipelineClient;

  constructor(private readonly stage: PipelineStage) {
    const { region, roleArn } = stage;
    const credentials = roleArn ? () => assumeRole(roleArn, 'tidegate-guard') : undefined;
    this.#client = new CodePipelineClient({ region, credentials });
  }

  /** The commit that a deployment brought; `undefined` when it was not the pipeline that deployed. */
  async commitOf(deploymentId: string): Promise<Commit | undefined> {
    const { name } = this.stage;
    const execution = await executionBehind(this.#client, name, deploymentId);
    return execution ? commitOf(await actionsOf(this.#client, name, execution)) : undefined;
  }

  /**
   * Closes it, unless a person has: their reason stays, and they say when it ends.
   *
   * @returns what has become of it
   */
  async freeze(freeze: Freeze, what: string): Promise<string> {
    const closed = await this.#closedBecause();
    if (closed !== undefined && !freezeOf(closed)) return `had been closed by a person, "${closed}"`;
    const { name: pipelineName, stage: stageName } = this.stage;
    const reason = describeFreeze(freeze, what);
    await this.#client.send(
      new DisableStageTransitionCommand({ pipelineName, stageName, transitionType: 'Inbound', reason }),
    );
    return `closed, until a newer commit arrives at ${stageName} or a person opens it`;
  }

  /** The reason why it is closed; `undefined` when it is open. */
  async #closedBecause(): Promise<string | undefined> {
    const { stageStates } = await this.#client.send(new GetPipelineStateCommand({ name: this.stage.name }));
    const transition = stageStates?.find(({ stageName }) => stageName === this.stage.stage);
    const { enabled = true, disabledReason = '' } = transition?.inboundTransitionState ?? {};
    return enabled ? undefined : disabledReason;
  }
}
