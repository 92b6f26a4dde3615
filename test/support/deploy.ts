import fs from 'node:fs';
import path from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Region } from '../../region/region';
import { zip } from '../../region/zip/zip';
import { temporaryFolder } from '../support/folder';

const FLAGS = JSON.parse(fs.readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8')).context;
const ASSETS = 'assets';

/** Synthesizes one stack, publishes its assets and creates it: what the CDK CLI does, in a second. */
export async function deploy(region: Region, declare: (stack: Stack) => void): Promise<void> {
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ context: FLAGS, outdir: temporaryFolder('assembly') });
  const synthesizer = new DefaultStackSynthesizer({
    fileAssetsBucketName: ASSETS,
    generateBootstrapVersionRule: false,
  });
  const stack = new Stack(app, 'Stack', { synthesizer });
  declare(stack);
  const assembly = app.synth();

  const config = { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: ASSETS }));
  for (const folder of fs.readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'))) {
    const at = path.join(assembly.directory, folder);
    const Body = await zip(new Map(fs.readdirSync(at).map((file) => [file, path.join(at, file)])));
    await s3.send(new PutObjectCommand({ Bucket: ASSETS, Key: `${folder.replace('asset.', '')}.zip`, Body }));
  }
  await new CloudFormationClient(config).send(
    new CreateStackCommand({
      StackName: 'Stack',
      TemplateBody: JSON.stringify(assembly.getStackByName('Stack').template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  const { StackStatus, StackStatusReason } = await region.home.service('cloudformation').finished('Stack');
  if (StackStatus !== 'CREATE_COMPLETE') throw new Error(`${StackStatus}: ${StackStatusReason}`);
}
