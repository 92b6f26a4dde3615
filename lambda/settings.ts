import type { Place } from './assume-role';

/** What the insight functions know of the delivery: handed over in their environment variable `DELIVERY`, as JSON. */
export interface DeliverySettings {
  readonly service: string;
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Name of the CodeCommit repository. @default - the source is elsewhere */
  readonly repository?: string;
  /** Whether requests to the service are traced with X-Ray. */
  readonly traced: boolean;
  /** ARN of the topic for what happens to the pipeline. */
  readonly topicArn: string;
  readonly environments: readonly EnvironmentSettings[];
}

/** Of an environment, and where it is. */
export interface EnvironmentSettings extends Place {
  readonly name: string;
  /** Name of the pipeline's stage. */
  readonly stage: string;
  /** Whether the stage holds other environments too: names of actions then begin with the environment's. */
  readonly inWave: boolean;
  /** Name of the CodeDeploy application. */
  readonly application: string;
  /** Name of the deployment group of the whole fleet. */
  readonly deploymentGroup: string;
  /** Name of the deployment group of the one-box. @default - there is none */
  readonly oneBox?: string;
  /** Name of the composite alarm. */
  readonly alarm: string;
  /** Name of the log group of its instances. */
  readonly logGroup: string;
  /** ARN of the topic for what happens here. */
  readonly topicArn: string;
}

/** @throws Error when the function was deployed without them */
export function deliverySettings(): DeliverySettings {
  if (!process.env.DELIVERY) throw new Error('The environment variable DELIVERY is not set');
  return JSON.parse(process.env.DELIVERY);
}

/** Whether an action of a pipeline's stage works for the environment. */
export function actsFor(
  { name, stage, inWave }: EnvironmentSettings,
  action: { readonly stageName?: string; readonly actionName?: string },
): boolean {
  return action.stageName === stage && (!inWave || action.actionName!.startsWith(`${name}.`));
}
