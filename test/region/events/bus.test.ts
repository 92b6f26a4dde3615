import path from 'node:path';
import { Region } from '../../../region/region';
import type { Scope } from '../../../region/service';
import { atEnd, temporaryFolder } from '../../support/folder';
import { resource } from '../../support/resource';

/*
 * Events that cross accounts and regions: from 222222222222 in us-west-2 to the buses of 111111111111.
 */

const ROLE = 'arn:aws:iam::222222222222:role/forward';
const BUS = 'arn:aws:events:eu-central-1:111111111111:event-bus/default';
const DEPLOYED = {
  source: 'aws.codedeploy',
  detailType: 'CodeDeploy Deployment State-change Notification',
  resources: ['arn:aws:codedeploy:us-west-2:222222222222:application:shop'],
  detail: { application: 'shop', state: 'SUCCESS' },
};
const ALL = JSON.stringify({ source: [{ prefix: 'aws.' }] });

let there: Scope;
let here: Scope;

beforeEach(async () => {
  const region = await Region.start({ folder: path.join(temporaryFolder('bus'), 'region') });
  atEnd(() => region.stop());
  there = region.at('222222222222', 'us-west-2');
  here = region.at('111111111111', 'eu-central-1');
  there.service('iam').operations.CreateRole!({ RoleName: 'forward', AssumeRolePolicyDocument: '{}' });
  await forward(there, BUS);
  await rule(here, 'log', { Id: 'log', Arn: 'arn:aws:logs:eu-central-1:111111111111:log-group:events' });
  here.service('logs').operations.CreateLogGroup!({ logGroupName: 'events' });
});

const call = (scope: Scope, operation: string, input: object): any =>
  scope.service('events').operations[operation]!(input);

async function rule(scope: Scope, Name: string, target: object): Promise<void> {
  await call(scope, 'PutRule', { Name, EventPattern: ALL });
  await call(scope, 'PutTargets', { Rule: Name, Targets: [target] });
}

const forward = (scope: Scope, Arn: string) => rule(scope, 'forward', { Id: 'bus', Arn, RoleArn: ROLE });

const letIn = (statement: object, scope = here) =>
  resource(scope, scope.service('events'), 'AWS::Events::EventBusPolicy').create({
    StatementId: 'forwarded',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::222222222222:root' },
      Action: 'events:PutEvents',
      Resource: BUS,
      ...statement,
    },
  });

/** What came of an event at the bus it was sent to: a rule there matched, or it was turned away. */
async function fate(scope: Scope): Promise<any> {
  const since = scope.journal.position;
  const event = there.service('events').emit(DEPLOYED);
  return scope.journal.waitFor(
    ({ type, subject, detail }) =>
      (type === 'TargetFailed' || (type === 'RuleMatched' && subject !== 'forward')) &&
      (detail['event'] as any).id === event.id,
    { since },
  );
}

test('an event of an account that the policy lets in arrives as it was sent', async () => {
  await letIn({ Condition: { StringEquals: { 'events:source': 'aws.codedeploy' } } });
  const { type, subject, detail } = await fate(here);
  expect([type, subject]).toEqual(['RuleMatched', 'log']);
  expect(detail.event).toMatchObject({
    account: '222222222222',
    region: 'us-west-2',
    detail: DEPLOYED.detail,
  });
});

test.each<[string, object | undefined]>([
  ['no policy', undefined],
  ['a policy for another account', { Principal: { AWS: 'arn:aws:iam::333333333333:root' } }],
  ['a policy for other events', { Condition: { StringEquals: { 'events:source': 'aws.s3' } } }],
  ['a policy that denies', { Effect: 'Deny' }],
])('with %s it is turned away', async (_, statement) => {
  if (statement) await letIn(statement);
  const { type, message } = await fate(here);
  expect(type).toBe('TargetFailed');
  expect(message).toContain(`The policy of ${BUS} does not let in aws.codedeploy of 222222222222`);
});

test("an account's own buses take its events without a policy, with a role", async () => {
  const own = there.at('222222222222', 'eu-west-1');
  await forward(there, 'arn:aws:events:eu-west-1:222222222222:event-bus/default');
  await rule(own, 'log', { Id: 'log', Arn: 'arn:aws:logs:eu-west-1:222222222222:log-group:events' });
  own.service('logs').operations.CreateLogGroup!({ logGroupName: 'events' });
  expect(await fate(own)).toMatchObject({ type: 'RuleMatched', subject: 'log' });

  there.service('iam').operations.DeleteRole!({ RoleName: 'forward' });
  expect((await fate(own)).message).toContain(`the role ${ROLE} does not exist`);
});

test('an event that has come from another bus goes to no third', async () => {
  await letIn({});
  const third = here.at('333333333333', 'eu-central-1');
  await rule(here, 'onward', {
    Id: 'bus',
    Arn: 'arn:aws:events:eu-central-1:333333333333:event-bus/default',
    RoleArn: ROLE,
  });
  const onward = here.journal.waitFor(({ type, subject }) => type === 'RuleMatched' && subject === 'onward');
  await fate(here);
  expect((await onward).detail['targets']).toEqual([]);
  expect(third.service('events').policy.document).toBeUndefined();
});

test('what the policy says can be read, changed and taken back', async () => {
  call(here, 'PutPermission', { StatementId: 'one', Action: 'events:PutEvents', Principal: '222222222222' });
  expect(JSON.parse(call(here, 'DescribeEventBus', {}).Policy).Statement).toEqual([
    {
      Sid: 'one',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::222222222222:root' },
      Action: 'events:PutEvents',
      Resource: BUS,
    },
  ]);
  expect((await fate(here)).type).toBe('RuleMatched');

  call(here, 'RemovePermission', { StatementId: 'one' });
  expect(call(here, 'DescribeEventBus', {}).Policy).toBeUndefined();
  expect((await fate(here)).type).toBe('TargetFailed');
});

test.each<[string, object, string]>([
  ['a bus without a role', { RoleArn: undefined }, `RoleArn is required for target ${BUS}.`],
  ['a bus with an input of its own', { Input: '{}' }, 'found Input; a bus takes the event as it is'],
  [
    'another bus than the default one',
    { Arn: BUS.replace('default', 'own') },
    'the region plays the default bus',
  ],
])('%s is refused', async (_, target, message) => {
  const refused = rule(there, 'other', { Id: 'bus', Arn: BUS, RoleArn: ROLE, ...target });
  await expect(refused).rejects.toThrow(message);
});

test('a condition that cannot be evaluated is refused', async () => {
  const organization = { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } };
  await expect(letIn({ Condition: organization })).rejects.toThrow(
    'found StringEquals of aws:PrincipalOrgID',
  );
});
