import { cloudFormationWith, fakeProviders } from '../support';

const topic = (TopicName: string, rest = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName },
  ...rest,
});
const parameter = (Value: unknown, rest = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: 'p', Type: 'String', Value },
  ...rest,
});

/** A region with fake providers and the few things tests ask of it. */
function region() {
  const fakes = fakeProviders();
  const made = cloudFormationWith(fakes);
  const { cloudFormation, call } = made;
  const deploy = async (operation: 'CreateStack' | 'UpdateStack', Resources: object, rest = {}) => {
    await call(operation, { StackName: 'app', TemplateBody: JSON.stringify({ Resources, ...rest }) });
    return cloudFormation.finished('app');
  };
  const events = async () => {
    const { StackEvents } = await call('DescribeStackEvents', { StackName: 'app' });
    return [...StackEvents].reverse().map((e: any) => `${e.LogicalResourceId} ${e.ResourceStatus}`);
  };
  return { ...fakes, ...made, deploy, events };
}

test('creates resources after what they refer to, independent ones side by side', async () => {
  const { deploy, calls, held } = region();
  let release = () => {};
  held.set('create A', new Promise<void>((resolve) => (release = resolve)));
  const created = deploy('CreateStack', {
    A: topic('a'),
    B: topic('b'),
    C: parameter({ 'Fn::GetAtt': ['A', 'TopicArn'] }),
  });
  while (calls.length < 2) await new Promise(setImmediate);
  expect(calls).toEqual(['create A', 'create B']);
  release();
  expect((await created).StackStatus).toBe('CREATE_COMPLETE');
  expect(calls).toEqual(['create A', 'create B', 'create C']);
});

test('a failed creation cancels what runs, deletes in reverse order and says why', async () => {
  const { deploy, failing, living, call, events } = region();
  failing.add('create C');
  const stack = await deploy('CreateStack', {
    A: topic('a'),
    B: parameter({ Ref: 'A' }),
    C: parameter({ Ref: 'B' }),
  });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect([...living]).toEqual([]);
  expect(await events()).toEqual([
    'app CREATE_IN_PROGRESS',
    'A CREATE_IN_PROGRESS',
    'A CREATE_COMPLETE',
    'B CREATE_IN_PROGRESS',
    'B CREATE_COMPLETE',
    'C CREATE_IN_PROGRESS',
    'C CREATE_FAILED',
    'app ROLLBACK_IN_PROGRESS',
    'C DELETE_COMPLETE',
    'B DELETE_IN_PROGRESS',
    'B DELETE_COMPLETE',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    'app ROLLBACK_COMPLETE',
  ]);
  const { StackEvents } = await call('DescribeStackEvents', { StackName: 'app' });
  const reasons = StackEvents.map((e: any) => e.ResourceStatusReason).filter(Boolean);
  expect(reasons).toContain('The following resource(s) failed to create: [C]. Rollback requested by user.');
  expect(reasons.find((r: string) => r.includes('create C was refused'))).toMatch(
    /HandlerErrorCode: InvalidRequest/,
  );
  await expect(deploy('UpdateStack', { A: topic('a') })).rejects.toThrow(
    /ROLLBACK_COMPLETE state and can not be updated/,
  );
});

test('what is still being created when another fails is cancelled, waited for and deleted', async () => {
  const { deploy, calls, failing, living, held, events } = region();
  let release = () => {};
  held.set('create Slow', new Promise<void>((resolve) => (release = resolve)));
  failing.add('create Bad');
  const created = deploy('CreateStack', { Slow: topic('slow'), Bad: topic('bad') });
  while (calls.length < 2) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(await events()).toContain('Slow CREATE_FAILED');
  expect(await events()).not.toContain('app ROLLBACK_IN_PROGRESS');
  release();
  expect((await created).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect([...living]).toEqual([]);
  expect((await events()).filter((event) => event.startsWith('Slow'))).toEqual([
    'Slow CREATE_IN_PROGRESS',
    'Slow CREATE_FAILED',
    'Slow DELETE_IN_PROGRESS',
    'Slow DELETE_COMPLETE',
  ]);
});

test('a change that the schema calls replacing makes the new resource first and deletes the old one in the clean-up', async () => {
  const { deploy, calls, living, events } = region();
  await deploy('CreateStack', { A: topic('a'), B: parameter({ Ref: 'A' }) });
  calls.length = 0;
  const stack = await deploy('UpdateStack', { A: topic('renamed'), B: parameter({ Ref: 'A' }) });
  expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
  expect(calls).toEqual(['create A', 'update B', 'delete A']);
  expect([...living]).toEqual(['B-2', 'A-3']);
  const cleanup = (await events()).slice((await events()).indexOf('app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
  expect(cleanup.slice(1)).toEqual(['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE', 'app UPDATE_COMPLETE']);
});

test('a failed update puts every resource back, and forgets the new ones', async () => {
  const { deploy, calls, living, failing, call } = region();
  await deploy('CreateStack', { A: topic('a'), B: parameter('old'), C: parameter('c', { DependsOn: 'B' }) });
  calls.length = 0;
  failing.add('update C');
  const stack = await deploy('UpdateStack', {
    A: topic('renamed'),
    B: parameter('new'),
    N: topic('n'),
    C: parameter('changed', { DependsOn: ['A', 'B', 'N'] }),
  });
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(calls.slice(0, 4)).toEqual(expect.arrayContaining(['create A', 'update B', 'create N', 'update C']));
  expect([...living].sort()).toEqual(['A-1', 'B-2', 'C-3']);
  const { StackResources } = await call('DescribeStackResources', { StackName: 'app' });
  expect(StackResources.map((r: any) => r.PhysicalResourceId).sort()).toEqual(['A-1', 'B-2', 'C-3']);
});
