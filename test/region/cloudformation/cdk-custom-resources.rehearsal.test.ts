import fs from 'node:fs';
import path from 'node:path';
import { App, CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  PhysicalResourceId,
  Provider,
} from 'aws-cdk-lib/custom-resources';
import { Region } from '../../../region/region';
import { type ZipEntry, zipOf } from '../../../region/zip/zip';
import { temporaryFolder } from '../../support/folder';
import { FLAGS } from '../../support/synthesize';

jest.setTimeout(120_000);

const [account, region] = ['111111111111', 'us-east-1'];
const folder = temporaryFolder('cdk-custom');
let played: Region;

beforeAll(async () => {
  played = await Region.start({ folder: path.join(folder, 'region'), accountId: account, region });
  await call('s3', 'CreateBucket', { Bucket: `cdk-hnb659fds-assets-${account}-${region}` });
  const version = { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' };
  await call('ssm', 'PutParameter', version);
});
afterAll(() => played?.stop());

const call = async (
  service: 's3' | 'ssm' | 'cloudformation',
  operation: string,
  input: object,
): Promise<any> => (played.home.service(service) as any).operations[operation](input);

test("the CDK's AwsCustomResource calls the API it is given, with the CDK's own handler", async () => {
  const parameter = (value: string) => (stack: Stack) => {
    const put = {
      service: 'ssm',
      action: 'PutParameter',
      parameters: { Name: 'color', Type: 'String', Value: value, Overwrite: true },
      physicalResourceId: PhysicalResourceId.of('color'),
    };
    const made = new AwsCustomResource(stack, 'Parameter', {
      onUpdate: put,
      onDelete: { service: 'ssm', action: 'DeleteParameter', parameters: { Name: 'color' } },
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
      installLatestAwsSdk: false,
    });
    new CfnOutput(stack, 'Version', { value: made.getResponseField('Version') });
  };
  const value = async () => (await call('ssm', 'GetParameter', { Name: 'color' })).Parameter.Value;

  expect(await deployed('Calls', parameter('green'))).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [{ OutputValue: '1' }],
  });
  expect(await value()).toBe('green');
  expect(await deployed('Calls', parameter('blue'))).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Outputs: [{ OutputValue: '2' }],
  });
  expect(await value()).toBe('blue');
  const { StackId } = (await call('cloudformation', 'DescribeStacks', { StackName: 'Calls' })).Stacks[0];
  await call('cloudformation', 'DeleteStack', { StackName: 'Calls' });
  await played.home.service('cloudformation').finished(StackId);
  await expect(value()).rejects.toThrow('color');
});

test("the CDK's Provider framework calls a handler, and tells its failure", async () => {
  const provided = (properties: object) => (stack: Stack) => {
    const onEventHandler = new LambdaFunction(stack, 'OnEvent', {
      code: Code.fromInline(`exports.handler = async ({ ResourceProperties: { Fails } }) => {
        if (Fails) throw new Error('it was to fail');
        return { PhysicalResourceId: 'made', Data: { Answer: 'forty-two' } };
      };`),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    const { serviceToken } = new Provider(stack, 'Provider', { onEventHandler });
    const made = new CustomResource(stack, 'Resource', {
      serviceToken,
      resourceType: 'Custom::Answer',
      serviceTimeout: Duration.minutes(1),
      properties,
    });
    new CfnOutput(stack, 'Answer', { value: made.getAttString('Answer') });
  };

  expect(await deployed('Provided', provided({}))).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [{ OutputValue: 'forty-two' }],
  });
  expect((await deployed('Failed', provided({ Fails: true }))).StackStatus).toBe('ROLLBACK_COMPLETE');
  const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName: 'Failed' });
  const reasons = StackEvents.map((event: any) => event.ResourceStatusReason ?? '').join('\n');
  expect(reasons).toContain('Message returned: it was to fail');
});

/** Synthesizes a stack, publishes its assets and deploys it, as the CDK CLI does. */
async function deployed(name: string, declare: (stack: Stack) => void) {
  const outdir = fs.mkdtempSync(path.join(folder, 'assembly-'));
  const app = new App({ outdir, context: FLAGS, analyticsReporting: false });
  const stack = new Stack(app, name, { env: { account, region } });
  declare(stack);
  const { template } = app.synth().getStackArtifact(stack.artifactId);
  for (const asset of fs.readdirSync(outdir).filter((entry) => entry.startsWith('asset.'))) {
    const from = path.join(outdir, asset);
    const files = fs.readdirSync(from, { recursive: true, encoding: 'utf8' });
    const entries = files
      .filter((file) => fs.statSync(path.join(from, file)).isFile())
      .map((file): [string, ZipEntry] => [file, { content: fs.readFileSync(path.join(from, file)) }]);
    const key = `${asset.replace('asset.', '')}.zip`;
    const bucket = `cdk-hnb659fds-assets-${account}-${region}`;
    await played.home.service('s3').write(bucket, key, await zipOf(Object.fromEntries(entries)));
  }
  const { Stacks = [] } = await call('cloudformation', 'DescribeStacks', {}).catch(() => ({}));
  const exists = Stacks.some(({ StackName }: any) => StackName === name);
  await call('cloudformation', exists ? 'UpdateStack' : 'CreateStack', {
    StackName: name,
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  return played.home.service('cloudformation').finished(name);
}
