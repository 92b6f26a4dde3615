import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  GetBucketLocationCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  AwsJson1_0Protocol,
  AwsQueryProtocol,
  AwsSmithyRpcV2CborProtocol,
  AwsSmithyRpcV2JsonProtocol,
} from '@aws-sdk/core/protocols';
import { AwsError, type Operation } from '../../../region/service';
import { Played } from './played';

const started: Played[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ gateway }) => gateway.close()));
});

async function play(operations: Record<string, Operation>): Promise<Played> {
  const played = await new Played(operations).start();
  started.push(played);
  return played;
}

const DATE = new Date('2026-01-02T03:04:05Z');

describe('AWS JSON', () => {
  test('carries structures, timestamps and enumerations both ways', async () => {
    const played = await play({
      CreateDeployment: () => ({ deploymentId: 'd-1' }),
      GetDeployment: () => ({ deploymentInfo: { deploymentId: 'd-1', createTime: DATE, status: 'Stopped' } }),
    });
    const client = new CodeDeployClient(played.client());
    const input = {
      applicationName: 'app',
      revision: { revisionType: 'S3', s3Location: { bucket: 'b', key: 'k', bundleType: 'zip' } },
      targetInstances: { tagFilters: [{ Key: 'a', Value: 'b', Type: 'KEY_AND_VALUE' }] },
    } as const;
    await expect(client.send(new CreateDeploymentCommand(input as any))).resolves.toMatchObject({
      deploymentId: 'd-1',
    });
    expect(played.last).toMatchObject({ service: 'codedeploy', scope: '111111111111/us-east-1', input });
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: 'd-1' }));
    expect(deploymentInfo).toEqual({ deploymentId: 'd-1', createTime: DATE, status: 'Stopped' });
  });

  test('a modelled error is the one that the SDK declares', async () => {
    const played = await play({
      GetDeployment: () => {
        throw new AwsError('DeploymentDoesNotExistException', 'no d-2');
      },
    });
    const client = new CodeDeployClient(played.client());
    const failed = await client
      .send(new GetDeploymentCommand({ deploymentId: 'd-2' }))
      .catch((error) => error);
    expect(failed.constructor.name).toBe('DeploymentDoesNotExistException');
    expect(failed).toMatchObject({ message: 'no d-2', $metadata: { httpStatusCode: 400 } });
  });
});

describe('AWS Query', () => {
  test('reads lists and structures from the form and answers in XML', async () => {
    const played = await play({
      AssumeRole: () => ({ AssumedRoleUser: { Arn: 'arn:x', AssumedRoleId: 'AROA:y' }, PackedPolicySize: 7 }),
    });
    const input = {
      RoleArn: 'arn:aws:iam::111111111111:role/r',
      RoleSessionName: 'session',
      DurationSeconds: 900,
      Tags: [
        { Key: 'a&b', Value: '1 2' },
        { Key: 'ü', Value: '=' },
      ],
      PolicyArns: [{ arn: 'arn:p' }],
    };
    const output = await new STSClient(played.client()).send(new AssumeRoleCommand(input));
    expect(played.last.input).toEqual(input);
    expect(output).toMatchObject({ AssumedRoleUser: { Arn: 'arn:x' }, PackedPolicySize: 7 });
    expect(output.$metadata.requestId).toBe(played.last.call!.requestId);
  });

  test('an error by its shape goes out by its code and status', async () => {
    const played = await play({
      AssumeRole: () => {
        throw new AwsError('PackedPolicyTooLargeException', 'too large <&>');
      },
    });
    const input = { RoleArn: 'arn:aws:iam::111111111111:role/r', RoleSessionName: 'session' };
    const failed = await new STSClient(played.client())
      .send(new AssumeRoleCommand(input))
      .catch((error) => error);
    expect(failed).toMatchObject({
      name: 'PackedPolicyTooLargeException',
      Code: 'PackedPolicyTooLarge',
      message: 'too large <&>',
    });
  });
});

describe('EC2 Query', () => {
  test('reads its flat lists and answers with item elements', async () => {
    const played = await play({
      DescribeInstances: () => ({
        Reservations: [
          { Instances: [{ InstanceId: 'i-1', State: { Name: 'running', Code: 16 }, LaunchTime: DATE }] },
        ],
      }),
    });
    const input = {
      InstanceIds: ['i-1', 'i-2'],
      Filters: [{ Name: 'tag:a', Values: ['x', 'y'] }],
      MaxResults: 5,
    };
    const output = await new EC2Client(played.client()).send(new DescribeInstancesCommand(input));
    expect(played.last.input).toEqual(input);
    expect(output.Reservations![0].Instances).toEqual([
      { InstanceId: 'i-1', State: { Name: 'running', Code: 16 }, LaunchTime: DATE },
    ]);
  });

  test('errors', async () => {
    const played = await play({
      DescribeVpcs: () => {
        throw new AwsError('InvalidVpcID.NotFound', 'The vpc ID does not exist');
      },
    });
    const sent = new EC2Client(played.client()).send(new DescribeVpcsCommand({ VpcIds: ['vpc-1'] }));
    await expect(sent).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
      message: 'The vpc ID does not exist',
    });
  });
});

describe('REST JSON', () => {
  test('labels, query, headers, payload and status', async () => {
    const played = await play({
      Invoke: () => ({ StatusCode: 202, Payload: Buffer.from('{"ok":true}'), FunctionError: 'Unhandled' }),
    });
    const client = new LambdaClient(played.client());
    const input = {
      FunctionName: 'f',
      Qualifier: '$LATEST',
      InvocationType: 'Event',
      Payload: Buffer.from('{}'),
    } as const;
    const output = await client.send(new InvokeCommand(input));
    expect(played.last.input).toMatchObject({
      FunctionName: 'f',
      Qualifier: '$LATEST',
      InvocationType: 'Event',
    });
    expect(Buffer.from(played.last.input.Payload).toString()).toBe('{}');
    expect(output).toMatchObject({ StatusCode: 202, FunctionError: 'Unhandled' });
    expect(output.Payload!.transformToString()).toBe('{"ok":true}');
  });

  test('an error has the status of its model', async () => {
    const played = await play({
      Invoke: () => {
        throw new AwsError('ResourceNotFoundException', 'no f');
      },
    });
    const failed = await new LambdaClient(played.client())
      .send(new InvokeCommand({ FunctionName: 'f' }))
      .catch((e) => e);
    expect(failed).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'no f',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('REST XML', () => {
  test('keys, user metadata and a streamed body', async () => {
    const played = await play({
      PutObject: () => ({ ETag: '"e"', VersionId: 'v' }),
      GetObject: () => ({
        Body: Buffer.from('body'),
        ContentLength: 4,
        Metadata: { a: 'b' },
        LastModified: DATE,
      }),
    });
    const client = new S3Client(played.client());
    const put = {
      Bucket: 'bucket',
      Key: 'a/ü &+.txt',
      Body: 'body',
      Metadata: { a: 'b' },
      ContentType: 'text/plain',
    };
    await expect(client.send(new PutObjectCommand(put))).resolves.toMatchObject({
      ETag: '"e"',
      VersionId: 'v',
    });
    expect(played.last.input).toMatchObject({ ...put, Body: Buffer.from('body') });
    const got = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k', VersionId: 'v' }));
    expect(played.last.input).toEqual({
      Bucket: 'bucket',
      Key: 'k',
      VersionId: 'v',
      ChecksumMode: 'ENABLED',
    });
    expect(got).toMatchObject({ Metadata: { a: 'b' }, LastModified: DATE });
    await expect(got.Body!.transformToString()).resolves.toBe('body');
  });

  test('lists, and the bare text of a bucket location', async () => {
    const played = await play({
      ListObjectsV2: () => ({ Contents: [{ Key: 'k', Size: 3, LastModified: DATE }], IsTruncated: false }),
      GetBucketLocation: () => ({ LocationConstraint: 'eu-west-1' }),
    });
    const client = new S3Client(played.client());
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'p', MaxKeys: 2 }));
    expect(played.last.input).toEqual({ Bucket: 'bucket', Prefix: 'p', MaxKeys: 2 });
    expect(listed.Contents).toEqual([{ Key: 'k', Size: 3, LastModified: DATE }]);
    const location = await client.send(new GetBucketLocationCommand({ Bucket: 'bucket' }));
    expect(location.LocationConstraint).toBe('eu-west-1');
  });

  test('errors', async () => {
    const played = await play({
      GetObject: () => {
        throw new AwsError('NoSuchKey', 'no k', 404);
      },
    });
    const got = new S3Client(played.client()).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
    await expect(got).rejects.toMatchObject({
      name: 'NoSuchKey',
      message: 'no k',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

/** CloudWatch is spoken to in four protocols: the request says which. */
describe.each([
  ['AWS JSON 1.0', AwsJson1_0Protocol],
  ['query', AwsQueryProtocol],
  ['Smithy RPC v2 CBOR', AwsSmithyRpcV2CborProtocol],
  ['Smithy RPC v2 JSON', AwsSmithyRpcV2JsonProtocol],
])('CloudWatch in %s', (_name, protocol) => {
  const clientOf = (played: Played) =>
    new CloudWatchClient({ ...played.client(), protocol: protocol as any });

  test('numbers, timestamps and lists', async () => {
    const alarm = { AlarmName: 'a', Threshold: 0.5, EvaluationPeriods: 3, StateUpdatedTimestamp: DATE };
    const played = await play({
      PutMetricData: () => undefined,
      DescribeAlarms: () => ({ MetricAlarms: [alarm], CompositeAlarms: [] }),
    });
    const input = {
      Namespace: 'N',
      MetricData: [
        { MetricName: 'm', Value: 1.25, Timestamp: DATE, Dimensions: [{ Name: 'd', Value: 'v' }] },
      ],
    };
    await clientOf(played).send(new PutMetricDataCommand(input));
    expect(played.last).toMatchObject({ service: 'cloudwatch', input });
    const { MetricAlarms } = await clientOf(played).send(new DescribeAlarmsCommand({ AlarmNames: ['a'] }));
    expect(MetricAlarms).toEqual([alarm]);
  });

  test('errors', async () => {
    const played = await play({
      DescribeAlarms: () => {
        throw new AwsError('InvalidNextToken', 'not that one');
      },
    });
    const sent = clientOf(played).send(new DescribeAlarmsCommand({ NextToken: 'x' }));
    await expect(sent).rejects.toMatchObject({ name: 'InvalidNextToken', message: 'not that one' });
  });
});

describe('operations', () => {
  test('one that is not played says so, to the client and in the journal', async () => {
    const played = await play({});
    const sent = new LambdaClient(played.client()).send(new ListFunctionsCommand({}));
    await expect(sent).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The rehearsal region does not play lambda:ListFunctions.',
    });
    expect(played.journal.entries().map(({ type, subject }) => [type, subject])).toEqual([
      ['OperationNotPlayed', 'ListFunctions'],
    ]);
  });

  test('one that AWS does not have is answered as AWS answers', async () => {
    const played = await play({});
    const command = new GetCallerIdentityCommand({});
    command.middlewareStack.add(
      (next) => (args: any) => {
        args.request.body = args.request.body.replace('GetCallerIdentity', 'GetCallerDocument');
        return next(args);
      },
      { step: 'build' },
    );
    await expect(new STSClient(played.client()).send(command)).rejects.toMatchObject({
      name: 'InvalidAction',
    });
  });

  test('a member that the model requires is asked for, by the service’s own error where it has one', async () => {
    const played = await play({
      GetDeployment: () => ({}),
      AssumeRole: () => ({}),
      DescribeVpcs: () => ({}),
    });
    const deployment = new CodeDeployClient(played.client()).send(new GetDeploymentCommand({} as any));
    await expect(deployment).rejects.toMatchObject({ name: 'DeploymentIdRequiredException' });
    const role = new STSClient(played.client()).send(new AssumeRoleCommand({ RoleArn: 'r' } as any));
    await expect(role).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("Value null at 'RoleSessionName'"),
    });
    expect(played.calls).toEqual([]);
  });

  test('a URI that cannot be decoded is refused, and the gateway goes on', async () => {
    const played = await play({});
    const status = async (path: string) => (await fetch(`${played.gateway.url}${path}`)).status;
    await expect(status('/%E0%A4%A')).resolves.toBe(400);
    await expect(status('/?a=%E0%A4%A')).resolves.toBe(400);
    await expect(status('/')).resolves.toBe(403);
  });

  test('what breaks inside is an InternalFailure, told in the journal', async () => {
    const played = await play({
      GetDeployment: () => {
        throw new TypeError('broken');
      },
    });
    const sent = new CodeDeployClient(played.client()).send(new GetDeploymentCommand({ deploymentId: 'd' }));
    await expect(sent).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(played.journal.entries()).toMatchObject([
      { type: 'InternalFailure', message: 'codedeploy: broken' },
    ]);
  });

  test('account comes from the key, region from the signature', async () => {
    const played = await play({ GetCallerIdentity: () => ({}) });
    const key = played.keys.issue('222222222222', 'arn:aws:iam::222222222222:role/path/r', {
      sessionName: 's',
    });
    await new STSClient(played.client(key, 'eu-west-1')).send(new GetCallerIdentityCommand({}));
    expect(played.last.scope).toBe('222222222222/eu-west-1');
    expect(played.last.call!.principalArn).toBe('arn:aws:sts::222222222222:assumed-role/r/s');
  });
});
