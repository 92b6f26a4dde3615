import path from 'node:path';
import { Region } from '../../../region/region';
import { atEnd, temporaryFolder } from '../../support/folder';

/*
 * A function of 111111111111 wants to assume the role `look` of 222222222222, and of its own account.
 */

const CALLER = 'arn:aws:sts::111111111111:assumed-role/function/session';
const ROOT = 'arn:aws:iam::111111111111:root';
const ROLE_ARN = 'arn:aws:iam::222222222222:role/look';

let region: Region;

beforeEach(async () => {
  const started = await Region.start({ folder: path.join(temporaryFolder('assume'), 'region') });
  atEnd(() => started.stop());
  region = started;
});

interface Given {
  /** Statements of the trust policy. @default lets the account in */
  readonly trust?: object | object[];
  /** Statements of the caller's own policy. @default - it has none */
  readonly own?: object | object[];
  /** Managed policy of the caller. */
  readonly attached?: string;
  readonly tags?: Record<string, string>;
  /** Account of the role. @default '222222222222' */
  readonly account?: string;
  readonly caller?: string;
  readonly externalId?: string;
}

const letIn = (AWS: string | string[], more: object = {}) => ({
  ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } },
  ...more,
});
const allow = (Resource: string, more: object = {}) => ({
  ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource },
  ...more,
});

/** What STS answers: keys, or the code of its error. */
async function answer({ trust = letIn(ROOT), own, attached, tags = {}, ...given }: Given): Promise<string> {
  const { account = '222222222222', caller = CALLER, externalId } = given;
  const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  const role = region
    .at(account, 'us-east-1')
    .service('iam')
    .createRole({
      RoleName: 'look',
      AssumeRolePolicyDocument: policy(trust),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
  const lambda = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const iam = region.home.service('iam');
  const principal = iam.createRole({ RoleName: 'function', AssumeRolePolicyDocument: policy(lambda) });
  if (own) principal.policies.set('own', policy(own));
  if (attached) principal.attached.add(attached);
  try {
    const input = { RoleArn: role.arn, RoleSessionName: 'session', ExternalId: externalId };
    region.home.service('sts').operations.AssumeRole(input, { principalArn: caller, requestId: '1' });
    return 'keys';
  } catch (error) {
    return (error as Error).name;
  }
}

test.each<[string, Given]>([
  ['both sides allow it', { own: allow(ROLE_ARN) }],
  ['the trust policy names the caller, and it may', { trust: letIn(CALLER), own: allow(ROLE_ARN) }],
  [
    'its role is named, by an account id',
    { trust: letIn(['333333333333', '111111111111']), own: allow('*') },
  ],
  ['by a pattern', { own: allow('arn:aws:iam::*:role/lo?k') }],
  ['by an administrator', { attached: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
  ['by the root user of a trusted account', { caller: ROOT }],
  [
    'a tag of the role meets a condition',
    {
      tags: { 'aws-cdk:bootstrap-role': 'deploy' },
      own: allow('*', {
        Condition: {
          'ForAnyValue:StringEquals': { 'iam:ResourceTag/aws-cdk:bootstrap-role': ['lookup', 'deploy'] },
        },
      }),
    },
  ],
  [
    'the caller is the one of a condition',
    {
      trust: letIn(ROOT, {
        Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/function' } },
      }),
      own: allow(ROLE_ARN),
    },
  ],
  [
    'no external id is asked for, and none is given',
    { trust: letIn(ROOT, { Condition: { Null: { 'sts:ExternalId': 'true' } } }), own: allow(ROLE_ARN) },
  ],
  [
    'in its own account, the trust policy names it',
    { account: '111111111111', trust: letIn('arn:aws:iam::111111111111:role/function') },
  ],
])('assumed: %s', async (_, given) => {
  expect(await answer(given)).toBe('keys');
});

test.each<[string, Given]>([
  ['the caller may not', {}],
  ['the caller may something else', { own: allow('arn:aws:iam::222222222222:role/other') }],
  ['the role trusts nobody', { trust: [], own: allow('*') }],
  ['the role trusts another account', { trust: letIn('arn:aws:iam::333333333333:root'), own: allow('*') }],
  ['the role trusts a service', { trust: letIn(ROOT, { Principal: { Service: 'a' } }), own: allow('*') }],
  ['the caller is denied it', { own: [allow('*'), allow(ROLE_ARN, { Effect: 'Deny' })] }],
  ['the role denies it', { trust: [letIn('*'), letIn(ROOT, { Effect: 'Deny' })], own: allow('*') }],
  [
    'a condition names another caller',
    {
      trust: letIn(ROOT, { Condition: { ArnLike: { 'aws:PrincipalArn': '*:role/other' } } }),
      own: allow('*'),
    },
  ],
  [
    'a condition asks what is not played',
    { own: allow('*', { Condition: { IpAddress: { 'aws:SourceIp': '::1' } } }) },
  ],
  [
    'a tag is missing',
    { own: allow('*', { Condition: { StringEquals: { 'iam:ResourceTag/kind': 'deploy' } } }) },
  ],
  [
    'an external id is asked for',
    {
      trust: letIn(ROOT, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
      own: allow('*'),
      externalId: 'y',
    },
  ],
  ['in its own account, the account alone is trusted', { account: '111111111111' }],
  ['the caller is gone', { own: allow('*'), caller: CALLER.replace('function', 'nobody') }],
])('AccessDenied: %s', async (_, given) => {
  expect(await answer(given)).toBe('AccessDenied');
});
