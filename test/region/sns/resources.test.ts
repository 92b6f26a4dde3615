import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

it('plays topics, subscriptions and policies', async () => {
  const scope = testScope();
  const call = (name: string, input: any): any => scope.service('sns').operations[name]!(input);
  const topic = resource(scope, scope.service('sns'), 'AWS::SNS::Topic');
  const team = { Protocol: 'email', Endpoint: 'team@example.com' };
  const properties = { TopicName: 'team', DisplayName: 'The team', Subscription: [team] };
  const { physicalId, attributes } = await topic.create(properties);
  const arn = 'arn:aws:sns:us-east-1:111111111111:team';
  expect([physicalId, attributes]).toEqual([arn, { TopicArn: arn, TopicName: 'team' }]);

  const subscription = resource(scope, scope.service('sns'), 'AWS::SNS::Subscription');
  const wanted = {
    TopicArn: arn,
    Protocol: 'sms',
    Endpoint: '+4712345678',
    FilterPolicy: { stage: ['prod'] },
  };
  const { physicalId: subscriptionArn } = await subscription.create(wanted);
  const filter = () =>
    call('GetSubscriptionAttributes', { SubscriptionArn: subscriptionArn }).Attributes.FilterPolicy;
  expect(filter()).toBe('{"stage":["prod"]}');
  await subscription.update(subscriptionArn, { ...wanted, FilterPolicy: undefined }, wanted);
  expect(filter()).toBeUndefined();

  await topic.update(arn, { TopicName: 'team', Subscription: [] }, properties);
  const { Subscriptions } = call('ListSubscriptionsByTopic', { TopicArn: arn });
  expect(Subscriptions.map(({ Protocol }: any) => Protocol)).toEqual(['sms']);
  expect(call('GetTopicAttributes', { TopicArn: arn }).Attributes.DisplayName).toBe('');

  const policy = resource(scope, scope.service('sns'), 'AWS::SNS::TopicPolicy');
  const document = { Topics: [arn], PolicyDocument: { Statement: [] } };
  const { physicalId: policyId } = await policy.create(document);
  expect(call('GetTopicAttributes', { TopicArn: arn }).Attributes.Policy).toBe('{"Statement":[]}');
  await subscription.delete(subscriptionArn, wanted);
  await topic.delete(arn, properties);
  await policy.delete(policyId, document);
  expect(call('ListTopics', {}).Topics).toEqual([]);
});
