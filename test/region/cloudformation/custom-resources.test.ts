import fs from 'node:fs';
import path from 'node:path';
import { Region } from '../../../region/region';
import { atEnd, temporaryFolder } from '../../support/folder';

jest.setTimeout(60_000);

/** Answers as its resource's property Answer says, by the type of the request; `silent` is no answer. */
const HANDLER = `
  const fs = require('node:fs');
  const https = require('node:https');
  exports.handler = (event, context, callback) => {
    const request = event.Records ? JSON.parse(event.Records[0].Sns.Message) : event;
    fs.appendFileSync(process.env.REQUESTS, JSON.stringify(request) + '\\n');
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = 'thing-1' } = request;
    const { [request.RequestType]: own } = JSON.parse(request.ResourceProperties.Answer ?? '{}');
    if (own === 'silent') return callback();
    const answer = { Status: 'SUCCESS', StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...own };
    const body = typeof own === 'string' ? own : JSON.stringify(answer);
    const { hostname, pathname, search } = new URL(request.ResponseURL);
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const put = https.request({ hostname, port: 443, path: pathname + search, method: 'PUT', headers }, (response) => {
      response.resume();
      callback(response.statusCode === 200 ? undefined : new Error('answered ' + response.statusCode));
    });
    put.end(body);
  };`;

let region: Region;
let folder: string;
let functionArn: string;

beforeAll(async () => {
  folder = temporaryFolder('custom');
  region = await Region.start({ folder: path.join(folder, 'region') });
  atEnd(() => region.stop());
  await call('CreateStack', {
    StackName: 'provider',
    TemplateBody: JSON.stringify({
      Resources: {
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: HANDLER },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Role: 'arn:aws:iam::111111111111:role/any',
            Environment: { Variables: { REQUESTS: path.join(folder, 'requests') } },
          },
        },
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Function', 'Arn'] } } },
    }),
  });
  functionArn = (await region.home.service('cloudformation').finished('provider')).Outputs![0]!.OutputValue!;
});

const call = async (operation: string, input: object): Promise<any> =>
  region.home.service('cloudformation').operations[operation]!(input);

/** A stack of one custom resource, in a region that it shares with the others. */
function stack(StackName: string) {
  const requestsPath = path.join(folder, 'requests');
  return {
    async deploy(
      properties: object,
      answer: object = {},
      more: { Outputs?: object; Resources?: object } = {},
    ) {
      const exists = await call('DescribeStacks', { StackName }).then(
        () => true,
        () => false,
      );
      const Thing = {
        Type: 'Custom::Thing',
        Properties: { ServiceToken: functionArn, ...properties, Answer: JSON.stringify(answer) },
      };
      const Resources = { Thing, ...more.Resources };
      await call(exists ? 'UpdateStack' : 'CreateStack', {
        StackName,
        TemplateBody: JSON.stringify({ Resources, Outputs: more.Outputs }),
      });
      return region.home.service('cloudformation').finished(StackName);
    },
    async delete() {
      const { StackId } = (await call('DescribeStacks', { StackName })).Stacks[0];
      await call('DeleteStack', { StackName });
      return region.home.service('cloudformation').finished(StackId);
    },
    /** The requests of this stack, oldest first, without what differs every time. */
    requests(): any[] {
      return fs
        .readFileSync(requestsPath, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ StackId }) => StackId.includes(`:stack/${StackName}/`));
    },
    async events(): Promise<{ event: string; reason?: string; properties?: string }[]> {
      const { StackEvents } = await call('DescribeStackEvents', { StackName });
      return StackEvents.reverse().map((event: any) => ({
        event: `${event.LogicalResourceId} ${event.PhysicalResourceId} ${event.ResourceStatus}`,
        reason: event.ResourceStatusReason,
        properties: event.ResourceProperties,
      }));
    },
  };
}

const types = (requests: any[]) =>
  requests.map(({ RequestType, PhysicalResourceId }) => `${RequestType} ${PhysicalResourceId}`);

test('is created by its provider, whose answer is what Ref and GetAtt return', async () => {
  const { deploy, requests } = stack('created');
  const made = await deploy(
    { Size: 3, Nested: { On: true, List: [1, 'two'] } },
    { Create: { PhysicalResourceId: 'thing-7', Data: { Color: 'green', 'Parameter.Value': 'deep' } } },
    {
      Outputs: {
        Ref: { Value: { Ref: 'Thing' } },
        Color: { Value: { 'Fn::GetAtt': ['Thing', 'Color'] } },
        Deep: { Value: { 'Fn::GetAtt': ['Thing', 'Parameter.Value'] } },
      },
    },
  );
  expect(made.StackStatus).toBe('CREATE_COMPLETE');
  expect(made.Outputs!.map(({ OutputValue }) => OutputValue)).toEqual(['thing-7', 'green', 'deep']);
  expect(requests()).toEqual([
    {
      RequestType: 'Create',
      ServiceToken: functionArn,
      ResponseURL: expect.stringMatching(
        `^${region.endpoint}/custom-resource-response/111111111111/us-east-1/`,
      ),
      StackId: made.StackId,
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      LogicalResourceId: 'Thing',
      ResourceType: 'Custom::Thing',
      // Numbers and booleans are text by then.
      ResourceProperties: {
        ServiceToken: functionArn,
        Size: '3',
        Nested: { On: 'true', List: ['1', 'two'] },
        Answer: expect.any(String),
      },
    },
  ]);
});

test('is asked again only when its properties change, and told the old ones', async () => {
  const { deploy, requests } = stack('updated');
  await deploy({ Size: 1 });
  await deploy({ Size: 1 }, {}, { Outputs: { More: { Value: 'x' } } });
  expect((await deploy({ Size: 2 })).StackStatus).toBe('UPDATE_COMPLETE');
  expect(types(requests())).toEqual(['Create undefined', 'Update thing-1']);
  expect(requests()[1]).toMatchObject({
    ResourceProperties: { Size: '2' },
    OldResourceProperties: { ServiceToken: functionArn, Size: '1' },
  });
});

test('another physical id replaces it: the old one is deleted in the clean-up', async () => {
  const { deploy, requests, events } = stack('replaced');
  await deploy({ Size: 1 });
  await deploy({ Size: 2 }, { Update: { PhysicalResourceId: 'thing-2' } });
  expect(types(requests())).toEqual(['Create undefined', 'Update thing-1', 'Delete thing-1']);
  expect(requests()[2]).toMatchObject({ ResourceProperties: { Size: '1' } });
  const said = (await events()).map(({ event }) => event);
  const cleanUp = said.findIndex((event) => event.endsWith('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
  expect(said.slice(cleanUp - 1, -1).filter((event) => event.startsWith('Thing'))).toEqual([
    'Thing thing-2 UPDATE_COMPLETE',
    'Thing thing-1 DELETE_IN_PROGRESS',
    'Thing thing-1 DELETE_COMPLETE',
  ]);
});

test('a failed creation rolls back with its reason, and deletes what the answer names', async () => {
  const { deploy, requests, events } = stack('failed');
  const made = await deploy(
    {},
    { Create: { Status: 'FAILED', Reason: 'no room', PhysicalResourceId: 'half-made' } },
  );
  expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(types(requests())).toEqual(['Create undefined', 'Delete half-made']);
  const failed = (await events()).find(({ event }) => event === 'Thing half-made CREATE_FAILED');
  expect(failed!.reason).toMatch(
    /^Received response status \[FAILED\] from custom resource\. Message returned: no room \(RequestId: [0-9a-f-]{36}\)$/,
  );
});

test('a failed update is rolled back by another, with the old properties', async () => {
  const { deploy, requests } = stack('taken-back');
  await deploy({ Size: 1 });
  const updated = await deploy({ Size: 2 }, { Update: { Status: 'FAILED', Reason: 'no room' } });
  expect(updated.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const [, tried, back] = requests();
  expect(types(requests())).toEqual(['Create undefined', 'Update thing-1', 'Update thing-1']);
  expect([tried, back].map(({ ResourceProperties }) => ResourceProperties.Size)).toEqual(['2', '1']);
  expect(back.OldResourceProperties).toMatchObject({ Size: '2' });
});

test('a provider that does not answer in the ServiceTimeout has failed', async () => {
  const { deploy, requests, events } = stack('silent');
  const made = await deploy({ ServiceTimeout: 1 }, { Create: 'silent' });
  expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
  const [created, deleted] = requests();
  expect(deleted).toMatchObject({
    RequestType: 'Delete',
    PhysicalResourceId: expect.stringMatching(/^silent-Thing-/),
  });
  expect((await events()).map(({ reason }) => reason)).toContain(
    `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${created.RequestId}].`,
  );
});

test('is deleted by its provider; one that cannot be stays, and so does its stack', async () => {
  const kept = stack('kept');
  await kept.deploy({}, { Delete: { Status: 'FAILED', Reason: 'still in use' } });
  expect((await kept.delete()).StackStatus).toBe('DELETE_FAILED');
  const gone = stack('gone');
  await gone.deploy({});
  expect((await gone.delete()).StackStatus).toBe('DELETE_COMPLETE');
  expect(types(gone.requests())).toEqual(['Create undefined', 'Delete thing-1']);
});

test('what it keeps to itself is masked, but in outputs', async () => {
  const { deploy, events } = stack('secret');
  const Secret = { 'Fn::GetAtt': ['Thing', 'Secret'] };
  const Parameter = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: Secret } };
  const made = await deploy(
    {},
    { Create: { NoEcho: true, Data: { Secret: 'qu"een' } } },
    { Resources: { Parameter }, Outputs: { Secret: { Value: Secret } } },
  );
  expect(made.Outputs![0]!.OutputValue).toBe('qu"een');
  const shown = (await events()).filter(({ event }) => event.startsWith('Parameter'));
  expect(shown.map(({ properties }) => JSON.parse(properties!).Value)).toEqual(['*****', '*****']);
});

test.each([
  ['no JSON', 'no JSON', 'it is not JSON'],
  ['another request', { RequestId: '1' }, 'RequestId is 1; it has to be that of the request'],
  ['no such status', { Status: 'DONE' }, 'Status is DONE; allowed are SUCCESS and FAILED'],
  ['no reason', { Status: 'FAILED' }, 'Reason is missing, which a failure needs'],
  ['no physical id', { PhysicalResourceId: '' }, 'PhysicalResourceId is missing'],
  ['more than 4 KB', { Data: { Long: 'x'.repeat(4096) } }, 'Response object is too long.'],
])('an answer with %s fails', async (name, Create, reason) => {
  const { deploy, events } = stack(`answer-${name.replaceAll(' ', '-')}`);
  const made = await deploy({}, { Create });
  expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await events()).map((event) => event.reason).join('\n')).toContain(reason);
});

test.each([
  ['nothing', 'is no function and no topic'],
  ['arn:aws:sqs:us-east-1:111111111111:queue', 'is no function and no topic'],
  ['arn:aws:lambda:eu-west-1:111111111111:function:f', 'is not in us-east-1, the region of its stack'],
  ['arn:aws:lambda:us-east-1:111111111111:function:none', 'Function not found'],
])('the service token %s fails', async (ServiceToken, reason) => {
  const { deploy, events } = stack(`token-${ServiceToken.replace(/\W/g, '-')}`);
  expect((await deploy({ ServiceToken })).StackStatus).toBe('ROLLBACK_FAILED');
  expect((await events()).map((event) => event.reason).join('\n')).toContain(reason);
});

test('its provider cannot be changed', async () => {
  const { deploy, events } = stack('moved');
  await deploy({});
  const moved = await deploy({ ServiceToken: `${functionArn}:1` });
  expect(moved.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await events()).map(({ reason }) => reason)).toContain('Modifying service token is not allowed.');
});

test('can be provided by whoever a topic reaches', async () => {
  const sns = region.home.service('sns').operations;
  const { TopicArn } = (await sns.CreateTopic!({ Name: 'providers' })) as { TopicArn: string };
  await sns.Subscribe!({ TopicArn, Protocol: 'lambda', Endpoint: functionArn });
  const { deploy, requests } = stack('by-topic');
  expect((await deploy({ ServiceToken: TopicArn })).StackStatus).toBe('CREATE_COMPLETE');
  expect(types(requests())).toEqual(['Create undefined']);
});

test('can be provided by code in the template, with the module that Lambda puts beside it', async () => {
  const inline = `const response = require('cfn-response');
    exports.handler = (event, context) => response.send(event, context, response.SUCCESS, { Color: 'red' }, 'inline');`;
  const Provider = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: inline },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::111111111111:role/any',
    },
  };
  const made = await stack('inline').deploy(
    { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] } },
    {},
    { Resources: { Provider }, Outputs: { Color: { Value: { 'Fn::GetAtt': ['Thing', 'Color'] } } } },
  );
  expect(made.Outputs?.map(({ OutputValue }) => OutputValue)).toEqual(['red']);
});

test('a stranger cannot answer, and a second answer makes no difference', async () => {
  const { deploy, requests } = stack('once');
  await deploy({});
  const [{ ResponseURL }] = requests();
  const put = (url: string) => fetch(url, { method: 'PUT', body: '{}' }).then(({ status }) => status);
  expect(await put(ResponseURL.replace(/.{4}$/, '0000'))).toBe(403);
  expect(await put(ResponseURL)).toBe(200);
});
