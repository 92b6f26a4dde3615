import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { DeliverySettings } from '../../lambda/settings';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames, pipelineNames } from '../names';

/**
 * What the insight functions look at: the pipeline, and the environments, wherever they are. The events of those in
 * another account or region are handed on by them (forwarded-deployments.ts).
 */
export class WatchedDelivery {
  /** The environments in the pipeline's account, whatever their region. */
  readonly own: readonly Environment[];
  /** The accounts of the others. */
  readonly otherAccounts: readonly string[];

  constructor(
    private readonly stack: Stack,
    readonly delivery: Delivery,
  ) {
    const { account, environments } = delivery;
    this.own = environments.filter((one) => one.account === account);
    const others = environments.filter((one) => one.account !== account);
    this.otherAccounts = [...new Set(others.map((one) => one.account!))];
  }

  /** The variable that tells a function what it works for. */
  get variables(): Record<string, string> {
    const { service, waves, source, region, tracing } = this.delivery;
    const { pipeline, topic, ...names } = pipelineNames(this.delivery);
    const repository = source ? undefined : names.repository;
    const environments = waves.flatMap((wave) =>
      wave.environments.map((environment) => {
        const names = environmentNames(this.delivery, environment);
        const { application, deploymentGroup, alarm, logGroup } = names;
        return {
          name: environment.name,
          stage: wave.name,
          inWave: wave.environments.length > 1,
          application,
          deploymentGroup,
          oneBox: environment.oneBox && names.oneBox.deploymentGroup,
          alarm,
          logGroup,
          topicArn: this.topicArn(names.topic, environment),
          region: environment.region === region ? undefined : environment.region,
          roleArn: this.#roleArn(environment),
        };
      }),
    );
    const topicArn = this.topicArn(topic);
    const traced = tracing !== false;
    const settings: DeliverySettings = { service, pipeline, repository, traced, topicArn, environments };
    return { DELIVERY: this.stack.toJsonString(settings) };
  }

  /** Rules for the ends of executions and of deployments in those states. */
  events(executions: string[], deployments: string[]): Record<string, EventPattern> {
    const applications = this.delivery.environments.map(
      (one) => environmentNames(this.delivery, one).application,
    );
    return {
      Executions: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Pipeline Execution State Change'],
        detail: { pipeline: [pipelineNames(this.delivery).pipeline], state: executions },
      },
      Deployments: deploymentPattern(applications, deployments),
    };
  }

  get pipelineArn(): string {
    return arn(this.stack, 'codepipeline', pipelineNames(this.delivery).pipeline);
  }

  /** None when the source is not CodeCommit. */
  get repositoryArns(): string[] {
    const { source } = this.delivery;
    return source ? [] : [arn(this.stack, 'codecommit', pipelineNames(this.delivery).repository)];
  }

  /** In the pipeline's account, as are the alarms and the topics. */
  get deploymentGroupArns(): string[] {
    return this.own.flatMap((one) => deploymentGroupArns(this.stack, this.delivery, one));
  }

  get alarmArns(): string[] {
    return this.own.map((one) => alarmArn(this.stack, this.delivery, one));
  }

  get environmentTopicArns(): string[] {
    return this.own.map((one) => this.topicArn(environmentNames(this.delivery, one).topic, one));
  }

  /** The roles that look and tell in the other accounts. */
  get roleArns(): string[] {
    return this.delivery.environments.flatMap((one) => this.#roleArn(one) ?? []);
  }

  topicArn(name: string, place: Place = this.delivery): string {
    return topicArn(this.stack, name, place);
  }

  #roleArn(environment: Environment): string | undefined {
    const { account } = environment;
    if (account === this.delivery.account) return undefined;
    const role = `role/${environmentNames(this.delivery, environment).insightRole}`;
    return arn(this.stack, 'iam', role, { account, region: '' });
  }
}

/** @default - those of the stack */
type Place = { readonly account?: string; readonly region?: string };

/** The ends of deployments in those states. */
export function deploymentPattern(application: string[], state: string[]): EventPattern {
  return {
    source: ['aws.codedeploy'],
    detailType: ['CodeDeploy Deployment State-change Notification'],
    detail: { application, state },
  };
}

/** The deployment groups of an environment, where it is. */
export function deploymentGroupArns(stack: Stack, delivery: Delivery, environment: Environment): string[] {
  const { application, deploymentGroup, oneBox } = environmentNames(delivery, environment);
  const groups = environment.oneBox ? [oneBox.deploymentGroup, deploymentGroup] : [deploymentGroup];
  return groups.map((group) =>
    arn(stack, 'codedeploy', `deploymentgroup:${application}/${group}`, environment),
  );
}

/** The composite alarm of an environment, where it is. */
export function alarmArn(stack: Stack, delivery: Delivery, environment: Environment): string {
  return arn(stack, 'cloudwatch', `alarm:${environmentNames(delivery, environment).alarm}`, environment);
}

export function topicArn(stack: Stack, name: string, place: Place): string {
  return arn(stack, 'sns', name, place);
}

function arn(stack: Stack, service: string, resource: string, { account, region }: Place = {}): string {
  return stack.formatArn({ service, resource, account, region, arnFormat: ArnFormat.NO_RESOURCE_NAME });
}
