import { App, Stack } from 'aws-cdk-lib';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { checkDescription } from '../../lib/config/check';
import { ServiceStack } from '../../lib/environment/service-stack';
import { pipelineNames } from '../../lib/names';
import { FreezeLift } from '../../lib/safety/freeze-lift';
import type { Region } from '../../region/region';
import { bootstrap, createStacks, HOME } from '../support/stacks';
import { FLAGS } from '../support/synthesize';

const production = { name: 'prod', capacity: { min: 2, max: 2 } };

/** What stands in the region. */
export interface ProductionOptions {
  /** Whether releases come to a one-box before the fleet. @default false */
  readonly oneBox?: boolean;
}

const describe = ({ oneBox }: ProductionOptions) =>
  checkDescription(
    { service: 'harbor', ...HOME, environments: [{ ...production, oneBox: oneBox ? {} : undefined }] },
    'delivery.ts',
  );

export const PIPELINE = pipelineNames(describe({})).pipeline;
export const STAGE = describe({}).environments[0]!.stage;

/**
 * Deploys production as the app declares it, and of the pipeline what lifts freezes. Somebody is subscribed to all that
 * is told.
 *
 * @returns where the service answers
 */
export async function provision(region: Region, outdir: string, options: ProductionOptions): Promise<string> {
  const delivery = describe(options);
  const app = new App({ outdir, context: FLAGS, analyticsReporting: false });
  new ServiceStack(app, 'Service', { delivery, environment: delivery.environments[0]!, env: HOME });
  const pipelineStack = new Stack(app, 'PipelineStack', { env: HOME });
  const pipelineArn = `arn:aws:codepipeline:${HOME.region}:${HOME.account}:${PIPELINE}`;
  const pipeline = Pipeline.fromPipelineArn(pipelineStack, 'Pipeline', pipelineArn);
  new FreezeLift(pipelineStack, 'FreezeLift', { pipeline, stages: [STAGE] });

  await bootstrap(region);
  const { Url } = await createStacks(region, app);
  const { operations } = region.home.service('sns');
  const { Topics } = (await operations.ListTopics!({})) as { Topics: { TopicArn: string }[] };
  for (const { TopicArn } of Topics)
    await operations.Subscribe!({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
  return Url!;
}
