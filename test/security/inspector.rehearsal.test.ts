import { App, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Inspector } from '../../lib/security/inspector';
import { Region } from '../../region/region';
import { temporaryFolder } from '../support/folder';

jest.setTimeout(60_000);

let region: Region;
beforeEach(async () => {
  region = await Region.start({ folder: temporaryFolder('inspector') });
});
afterEach(() => region.stop());

test('the stack turns Inspector on, and leaves it on when it goes', async () => {
  expect(status()).toEqual({ ec2: 'DISABLED', ecr: 'DISABLED', lambda: 'DISABLED' });
  expect(await deployed()).toBe('CREATE_COMPLETE');
  const on = { ec2: 'ENABLED', ecr: 'DISABLED', lambda: 'ENABLED' };
  expect(status()).toEqual(on);

  const { cloudFormation, call } = played();
  const { StackId } = (await call('DescribeStacks', { StackName: 'security' })).Stacks[0];
  await call('DeleteStack', { StackName: 'security' });
  expect((await cloudFormation.finished(StackId)).StackStatus).toBe('DELETE_COMPLETE');
  expect(status()).toEqual(on);
});

test('where it cannot be turned on, the stack says why and goes back (the negative control)', async () => {
  const denied = {
    accountId: '111111111111',
    errorCode: 'BLOCKED_BY_ORGANIZATION_POLICY',
    errorMessage: 'not here',
  };
  const { operations } = region.home.service('inspector2');
  jest.spyOn(operations, 'Enable').mockReturnValue({ accounts: [], failedAccounts: [denied] });
  expect(await deployed()).toBe('ROLLBACK_COMPLETE');
  expect(status()).toMatchObject({ ec2: 'DISABLED' });
  const { StackEvents } = await played().call('DescribeStackEvents', { StackName: 'security' });
  const reasons = StackEvents.map((event: any) => event.ResourceStatusReason ?? '').join('\n');
  expect(reasons).toContain('Message returned: Inspector is not enabled in 111111111111: not here');
});

function played() {
  const cloudFormation = region.home.service('cloudformation');
  const call = async (operation: string, input: object): Promise<any> =>
    cloudFormation.operations[operation]!(input);
  return { cloudFormation, call };
}

async function deployed() {
  const stack = new Stack(new App(), 'Security', { synthesizer: new BootstraplessSynthesizer() });
  new Inspector(stack, 'Inspector');
  const { cloudFormation, call } = played();
  await call('CreateStack', {
    StackName: 'security',
    TemplateBody: JSON.stringify(Template.fromStack(stack).toJSON()),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  return (await cloudFormation.finished('security')).StackStatus;
}

function status() {
  const { BatchGetAccountStatus } = region.home.service('inspector2').operations;
  const { ec2, ecr, lambda } = BatchGetAccountStatus({ accountIds: undefined }).accounts[0]!
    .resourceState as any;
  return { ec2: ec2.status, ecr: ecr.status, lambda: lambda.status };
}
