import fs from 'node:fs';
import path from 'node:path';
import type { DescribeStackEventsCommandOutput } from '@aws-sdk/client-cloudformation';
import type { App } from 'aws-cdk-lib';
import type { Region } from '../../region/region';
import { zipOf } from '../../region/zip/zip';

/** Account and region of a played region's home. */
export const HOME = { account: '111111111111', region: 'us-east-1' };

const ASSETS = `cdk-hnb659fds-assets-${HOME.account}-${HOME.region}`;

/** What `cdk bootstrap` does, as far as templates ask for it. */
export async function bootstrap({ home }: Region): Promise<void> {
  await home.service('s3').operations.CreateBucket!({ Bucket: ASSETS });
  const version = { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' };
  await home.service('ssm').operations.PutParameter!(version);
}

/**
 * Synthesizes an app, publishes its assets and creates its stacks in a region that is bootstrapped: what the CDK CLI
 * does, in a second.
 *
 * @returns the outputs of its stacks, by their keys
 */
export async function createStacks({ home }: Region, app: App): Promise<Readonly<Record<string, string>>> {
  const { stacks, directory } = app.synth();
  for (const asset of fs.readdirSync(directory).filter((name) => name.startsWith('asset.'))) {
    const archive = await zipOf({ 'index.js': fs.readFileSync(path.join(directory, asset, 'index.js')) });
    await home.service('s3').write(ASSETS, `${asset.replace('asset.', '')}.zip`, archive);
  }

  const outputs: Record<string, string> = {};
  const cloudformation = home.service('cloudformation');
  for (const { stackName, template } of stacks) {
    await cloudformation.operations.CreateStack!({
      StackName: stackName,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    const { StackStatus, Outputs = [] } = await cloudformation.finished(stackName);
    if (StackStatus !== 'CREATE_COMPLETE') {
      const { StackEvents } = (await cloudformation.operations.DescribeStackEvents!({
        StackName: stackName,
      })) as DescribeStackEventsCommandOutput;
      const failed = StackEvents!.findLast(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
      throw new Error(
        `${stackName}: ${StackStatus}, ${failed?.LogicalResourceId}: ${failed?.ResourceStatusReason}`,
      );
    }
    for (const { OutputKey, OutputValue } of Outputs) outputs[OutputKey!] = OutputValue!;
  }
  return outputs;
}
