import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

let region: Region;
const client = (credentials: any) =>
  new STSClient({ endpoint: region.endpoint, region: 'us-east-1', credentials });

beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('sts') });
  const other = region.at('222222222222', 'us-east-1').service('iam');
  other.createRole({
    RoleName: 'deploy',
    Path: '/cdk/',
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
    },
  });
});
afterAll(() => region.stop());

const RoleArn = 'arn:aws:iam::222222222222:role/cdk/deploy';

test('a role of another account gives keys of that account', async () => {
  const sts = client(region.home.credentials());
  const input = { RoleArn, RoleSessionName: 'session', DurationSeconds: 900 };
  const { Credentials, AssumedRoleUser } = await sts.send(new AssumeRoleCommand(input));
  const Arn = 'arn:aws:sts::222222222222:assumed-role/deploy/session';
  expect(AssumedRoleUser!.Arn).toBe(Arn);
  const left = Credentials!.Expiration!.getTime() - Date.now();
  expect(left).toBeGreaterThan(890_000);
  expect(left).toBeLessThanOrEqual(900_000);
  const identity = await client({
    accessKeyId: Credentials!.AccessKeyId,
    secretAccessKey: Credentials!.SecretAccessKey,
    sessionToken: Credentials!.SessionToken,
  }).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '222222222222', Arn, UserId: AssumedRoleUser!.AssumedRoleId });
});

test('the root user', async () => {
  const sts = client(region.home.credentials());
  const root = { Account: '111111111111', Arn: 'arn:aws:iam::111111111111:root', UserId: '111111111111' };
  await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject(root);
  await expect(sts.send(new GetSessionTokenCommand({}))).resolves.toMatchObject({
    Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) },
  });
});

test.each([
  [
    { RoleArn: 'arn:aws:iam::222222222222:role/nobody' },
    'AccessDenied',
    /not authorized to perform: sts:AssumeRole/,
  ],
  [{ RoleArn: 'deploy' }, 'ValidationError', /deploy is invalid/],
  [{ RoleSessionName: 'a b' }, 'ValidationError', /RoleSessionName is a b/],
  [{ DurationSeconds: 60 }, 'ValidationError', /DurationSeconds is 60; allowed is 900 to 43200/],
])('%j: %s', async (wrong, name, message) => {
  const input = { RoleArn, RoleSessionName: 'session', ...wrong };
  const sent = client(region.home.credentials()).send(new AssumeRoleCommand(input));
  await expect(sent).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});
