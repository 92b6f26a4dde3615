import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { DeliverySettings } from '../../lambda/settings';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames, pipelineNames } from '../names';

/**
 * What the insight functions look at: the pipeline, and the environments in its own account and region, the only ones
 * whose events EventBridge brings here.
 */
export class WatchedDelivery {
  readonly near: readonly Environment[];

  constructor(
    private readonly stack: Stack,
    readonly delivery: Delivery,
  ) {
    const { account, region, environments } = delivery;
    this.near = environments.filter((one) => one.account === account && one.region === region);
  }

  /** The variable that tells a function what it works for. */
  get variables(): Record<string, string> {
    const { service, waves, source } = this.delivery;
    const { pipeline, topic, ...names } = pipelineNames(this.delivery);
    const repository = source ? undefined : names.repository;
    const environments = waves.flatMap((wave) =>
      wave.environments.map((environment) => {
        const names = environmentNames(this.delivery, environment);
        const { application, deploymentGroup, alarm } = names;
        return {
          name: environment.name,
          stage: wave.name,
          inWave: wave.environments.length > 1,
          application,
          deploymentGroup,
          oneBox: environment.oneBox && names.oneBox.deploymentGroup,
          alarm,
          topicArn: this.topicArn(names.topic, environment),
        };
      }),
    );
    const topicArn = this.topicArn(topic);
    const settings: DeliverySettings = { service, pipeline, repository, topicArn, environments };
    return { DELIVERY: this.stack.toJsonString(settings) };
  }

  /** Rules for the ends of executions and of deployments in those states. */
  events(executions: string[], deployments: string[]): Record<string, EventPattern> {
    const application = this.near.map((one) => environmentNames(this.delivery, one).application);
    return {
      Executions: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Pipeline Execution State Change'],
        detail: { pipeline: [pipelineNames(this.delivery).pipeline], state: executions },
      },
      ...(application.length > 0 && {
        Deployments: {
          source: ['aws.codedeploy'],
          detailType: ['CodeDeploy Deployment State-change Notification'],
          detail: { application, state: deployments },
        },
      }),
    };
  }

  get pipelineArn(): string {
    return this.#arn('codepipeline', pipelineNames(this.delivery).pipeline);
  }

  /** None when the source is not CodeCommit. */
  get repositoryArns(): string[] {
    return this.delivery.source ? [] : [this.#arn('codecommit', pipelineNames(this.delivery).repository)];
  }

  get deploymentGroupArns(): string[] {
    return this.near.flatMap((environment) => {
      const { application, deploymentGroup, oneBox } = environmentNames(this.delivery, environment);
      const groups = environment.oneBox ? [oneBox.deploymentGroup, deploymentGroup] : [deploymentGroup];
      return groups.map((group) => this.#arn('codedeploy', `deploymentgroup:${application}/${group}`));
    });
  }

  get alarmArns(): string[] {
    return this.near.map((one) =>
      this.#arn('cloudwatch', `alarm:${environmentNames(this.delivery, one).alarm}`),
    );
  }

  topicArn(name: string, { account, region }: Pick<Delivery, 'account' | 'region'> = this.delivery): string {
    return this.#arn('sns', name, { account, region });
  }

  #arn(service: string, resource: string, place: { account?: string; region?: string } = {}): string {
    return this.stack.formatArn({ service, resource, ...place, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }
}
