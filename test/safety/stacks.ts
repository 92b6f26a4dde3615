import fs from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { checkDescription } from '../../lib/config/check';
import { ServiceStack } from '../../lib/environment/service-stack';
import { pipelineNames } from '../../lib/names';
import { FreezeLift } from '../../lib/safety/freeze-lift';
import type { Region } from '../../region/region';
import { zipOf } from '../../region/zip/zip';
import { FLAGS } from '../support/synthesize';

const env = { account: '111111111111', region: 'us-east-1' };
const ASSETS = `cdk-hnb659fds-assets-${env.account}-${env.region}`;

const production = { name: 'prod', capacity: { min: 2, max: 2 } };

/** What stands in the region. */
export interface ProductionOptions {
  /** Whether releases come to a one-box before the fleet. @default false */
  readonly oneBox?: boolean;
}

const describe = ({ oneBox }: ProductionOptions) =>
  checkDescription(
    { service: 'harbor', ...env, environments: [{ ...production, oneBox: oneBox ? {} : undefined }] },
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
export async function provision(
  { home }: Region,
  outdir: string,
  options: ProductionOptions,
): Promise<string> {
  const delivery = describe(options);
  const app = new App({ outdir, context: FLAGS, analyticsReporting: false });
  new ServiceStack(app, 'Service', { delivery, environment: delivery.environments[0]!, env });
  const pipelineStack = new Stack(app, 'PipelineStack', { env });
  const pipelineArn = `arn:aws:codepipeline:${env.region}:${env.account}:${PIPELINE}`;
  const pipeline = Pipeline.fromPipelineArn(pipelineStack, 'Pipeline', pipelineArn);
  new FreezeLift(pipelineStack, 'FreezeLift', { pipeline, stages: [STAGE] });
  const { stacks } = app.synth();

  await home.service('s3').operations.CreateBucket!({ Bucket: ASSETS });
  for (const asset of fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'))) {
    const archive = await zipOf({ 'index.js': fs.readFileSync(path.join(outdir, asset, 'index.js')) });
    await home.service('s3').write(ASSETS, `${asset.replace('asset.', '')}.zip`, archive);
  }
  const bootstrap = { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' };
  await home.service('ssm').operations.PutParameter!(bootstrap);

  let url: string | undefined;
  for (const { stackName, template } of stacks) {
    const cloudformation = home.service('cloudformation');
    const Capabilities = ['CAPABILITY_NAMED_IAM'];
    const TemplateBody = JSON.stringify(template);
    await cloudformation.operations.CreateStack!({ StackName: stackName, TemplateBody, Capabilities });
    const { StackStatus, StackStatusReason, Outputs } = await cloudformation.finished(stackName);
    if (StackStatus !== 'CREATE_COMPLETE')
      throw new Error(`${stackName}: ${StackStatus} ${StackStatusReason}`);
    url ??= Outputs?.find(({ OutputKey }) => OutputKey === 'Url')?.OutputValue;
  }
  const { operations } = home.service('sns');
  const { Topics } = (await operations.ListTopics!({})) as { Topics: { TopicArn: string }[] };
  for (const { TopicArn } of Topics)
    await operations.Subscribe!({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
  return url!;
}
