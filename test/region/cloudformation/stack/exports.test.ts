import { cloudFormationWith, fakeProviders } from '../support';

const topic = (TopicName: unknown, rest = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName },
  ...rest,
});
const producer = (Value: string) => ({
  Resources: { A: topic('a') },
  Outputs: { O: { Value, Export: { Name: 'shared' } } },
});
const consumer = { Resources: { B: topic({ 'Fn::ImportValue': 'shared' }) } };

function region() {
  const fakes = fakeProviders();
  const { call, cloudFormation, scope } = cloudFormationWith(fakes);
  const deploy = async (operation: string, StackName: string, template: object) => {
    await call(operation, { StackName, TemplateBody: JSON.stringify(template) });
    return cloudFormation.finished(StackName);
  };
  const destroy = async (StackName: string, rest = {}) => {
    const { Stacks } = await call('DescribeStacks', { StackName });
    await call('DeleteStack', { StackName, ...rest });
    return cloudFormation.finished(Stacks[0].StackId);
  };
  const finished = async () => (await cloudFormation.finished('app')).StackStatus;
  return { ...fakes, call, scope, deploy, destroy, finished };
}

test('an export that is in use can be neither changed nor deleted', async () => {
  const { deploy, destroy, call } = region();
  await deploy('CreateStack', 'producer', producer('one'));
  await deploy('CreateStack', 'consumer', consumer);
  expect((await call('ListExports', {})).Exports).toMatchObject([{ Name: 'shared', Value: 'one' }]);
  expect((await call('ListImports', { ExportName: 'shared' })).Imports).toEqual(['consumer']);

  expect((await deploy('UpdateStack', 'producer', producer('two'))).StackStatus).toBe(
    'UPDATE_ROLLBACK_COMPLETE',
  );
  expect(await destroy('producer')).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'Export shared cannot be deleted as it is in use by consumer',
  });
  expect((await destroy('consumer')).StackStatus).toBe('DELETE_COMPLETE');
  expect((await destroy('producer')).StackStatus).toBe('DELETE_COMPLETE');
});

test('an import of nothing and a second export of one name are refused', async () => {
  const { deploy } = region();
  await expect(deploy('CreateStack', 'consumer', consumer)).rejects.toThrow('No export named shared found.');
  await deploy('CreateStack', 'first', producer('one'));
  const second = await deploy('CreateStack', 'second', producer('one'));
  expect(second.StackStatus).toBe('ROLLBACK_COMPLETE');
});

test('deletion: protection, retained resources, and what cannot be deleted', async () => {
  const { deploy, destroy, call, living, failing, scope } = region();
  await deploy('CreateStack', 'app', {
    Resources: { Kept: topic('k', { DeletionPolicy: 'Retain' }), Gone: topic('g'), Stuck: topic('s') },
  });
  expect(scope.ledger.entries()).toContainEqual({
    place: '111111111111/us-east-1',
    stackName: 'app',
    logicalId: 'Gone',
    type: 'AWS::SNS::Topic',
    property: 'TopicName',
    disposition: 'modelled',
  });
  await call('UpdateTerminationProtection', { StackName: 'app', EnableTerminationProtection: true });
  await expect(destroy('app')).rejects.toThrow('cannot be deleted while TerminationProtection is enabled');
  await call('UpdateTerminationProtection', { StackName: 'app', EnableTerminationProtection: false });

  failing.add('delete Stuck');
  expect(await destroy('app')).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'The following resource(s) failed to delete: [Stuck].',
  });
  expect([...living]).toEqual(['Kept-1', 'Stuck-3']);
  expect((await destroy('app', { RetainResources: ['Stuck'] })).StackStatus).toBe('DELETE_COMPLETE');
  expect([...living]).toEqual(['Kept-1', 'Stuck-3']);
  expect(scope.ledger.entries()).toEqual([]);
  await expect(call('DescribeStacks', { StackName: 'app' })).rejects.toThrow(
    'Stack with id app does not exist',
  );
});

test('--no-rollback leaves the stack standing; RollbackStack takes it back', async () => {
  const { call, failing, living, deploy, finished } = region();
  const template = (name: string) =>
    JSON.stringify({ Resources: { A: topic(name), B: topic('b', { DependsOn: 'A' }) } });
  failing.add('create B');
  await call('CreateStack', { StackName: 'app', TemplateBody: template('a'), DisableRollback: true });
  expect(await finished()).toBe('CREATE_FAILED');
  expect((await deploy('UpdateStack', 'app', JSON.parse(template('a')))).StackStatus).toBe('UPDATE_COMPLETE');
  expect([...living]).toEqual(['A-1', 'B-2']);

  failing.add('update B');
  const changed = {
    Resources: { A: topic('new'), B: topic('b', { Properties: { TopicName: 'b', DisplayName: 'd' } }) },
  };
  await call('UpdateStack', {
    StackName: 'app',
    TemplateBody: JSON.stringify(changed),
    DisableRollback: true,
  });
  expect(await finished()).toBe('UPDATE_FAILED');
  await call('RollbackStack', { StackName: 'app' });
  expect(await finished()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...living]).toEqual(['A-1', 'B-2']);
});
