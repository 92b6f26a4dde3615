import { EnableCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/inspector/handler';
import 'aws-sdk-client-mock-jest';

const inspector = mockClient(Inspector2Client);
const answers: { url: string; init: RequestInit }[] = [];

beforeEach(() => {
  inspector.reset();
  inspector.on(EnableCommand).resolves({ accounts: [] });
  answers.length = 0;
  jest.spyOn(console, 'error').mockImplementation(() => {});
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    answers.push({ url: String(url), init: init! });
    return new Response();
  });
});

afterEach(() => jest.restoreAllMocks());

const event = (RequestType: string, more: object = {}) =>
  ({
    ...{
      RequestType,
      ServiceToken: 'arn',
      ResponseURL: 'https://bucket/answer?signed',
      ResourceType: 'Custom::Inspector',
    },
    ...{ StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Inspector' },
    ResourceProperties: { ServiceToken: 'arn', resourceTypes: ['EC2', 'LAMBDA'] },
    ...more,
  }) as CloudFormationCustomResourceEvent;

const answer = () => JSON.parse(String(answers.at(-1)!.init.body));

test('turns on what it is asked for, and answers without a content type', async () => {
  await handler(event('Create'));
  expect(inspector).toHaveReceivedCommandWith(EnableCommand, { resourceTypes: ['EC2', 'LAMBDA'] });
  expect(answers).toMatchObject([{ url: 'https://bucket/answer?signed', init: { method: 'PUT' } }]);
  expect(answers[0]!.init.headers).toBeUndefined();
  expect(answers[0]!.init.body).toBeInstanceOf(Buffer);
  expect(answer()).toEqual({
    ...{ Status: 'SUCCESS', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Inspector' },
    PhysicalResourceId: 'inspector2',
  });
});

test('asks again when it is changed, and stays the same resource', async () => {
  await handler(event('Update', { PhysicalResourceId: 'as before' }));
  expect(inspector).toHaveReceivedCommandTimes(EnableCommand, 1);
  expect(answer()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'as before' });
});

test('touches nothing when it is deleted', async () => {
  await handler(event('Delete', { PhysicalResourceId: 'inspector2' }));
  expect(inspector.calls()).toHaveLength(0);
  expect(answer()).toMatchObject({ Status: 'SUCCESS' });
});

const failing = (errorCode: 'ALREADY_ENABLED' | 'ENABLE_IN_PROGRESS' | 'BLOCKED_BY_ORGANIZATION_POLICY') => ({
  accounts: [],
  failedAccounts: [{ accountId: '111111111111', errorCode, errorMessage: `because ${errorCode}` }],
});

test.each(['ALREADY_ENABLED', 'ENABLE_IN_PROGRESS'] as const)('%s is no failure', async (code) => {
  inspector.on(EnableCommand).resolves(failing(code));
  await handler(event('Create'));
  expect(answer()).toMatchObject({ Status: 'SUCCESS' });
});

test('says which account is not enabled and why', async () => {
  inspector.on(EnableCommand).resolves(failing('BLOCKED_BY_ORGANIZATION_POLICY'));
  await handler(event('Create'));
  expect(answer()).toMatchObject({
    Status: 'FAILED',
    Reason: 'Inspector is not enabled in 111111111111: because BLOCKED_BY_ORGANIZATION_POLICY',
  });
});

test('says what AWS refuses', async () => {
  inspector.on(EnableCommand).rejects(new Error('not authorized'));
  await handler(event('Create'));
  expect(answer()).toMatchObject({ Status: 'FAILED', Reason: 'not authorized' });
});

test('fails itself when its answer does not arrive, and is tried again by Lambda', async () => {
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 503 }));
  await expect(handler(event('Create'))).rejects.toThrow('CloudFormation took no answer: 503');
});
