import {
  BatchGetAccountStatusCommand,
  DisableCommand,
  EnableCommand,
  Inspector2Client,
  ListFindingsCommand,
  type ResourceScanType,
} from '@aws-sdk/client-inspector2';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

let region: Region;
let client: Inspector2Client;

beforeEach(async () => {
  region = await Region.start({ folder: temporaryFolder('inspector') });
  const { endpoint, home } = region;
  client = new Inspector2Client({ endpoint, region: 'us-east-1', credentials: home.credentials() });
});
afterEach(() => region.stop());

/** The status of the account, and of what is scanned in it. */
async function status() {
  const { accounts } = await client.send(new BatchGetAccountStatusCommand({}));
  const { state, resourceState } = accounts![0]!;
  const scanned = Object.entries(resourceState!).filter(([, { status }]) => status === 'ENABLED');
  return [state!.status, ...scanned.map(([type]) => type)];
}

it('enables and disables what it scans, one by one', async () => {
  expect(await status()).toEqual(['DISABLED']);
  const { accounts } = await client.send(new EnableCommand({ resourceTypes: ['EC2', 'LAMBDA'] }));
  expect(accounts).toMatchObject([
    {
      accountId: '111111111111',
      status: 'ENABLING',
      resourceStatus: { ec2: 'ENABLING', ecr: 'DISABLED', lambda: 'ENABLING' },
    },
  ]);
  expect(await status()).toEqual(['ENABLED', 'ec2', 'lambda']);
  const again = await client.send(new EnableCommand({ resourceTypes: ['EC2'] }));
  expect(again.accounts).toMatchObject([{ status: 'ENABLED', resourceStatus: { ec2: 'ENABLED' } }]);
  await client.send(new DisableCommand({ resourceTypes: ['EC2'] }));
  expect(await status()).toEqual(['ENABLED', 'lambda']);
  await client.send(new DisableCommand({}));
  expect(await status()).toEqual(['DISABLED']);
  expect((await client.send(new ListFindingsCommand({}))).findings).toEqual([]);
});

it('is one for each region', async () => {
  await client.send(new EnableCommand({ resourceTypes: ['EC2'] }));
  const elsewhere = region.at('111111111111', 'eu-west-1').service('inspector2');
  expect(elsewhere.operations.BatchGetAccountStatus({ accountIds: undefined }).accounts).toMatchObject([
    { state: { status: 'DISABLED' } },
  ]);
});

it('does not answer for other accounts', async () => {
  const input = { accountIds: ['222222222222'], resourceTypes: ['EC2' as const] };
  const { accounts, failedAccounts } = await client.send(new EnableCommand(input));
  expect(accounts).toEqual([]);
  expect(failedAccounts).toMatchObject([{ accountId: '222222222222', errorCode: 'ACCESS_DENIED' }]);
  expect(await status()).toEqual(['DISABLED']);
});

it.each<[ResourceScanType, string]>([
  ['LAMBDA_CODE', 'LAMBDA_CODE is scanned only together with LAMBDA'],
  ['S3' as ResourceScanType, 'S3 is not scanned; allowed are EC2, ECR, LAMBDA'],
])('refuses %s alone', async (type, message) => {
  await expect(client.send(new EnableCommand({ resourceTypes: [type] }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  });
});
