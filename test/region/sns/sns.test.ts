import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sns } from '../../../region/sns/sns';
import { testScope } from '../../support/scope';

const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:react';

function played() {
  const invoked: any[] = [];
  const scope = testScope({
    lambda: {
      operations: {
        Invoke: (input: any) => {
          if (input.FunctionName !== FUNCTION) throw new Error('Function not found');
          invoked.push({ ...input, event: JSON.parse(String(input.Payload)) });
        },
      },
    },
  });
  const sns = new Sns(scope);
  const call = (name: string, input: any = {}): any => sns.operations[name]!(input);
  const { TopicArn } = call('CreateTopic', { Name: 'team', Attributes: { DisplayName: 'The team' } });
  return {
    scope,
    call,
    invoked,
    TopicArn,
    subscribe: (Protocol: string, Endpoint: string, Attributes?: Record<string, string>) =>
      call('Subscribe', { TopicArn, Protocol, Endpoint, Attributes }).SubscriptionArn,
    publish: (input: any) => call('Publish', { TopicArn, ...input }),
  };
}

it('invokes functions, and records what people would have received', async () => {
  const { scope, invoked, subscribe, publish, TopicArn } = played();
  const subscription = subscribe('lambda', FUNCTION);
  subscribe('email', 'team@example.com');
  const { MessageId } = publish({ Subject: 'rolled back', Message: 'harbor is on 41 again' });
  const { message, detail } = await scope.journal.waitFor(({ type }) => type === 'DeliveryRecorded');
  expect(message).toBe('Not sent, but recorded: email to team@example.com: rolled back');
  expect(detail).toMatchObject({ protocol: 'email', message: 'harbor is on 41 again' });
  expect(invoked).toMatchObject([{ FunctionName: FUNCTION, InvocationType: 'Event' }]);
  expect(invoked[0].event.Records).toMatchObject([
    {
      EventSource: 'aws:sns',
      EventSubscriptionArn: subscription,
      Sns: {
        Type: 'Notification',
        MessageId,
        TopicArn,
        Subject: 'rolled back',
        Message: 'harbor is on 41 again',
        Timestamp: '2026-01-01T00:00:00.000Z',
      },
    },
  ]);
});

it('posts to endpoints on loopback', async () => {
  const { scope, subscribe, publish, TopicArn } = played();
  const bodies: any[] = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push({ topic: request.headers['x-amz-sns-topic-arn'], text });
    response.writeHead(bodies.length === 1 ? 200 : 500).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    subscribe('http', `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    publish({ Message: 'one' });
    await scope.journal.waitFor(({ type }) => type === 'Delivery');
    expect(bodies[0].topic).toBe(TopicArn);
    expect(JSON.parse(bodies[0].text)).toMatchObject({ Type: 'Notification', Message: 'one', Subject: null });
    publish({ Message: 'two' });
    const failed = await scope.journal.waitFor(({ type }) => type === 'DeliveryFailed');
    expect(failed.message).toContain('it answered 500');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('filters on attributes or on the body', async () => {
  const { invoked, subscribe, publish, call } = played();
  const arn = subscribe('lambda', FUNCTION, {
    FilterPolicy: '{"stage":["prod"],"failed":[{"numeric":[">",1]}]}',
  });
  const attributes = (stage: string, failed: string) => ({
    stage: { DataType: 'String', StringValue: stage },
    failed: { DataType: 'Number', StringValue: failed },
  });
  publish({ Message: 'no', MessageAttributes: attributes('beta', '2') });
  publish({ Message: 'no', MessageAttributes: attributes('prod', '1') });
  publish({ Message: 'no' });
  publish({ Message: 'yes', MessageAttributes: attributes('prod', '2') });
  call('SetSubscriptionAttributes', {
    SubscriptionArn: arn,
    AttributeName: 'FilterPolicy',
    AttributeValue: '{"stage":["prod"]}',
  });
  call('SetSubscriptionAttributes', {
    SubscriptionArn: arn,
    AttributeName: 'FilterPolicyScope',
    AttributeValue: 'MessageBody',
  });
  publish({ Message: 'no JSON' });
  publish({ Message: '{"stage":"prod"}' });
  expect(invoked.map(({ event }) => event.Records[0].Sns.Message)).toEqual(['yes', '{"stage":"prod"}']);
});

it('sends each protocol its own text', async () => {
  const { scope, subscribe, publish, invoked } = played();
  subscribe('sms', '+4712345678');
  subscribe('lambda', FUNCTION);
  publish({ MessageStructure: 'json', Message: '{"default":"long","sms":"short"}' });
  const sms = await scope.journal.waitFor(({ type }) => type === 'DeliveryRecorded');
  expect(sms.detail['message']).toBe('short');
  expect(invoked[0].event.Records[0].Sns.Message).toBe('long');
  expect(() => publish({ MessageStructure: 'json', Message: '{}' })).toThrow('No default entry');
});

it('lists and removes, and answers as SNS does', async () => {
  const { scope, call, subscribe, publish, TopicArn } = played();
  expect(call('CreateTopic', { Name: 'team' }).TopicArn).toBe(TopicArn);
  const arn = subscribe('lambda', `${FUNCTION}-gone`);
  expect(subscribe('lambda', `${FUNCTION}-gone`)).toBe(arn);
  expect(call('ListSubscriptionsByTopic', { TopicArn }).Subscriptions).toHaveLength(1);
  expect(call('GetTopicAttributes', { TopicArn }).Attributes).toMatchObject({
    DisplayName: 'The team',
    SubscriptionsConfirmed: '1',
  });
  publish({ Message: 'lost' });
  expect((await scope.journal.waitFor(({ type }) => type === 'DeliveryFailed')).message).toContain(
    'not found',
  );
  call('Unsubscribe', { SubscriptionArn: arn });
  expect(call('ListSubscriptions').Subscriptions).toEqual([]);
  expect(() => subscribe('pigeon', 'loft')).toThrow("Protocol: found 'pigeon'; allowed are lambda, email");
  expect(() => subscribe('lambda', 'x', { FilterPolicy: '{"a":1}' })).toThrow('FilterPolicy');
  call('DeleteTopic', { TopicArn });
  expect(() => publish({ Message: 'x' })).toThrow(
    expect.objectContaining({ code: 'NotFound', statusCode: 404 }),
  );
});
