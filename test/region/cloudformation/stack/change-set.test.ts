import { cloudFormationWith, fakeProviders } from '../support';

const topic = (TopicName: unknown, rest = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName },
  ...rest,
});

function region(options = {}) {
  const fakes = fakeProviders();
  const made = cloudFormationWith(fakes, options);
  const { call, cloudFormation } = made;
  const changeSet = async (type: 'CREATE' | 'UPDATE', template: object, rest = {}) => {
    await call('DeleteChangeSet', { StackName: 'app', ChangeSetName: 'cs' }).catch(() => {});
    const { Id } = await call('CreateChangeSet', {
      StackName: 'app',
      ChangeSetName: 'cs',
      ChangeSetType: type,
      TemplateBody: JSON.stringify(template),
      ...rest,
    });
    return call('DescribeChangeSet', { ChangeSetName: Id, IncludePropertyValues: true });
  };
  const execute = async (rest = {}) => {
    await call('ExecuteChangeSet', { StackName: 'app', ChangeSetName: 'cs', ...rest });
    return cloudFormation.finished('app');
  };
  return { ...fakes, ...made, changeSet, execute };
}

test('a stack begins in review; the change set lists its resources and executes once', async () => {
  const { changeSet, execute, call, calls } = region();
  const created = await changeSet('CREATE', { Resources: { A: topic('a') } });
  expect(created).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(created.Changes).toMatchObject([
    {
      Type: 'Resource',
      ResourceChange: { Action: 'Add', LogicalResourceId: 'A', ResourceType: 'AWS::SNS::Topic' },
    },
  ]);
  const { Stacks } = await call('DescribeStacks', { StackName: 'app' });
  expect(Stacks[0].StackStatus).toBe('REVIEW_IN_PROGRESS');
  expect(calls).toEqual([]);
  expect((await execute()).StackStatus).toBe('CREATE_COMPLETE');
  await expect(execute()).rejects.toMatchObject({ code: 'ChangeSetNotFoundException' });
});

test('from the moment it was executed, the stack is in progress, and its events are not older than the change set', async () => {
  const { changeSet, call, cloudFormation, held } = region();
  let release = () => {};
  held.set('create A', new Promise<void>((resolve) => (release = resolve)));
  const { CreationTime } = await changeSet('CREATE', { Resources: { A: topic('a') } });
  await call('ExecuteChangeSet', { StackName: 'app', ChangeSetName: 'cs', ClientRequestToken: 'token' });
  const { Stacks } = await call('DescribeStacks', { StackName: 'app' });
  expect(Stacks[0].StackStatus).toBe('CREATE_IN_PROGRESS');
  release();
  await cloudFormation.finished('app');
  const { StackEvents } = await call('DescribeStackEvents', { StackName: 'app' });
  const times = StackEvents.map(({ Timestamp }: { Timestamp: Date }) => Timestamp.getTime());
  expect(times).toEqual([...new Set<number>(times)].sort((a, b) => b - a));
  expect(times.at(-2)).toBeGreaterThanOrEqual(CreationTime.getTime());
  expect(StackEvents[0]).toMatchObject({ ClientRequestToken: 'token', ResourceStatus: 'CREATE_COMPLETE' });
  expect(StackEvents[0].OperationId).toBe(StackEvents[1].OperationId);
});

test('no changes: the reason that the CDK CLI and CodePipeline look for', async () => {
  const { changeSet, execute, call } = region();
  const template = { Resources: { A: topic('a') } };
  await changeSet('CREATE', template);
  await execute();
  expect(await changeSet('UPDATE', { ...template, Description: 'another' })).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await expect(execute()).rejects.toMatchObject({
    code: 'InvalidChangeSetStatusException',
    message: expect.stringContaining('cannot be executed in its current status of [FAILED]'),
  });
  await expect(
    call('UpdateStack', { StackName: 'app', TemplateBody: JSON.stringify(template) }),
  ).rejects.toThrow('No updates are to be performed.');
  const outputs = await changeSet('UPDATE', { ...template, Outputs: { O: { Value: 'x' } } });
  expect(outputs).toMatchObject({ Status: 'CREATE_COMPLETE', Changes: [] });
});

test('tells replacement from update, and what a reference drags along', async () => {
  const { changeSet, execute } = region();
  const template = (name: string, display: string) => ({
    Parameters: { Display: { Type: 'String', Default: display } },
    Resources: {
      A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name, DisplayName: { Ref: 'Display' } } },
      B: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::GetAtt': ['A', 'TopicArn'] } },
      },
      C: topic('c'),
    },
  });
  await changeSet('CREATE', template('a', 'one'));
  await execute();
  const renamed = await changeSet('UPDATE', template('b', 'one'));
  expect(
    renamed.Changes.map(({ ResourceChange: c }: any) => [c.LogicalResourceId, c.Action, c.Replacement]),
  ).toEqual([
    ['A', 'Modify', 'True'],
    ['B', 'Modify', 'False'],
  ]);
  expect(renamed.Changes[0].ResourceChange).toMatchObject({
    PolicyAction: 'ReplaceAndDelete',
    Details: [
      {
        Target: {
          Attribute: 'Properties',
          Name: 'TopicName',
          RequiresRecreation: 'Always',
          BeforeValue: 'a',
          AfterValue: 'b',
        },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      },
    ],
  });
  expect(renamed.Changes[1].ResourceChange.Details).toMatchObject([
    { Evaluation: 'Dynamic', ChangeSource: 'ResourceAttribute', CausingEntity: 'A.TopicArn' },
  ]);
  const shown = await changeSet('UPDATE', template('a', 'two'));
  expect(shown.Changes.map(({ ResourceChange: c }: any) => [c.LogicalResourceId, c.Replacement])).toEqual([
    ['A', 'False'],
    ['B', 'False'],
  ]);
  expect(shown.Changes[0].ResourceChange.Details).toMatchObject([
    { ChangeSource: 'ParameterReference', CausingEntity: 'Display' },
  ]);
  const { Changes } = await changeSet('UPDATE', {
    Resources: { A: topic('a', { DeletionPolicy: 'Retain' }) },
  });
  expect(Changes.map(({ ResourceChange: c }: any) => [c.LogicalResourceId, c.Action])).toContainEqual([
    'B',
    'Remove',
  ]);
});

test.each<[string, object, string, string]>([
  [
    'a type that nothing plays',
    { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [] } },
    'X (AWS::DynamoDB::Table): the rehearsal region does not play this resource type',
    '/Resources/X/Type',
  ],
  [
    'a type that does not exist',
    { Type: 'AWS::SNS::Topik' },
    'X (AWS::SNS::Topik): Template format error: Unrecognized resource types: [AWS::SNS::Topik]',
    '/Resources/X/Type',
  ],
  [
    'a property that its provider refuses',
    { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'k' } },
    'X (AWS::SNS::Topic): the rehearsal region does not play the property KmsMasterKeyId',
    '/Resources/X/Properties/KmsMasterKeyId',
  ],
  [
    'a property that the schema does not have',
    { Type: 'AWS::SNS::Topic', Properties: { TopicNam: 'k' } },
    '#: extraneous key [TopicNam] is not permitted',
    '/Resources/X/Properties',
  ],
  [
    'a missing property',
    { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String' } },
    '#: required key [Value] not found',
    '/Resources/X/Properties',
  ],
  [
    'a custom resource that nobody provides',
    { Type: 'Custom::Thing', Properties: { Any: 'thing' } },
    '#: required key [ServiceToken] not found',
    '/Resources/X/Properties',
  ],
  [
    'a custom resource that is waited for too long',
    {
      Type: 'AWS::CloudFormation::CustomResource',
      Properties: { ServiceToken: 'arn', ServiceTimeout: '3601' },
    },
    '#/ServiceTimeout: 3601 is not a whole number from 1 to 3600',
    '/Resources/X/Properties',
  ],
  [
    'an update policy that would have to be played',
    { ...topic('a'), UpdatePolicy: { AutoScalingRollingUpdate: {} } },
    'X (AWS::SNS::Topic): the rehearsal region does not play UpdatePolicy/AutoScalingRollingUpdate',
    '/Resources/X/UpdatePolicy/AutoScalingRollingUpdate',
  ],
])('%s fails the change set, and DescribeEvents says where', async (_, resource, reason, ValidationPath) => {
  const { changeSet, call, scope } = region();
  const failed = await changeSet('CREATE', { Resources: { X: resource } });
  expect(failed.Status).toBe('FAILED');
  expect(failed.StatusReason).toContain(reason);
  const { OperationEvents } = await call('DescribeEvents', { StackName: 'app', ChangeSetName: 'cs' });
  expect(OperationEvents).toMatchObject([
    { LogicalResourceId: 'X', ValidationPath, EventType: 'VALIDATION_ERROR' },
  ]);
  expect(scope.journal.entries(({ type }) => type === 'ChangeSetRefused')).toHaveLength(1);
});

test('a rule that parameters break, and IAM without its capability, are refused at once', async () => {
  const { changeSet } = region({ parameters: { '/v': '3' } });
  const Rules = {
    Version: {
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3'], { Ref: 'V' }] }] },
          AssertDescription: 'version 4 is needed',
        },
      ],
    },
  };
  const Parameters = { V: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/v' } };
  await expect(changeSet('CREATE', { Parameters, Rules, Resources: { A: topic('a') } })).rejects.toThrow(
    'version 4 is needed',
  );
  await expect(
    changeSet('CREATE', { Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } } } }),
  ).rejects.toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]');
});

test('reads the template from S3, as the CDK CLI gives its address', async () => {
  const objects = { 'assets/app.json': JSON.stringify({ Resources: { A: topic('a') } }) };
  const { changeSet } = region({ objects });
  const from = (TemplateURL: string) => changeSet('CREATE', {}, { TemplateBody: undefined, TemplateURL });
  expect((await from('https://s3.us-east-1.amazonaws.com/assets/app.json')).Status).toBe('CREATE_COMPLETE');
  expect((await from('https://assets.s3.us-east-1.amazonaws.com/app.json')).Status).toBe('CREATE_COMPLETE');
  await expect(from('https://s3.us-east-1.amazonaws.com/assets/none.json')).rejects.toThrow(
    /^S3 error: The specified key does not exist/,
  );
});
