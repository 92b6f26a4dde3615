import { zipOf } from '../../../region/zip/zip';
import { testScope } from '../../support/scope';

const HOUR = 3_600_000;

/** A function `react`, and one, `hear`, that can be told what came of it. */
async function played(source: string, config: object = {}) {
  const scope = testScope();
  const call = (name: string, input: object): any =>
    scope.service('lambda').operations[name]!({ FunctionName: 'react', ...input });
  for (const [FunctionName, code, more] of [
    ['react', source, config],
    ['hear', 'exports.handler = async (event) => event', {}],
  ] as const)
    await call('CreateFunction', {
      FunctionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/react',
      Code: { ZipFile: await zipOf({ 'index.js': code }) },
      ...more,
    });
  const payload = Buffer.from('{"number":1}');
  return {
    scope,
    call,
    send: () => call('Invoke', { InvocationType: 'Event', Payload: payload }),
    happened: (type: string, subject = 'react') =>
      scope.journal.waitFor((entry) => entry.type === type && entry.subject === subject),
    count: (type: string, subject = 'react') =>
      scope.journal.entries((entry) => entry.type === type && entry.subject === subject).length,
    throttle: (ReservedConcurrentExecutions: number) =>
      call('PutFunctionConcurrency', { ReservedConcurrentExecutions }),
  };
}

const WORKS = 'exports.handler = async () => "done"';
const FAILS = 'exports.handler = async () => { throw new Error("always") }';
const HANGS = 'exports.handler = () => new Promise(() => {})';
const HEAR = 'arn:aws:lambda:us-east-1:111111111111:function:hear';

test('a throttled event waits until there is concurrency to spare', async () => {
  const { scope, send, happened, count, call, throttle } = await played(HANGS, { Timeout: 1 });
  throttle(1);
  const running = call('Invoke', {});
  send();
  await happened('AsynchronousInvocationThrottled');
  await scope.clock.advance(1000);
  await running;
  await scope.clock.advance(2000);
  await scope.journal.waitFor(() => count('InvocationFailed') === 2);
});

test('a throttled event is given up after six hours', async () => {
  const { scope, send, happened, count, call, throttle } = await played(HANGS, { Timeout: 900 });
  throttle(1);
  void call('Invoke', {}).catch(() => {});
  send();
  await happened('AsynchronousInvocationThrottled');
  await scope.clock.advance(6 * HOUR - 1);
  expect(count('AsynchronousInvocationFailed')).toBe(0);
  await scope.clock.advance(1);
  expect((await happened('AsynchronousInvocationFailed')).detail).toMatchObject({
    condition: 'EventAgeExceeded',
    event: '{"number":1}',
  });
});

test('or after the age that the function allows', async () => {
  const { scope, send, happened, call, throttle } = await played(HANGS, { Timeout: 900 });
  call('PutFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 60 });
  throttle(1);
  void call('Invoke', {}).catch(() => {});
  send();
  await happened('AsynchronousInvocationThrottled');
  await scope.clock.advance(60_000);
  await happened('AsynchronousInvocationFailed');
});

test('without any concurrency it is given up at once', async () => {
  const { send, happened, throttle } = await played(WORKS);
  throttle(0);
  send();
  expect((await happened('AsynchronousInvocationFailed')).message).toContain('was throttled');
});

test('the age counts for retries of a function that fails, too', async () => {
  const { scope, send, happened, count, call } = await played(FAILS);
  call('PutFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 100 });
  send();
  await happened('InvocationFailed');
  await scope.clock.advance(60_000);
  await scope.journal.waitFor(() => count('InvocationFailed') === 2);
  await scope.clock.advance(40_000);
  expect((await happened('AsynchronousInvocationFailed')).detail['condition']).toBe('EventAgeExceeded');
});

test('a destination hears of a failure with the event, the error and why it was given up', async () => {
  const { scope, send, happened, call } = await played(FAILS);
  call('PutFunctionEventInvokeConfig', {
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: HEAR } },
  });
  let heard: any;
  const { operations } = scope.service('lambda');
  const invoke = operations.Invoke!;
  operations.Invoke = (input) => {
    if (input.FunctionName === HEAR) heard = JSON.parse(Buffer.from(input.Payload).toString());
    return invoke(input);
  };
  send();
  await happened('Invocation', 'hear');
  expect(heard).toMatchObject({
    version: '1.0',
    requestContext: {
      functionArn: 'arn:aws:lambda:us-east-1:111111111111:function:react:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { number: 1 },
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'always' },
  });
});

test.each([
  ['success', WORKS, 'OnSuccess'],
  ['failure', FAILS, 'OnFailure'],
])('a topic hears of a %s', async (_, source, key) => {
  const { scope, send, call } = await played(source);
  const { TopicArn } = scope.service('sns').operations.CreateTopic!({ Name: 'told' }) as any;
  call('PutFunctionEventInvokeConfig', {
    MaximumRetryAttempts: 0,
    DestinationConfig: { [key]: { Destination: TopicArn } },
  });
  send();
  await scope.journal.waitFor(({ type }) => type === 'Publish');
});

test('a dead-letter topic gets the event itself', async () => {
  const topic = 'arn:aws:sns:us-east-1:111111111111:dead';
  const { scope, send, call } = await played(FAILS, { DeadLetterConfig: { TargetArn: topic } });
  scope.service('sns').operations.CreateTopic!({ Name: 'dead' });
  call('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 });
  send();
  const { detail } = await scope.journal.waitFor(({ type }) => type === 'Publish');
  expect(JSON.stringify(detail)).toContain('number');
});

test.each([
  [{ MaximumRetryAttempts: 3 }, 'MaximumRetryAttempts is 3; allowed are 0, 1 and 2'],
  [{ MaximumEventAgeInSeconds: 30 }, 'MaximumEventAgeInSeconds is 30; allowed are 60 to 21600'],
  [
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:111111111111:queue' } } },
    'OnFailure is arn:aws:sqs:us-east-1:111111111111:queue; played here are functions, topics of SNS and event buses',
  ],
])('%j is refused', async (config, message) => {
  const { call } = await played(WORKS);
  expect(() => call('PutFunctionEventInvokeConfig', config)).toThrow(message);
});
