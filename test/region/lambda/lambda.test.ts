import type { InvokeCommandInput } from '@aws-sdk/client-lambda';
import { zipOf } from '../../../region/zip/zip';
import { testScope } from '../../support/scope';

const ROLE = 'arn:aws:iam::111111111111:role/react';

function played() {
  const scope = testScope();
  const call = (name: string, input: any): any => scope.service('lambda').operations[name]!(input);
  const logs = (name: string, input: any): any => scope.service('logs').operations[name]!(input);
  return {
    scope,
    call,
    create: async (source: string, config: Record<string, unknown> = {}, file = 'index.js') =>
      call('CreateFunction', {
        FunctionName: 'react',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: ROLE,
        Timeout: 20,
        Code: { ZipFile: await zipOf({ [file]: source }) },
        ...config,
      }),
    invoke: async (event: unknown = {}, input: Partial<InvokeCommandInput> = {}) => {
      const output = await call('Invoke', {
        FunctionName: 'react',
        Payload: Buffer.from(JSON.stringify(event)),
        ...input,
      });
      return { ...output, result: output.Payload && JSON.parse(Buffer.from(output.Payload).toString()) };
    },
    messages: (group = '/aws/lambda/react'): string[] =>
      logs('FilterLogEvents', { logGroupName: group }).events.map((event: any) => event.message),
  };
}

it('runs a handler in a process of its own, warm the second time, and logs as Lambda does', async () => {
  const { scope, create, invoke, messages } = played();
  await create(
    `
    let count = 0;
    exports.handler = async (event, context) => {
      console.log('hello', event.name);
      return { count: ++count, pid: process.pid, name: context.functionName, arn: context.invokedFunctionArn,
               left: context.getRemainingTimeInMillis() > 1000, own: process.env.OWN, role: process.env.AWS_ENDPOINT_URL };
    };`,
    { Environment: { Variables: { OWN: 'yes' } } },
  );
  const first = await invoke({ name: 'gate' }, { LogType: 'Tail' });
  const second = await invoke({ name: 'tide' });
  expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(first.FunctionError).toBeUndefined();
  expect(first.result).toEqual({
    count: 1,
    pid: expect.any(Number),
    name: 'react',
    arn: 'arn:aws:lambda:us-east-1:111111111111:function:react',
    left: true,
    own: 'yes',
    role: 'http://127.0.0.1:1',
  });
  expect(first.result.pid).not.toBe(process.pid);
  expect(second.result).toMatchObject({ count: 2, pid: first.result.pid });

  const id = /RequestId: (\S+)/.exec(Buffer.from(first.LogResult, 'base64').toString())![1];
  expect(messages().slice(0, 4)).toEqual([
    `START RequestId: ${id} Version: $LATEST`,
    `2026-01-01T00:00:00.000Z\t${id}\tINFO\thello gate`,
    `END RequestId: ${id}`,
    expect.stringMatching(new RegExp(`^REPORT RequestId: ${id}\\tDuration: .*\\tInit Duration: [0-9.]+ ms$`)),
  ]);
  expect(messages()[7]).not.toContain('Init Duration');
  const [created] = scope.journal.entries(({ type }) => type === 'FunctionCreated');
  expect(created!.message).toContain(`nodejs24.x is executed with this machine's Node.js ${process.version}`);
});

it('lives in AWS time', async () => {
  const { scope, create, invoke } = played();
  await create(`exports.handler = async () => [Date.now(), new Date().toISOString(), new Date(5).getTime(),
    new Date() instanceof Date, Date.UTC(1970, 0, 2)];`);
  expect((await invoke()).result).toEqual([
    scope.clock.now(),
    '2026-01-01T00:00:00.000Z',
    5,
    true,
    86_400_000,
  ]);
  await scope.clock.advance(3600_000);
  expect((await invoke()).result[1]).toBe('2026-01-01T01:00:00.000Z');
});

it('lets AWS time run on inside a handler when the clock is scaled', async () => {
  const { scope, create, invoke } = played();
  Object.assign(scope.clock, { scale: 3600 });
  await create(`exports.handler = async () => {
    const begin = Date.now(), wall = performance.now();
    while (performance.now() < wall + 20);
    return Date.now() - begin;
  };`);
  expect((await invoke()).result).toBeGreaterThanOrEqual(20 * 3600 - 3600);
});

it.each([
  ['index.mjs', 'export const handler = async () => import.meta.url.length > 0;'],
  [
    'index.mjs',
    'import { STSClient } from "@aws-sdk/client-sts"; export const handler = async () => !!STSClient;',
  ],
  ['index.js', 'exports.handler = (event, context, callback) => setImmediate(() => callback(null, true));'],
  ['index.js', 'module.exports = { handler: () => true };'],
  [
    'index.cjs',
    'const { STSClient } = require("@aws-sdk/client-sts"); exports.handler = async () => !!STSClient;',
  ],
])('loads %s: %s', async (file, source) => {
  const { create, invoke } = played();
  await create(source, {}, file);
  expect((await invoke()).result).toBe(true);
});

it.each([
  ['exports.handler = async () => { throw new TypeError("boom"); }', 'TypeError', 'boom'],
  ['exports.handler = (e, c, callback) => callback("told")', 'string', 'told'],
  ['exports.handler = () => new Promise(() => process.exit(3))', 'Runtime.ExitError', 'exit status 3'],
  ['exports.other = 1', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  ['require("zod"); exports.handler = 1', 'Runtime.ImportModuleError', "Cannot find module 'zod'"],
  ['throw new RangeError("at load")', 'RangeError', 'at load'],
  [
    'exports.handler = () => new Promise(() => Promise.reject(new Error("lost")))',
    'Runtime.UnhandledPromiseRejection',
    'lost',
  ],
])('reports the error of %s', async (source, errorType, message) => {
  const { create, invoke, messages } = played();
  await create(source);
  const output = await invoke();
  expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', result: { errorType } });
  expect(output.result.errorMessage).toContain(message);
  expect(messages().join('\n')).toContain(message);
});

it('ends a handler at its timeout, even one that blocks, and starts anew', async () => {
  const { create, invoke } = played();
  await create('exports.handler = async (event) => { while (event.block); return process.pid; }', {
    Timeout: 1,
  });
  const { result: before } = await invoke();
  const output = await invoke({ block: true });
  expect(output.FunctionError).toBe('Unhandled');
  expect(output.result.errorMessage).toMatch(/^RequestId: \S+ Error: Task timed out after 1.00 seconds$/);
  const { result: after } = await invoke();
  expect(after).not.toBe(before);
});

it('runs invocations side by side in environments of their own, up to the reserved concurrency', async () => {
  const { create, call, invoke } = played();
  await create(`exports.handler = () => new Promise((resolve) => setTimeout(resolve, 100, process.pid));`);
  const both = await Promise.all([invoke(), invoke()]);
  expect(new Set(both.map(({ result }) => result)).size).toBe(2);
  call('PutFunctionConcurrency', { FunctionName: 'react', ReservedConcurrentExecutions: 1 });
  const running = invoke();
  await expect(invoke()).rejects.toMatchObject({ code: 'TooManyRequestsException', statusCode: 429 });
  await running;
});

it('makes its log group again when somebody has deleted it', async () => {
  const { scope, create, invoke, messages } = played();
  await create('exports.handler = async () => console.log("still here")');
  await invoke();
  scope.service('logs').operations['DeleteLogGroup']!({ logGroupName: '/aws/lambda/react' });
  await invoke();
  expect(messages().join('\n')).toContain('still here');
});

it('retries an asynchronous invocation after one and two minutes', async () => {
  const { scope, create, invoke } = played();
  await create('exports.handler = async () => { throw new Error("always"); }');
  expect(await invoke({}, { InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 });
  const failed = () => scope.journal.entries(({ type }) => type === 'InvocationFailed');
  for (const [attempt, delay] of [60_000, 120_000].entries()) {
    await scope.journal.waitFor(() => failed().length === attempt + 1);
    await scope.clock.advance(delay - 1);
    expect(failed()).toHaveLength(attempt + 1);
    await scope.clock.advance(1);
  }
  await scope.journal.waitFor(({ type }) => type === 'AsynchronousInvocationFailed');
  expect(new Set(failed().map(({ detail }) => detail['requestId'])).size).toBe(1);
  expect(failed()).toHaveLength(3);
});

it('updates code and configuration, publishes versions and names them', async () => {
  const { create, call, invoke } = played();
  await create('exports.handler = async () => 1');
  expect(call('PublishVersion', { FunctionName: 'react' })).toMatchObject({ Version: '1' });
  expect(call('PublishVersion', { FunctionName: 'react' })).toMatchObject({ Version: '1' });
  call('CreateAlias', { FunctionName: 'react', Name: 'live', FunctionVersion: '1' });
  await call('UpdateFunctionCode', {
    FunctionName: 'react',
    ZipFile: await zipOf({ 'index.js': 'exports.handler = async () => process.env.STAGE' }),
  });
  await call('UpdateFunctionConfiguration', {
    FunctionName: 'react',
    Environment: { Variables: { STAGE: 'beta' } },
  });
  expect((await invoke()).result).toBe('beta');
  expect(await invoke({}, { Qualifier: 'live' })).toMatchObject({ ExecutedVersion: '1', result: 1 });
  const arn = 'arn:aws:lambda:us-east-1:111111111111:function:react:1';
  expect((await invoke({}, { FunctionName: arn })).result).toBe(1);
  await expect(invoke({}, { Qualifier: '7' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await expect(invoke({}, { Payload: Buffer.from('{') })).rejects.toMatchObject({
    code: 'InvalidRequestContentException',
  });
});

it('ends running handlers when the region stops, and starts no more', async () => {
  const { scope, create, invoke } = played();
  await create('exports.handler = () => new Promise(() => { for (;;); })');
  const running = invoke();
  await scope.service('lambda').stop();
  expect((await running).result).toMatchObject({ errorType: 'Runtime.ExitError' });
  await expect(invoke()).rejects.toThrow('The region has stopped');
});

it.each<[Record<string, unknown>, string]>([
  [{ Runtime: 'python3.13' }, 'Runtime is python3.13; nodejs*.x is played here'],
  [{ Timeout: 901 }, 'Timeout is 901; allowed are 1 to 900 seconds'],
  [{ Code: { ZipFile: Buffer.from('no zip') } }, 'Could not unzip uploaded file'],
  [{ Layers: ['arn:layer'] }, 'Layers are not played here'],
  [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'Reserved keys used in this request: AWS_REGION'],
])('refuses %j', async (config, message) => {
  const { create, call } = played();
  await expect(create('', config)).rejects.toThrow(message);
  expect(call('ListFunctions', {}).Functions).toEqual([]);
});

it('keeps the resource policy', async () => {
  const { create, call } = played();
  await create('exports.handler = async () => 1');
  const permission = {
    FunctionName: 'react',
    StatementId: 'events',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:aws:events:us-east-1:111111111111:rule/r',
  };
  call('AddPermission', permission);
  expect(() => call('AddPermission', permission)).toThrow(expect.objectContaining({ statusCode: 409 }));
  expect(JSON.parse(call('GetPolicy', { FunctionName: 'react' }).Policy).Statement).toMatchObject([
    { Sid: 'events', Principal: { Service: 'events.amazonaws.com' } },
  ]);
  call('RemovePermission', { FunctionName: 'react', StatementId: 'events' });
  expect(() => call('GetPolicy', { FunctionName: 'react' })).toThrow(
    expect.objectContaining({ code: 'ResourceNotFoundException' }),
  );
});

it('lets code load a client whose service is not played, and fails when it is used', async () => {
  const { create, invoke } = played();
  await create(`
    const { SFN } = require('@aws-sdk/client-sfn');
    exports.handler = async ({ use }) => use ? new SFN({}) : 'not used';`);
  expect((await invoke({})).result).toBe('not used');
  expect((await invoke({ use: true })).result.errorMessage).toBe(
    "The rehearsal region's runtime has no @aws-sdk/client-sfn, as the region does not play its service",
  );
});
