import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CodePipelineClient,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { CodePipelineEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/bake/handler';
import 'aws-sdk-client-mock-jest';

const codepipeline = mockClient(CodePipelineClient);
const cloudwatch = mockClient(CloudWatchClient);
const sts = mockClient(STSClient);

const START = Date.UTC(2026, 0, 1, 12);
const minutes = (count: number) => count * 60_000;

beforeAll(() => {
  process.env.AWS_REGION = 'us-east-1';
});

beforeEach(() => {
  for (const mock of [codepipeline, cloudwatch, sts]) mock.reset();
  jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  jest.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('while no alarm is off', () => {
  beforeEach(() => alarms({ errors: 'OK', latency: 'INSUFFICIENT_DATA' }));

  test('the first invocation asks to be invoked again and remembers when the bake began', async () => {
    await handler(job({ alarms: ['errors', 'latency'], minutes: 10 }));

    expect(codepipeline).toHaveReceivedCommandWith(PutJobSuccessResultCommand, {
      jobId: 'job',
      continuationToken: String(START),
      executionDetails: { percentComplete: 0, summary: 'None of 2 alarms in ALARM for 0 of 10 minutes' },
    });
    expect(codepipeline).not.toHaveReceivedCommand(PutJobFailureResultCommand);
  });

  test('a later invocation keeps the beginning, whatever the time', async () => {
    jest.setSystemTime(START + minutes(9.99));
    await handler(job({ alarms: ['errors'], minutes: 10 }, String(START)));

    expect(codepipeline).toHaveReceivedCommandWith(PutJobSuccessResultCommand, {
      continuationToken: String(START),
      executionDetails: { percentComplete: 99, summary: 'None of 1 alarms in ALARM for 9 of 10 minutes' },
    });
  });

  test('the release goes on once the bake time is over', async () => {
    jest.setSystemTime(START + minutes(10));
    await handler(job({ alarms: ['errors'], minutes: 10 }, String(START)));

    const [call] = codepipeline.commandCalls(PutJobSuccessResultCommand);
    expect(call.args[0].input).toEqual({
      jobId: 'job',
      executionDetails: { percentComplete: 100, summary: 'None of 1 alarms in ALARM for 10 minutes' },
    });
  });

  test('the alarms are read in the region and with the role they need', async () => {
    sts.on(AssumeRoleCommand).resolves({
      Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: new Date() },
    });
    await handler(
      job({ alarms: ['errors'], minutes: 1, region: 'eu-west-1', roleArn: 'arn:aws:iam::1:role/r' }),
    );

    expect(sts).toHaveReceivedCommandWith(AssumeRoleCommand, { RoleArn: 'arn:aws:iam::1:role/r' });
    const client = cloudwatch.commandCalls(DescribeAlarmsCommand)[0].thisValue as CloudWatchClient;
    expect(await client.config.region()).toBe('eu-west-1');
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'A', sessionToken: 'T' });
  });
});

test('without alarms the bake is a wait, and says so', async () => {
  await handler(job({ alarms: [], minutes: 0 }));

  expect(cloudwatch).not.toHaveReceivedAnyCommand();
  expect(codepipeline).toHaveReceivedCommandWith(PutJobSuccessResultCommand, {
    executionDetails: { percentComplete: 100, summary: 'None of 0 alarms in ALARM for 0 minutes' },
  });
});

describe('the release is refused', () => {
  test('with the name of the alarm and its reason, on the first look and on the last', async () => {
    alarms({ errors: 'ALARM', latency: 'OK' });
    await handler(job({ alarms: ['errors', 'latency'], minutes: 10 }));
    jest.setSystemTime(START + minutes(10));
    await handler(job({ alarms: ['errors', 'latency'], minutes: 10 }, String(START)));

    expect(codepipeline).toHaveReceivedCommandTimes(PutJobFailureResultCommand, 2);
    expect(failure()).toBe('Alarm errors is in ALARM: errors crossed its threshold');
    expect(codepipeline).not.toHaveReceivedCommand(PutJobSuccessResultCommand);
  });

  test('by a composite alarm on a later page', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK' }], NextToken: 'more' })
      .resolvesOnce({ CompositeAlarms: [{ AlarmName: 'any', StateValue: 'ALARM', StateReason: 'errors' }] });
    await handler(job({ alarms: ['errors', 'any'], minutes: 10 }));

    expect(failure()).toBe('Alarm any is in ALARM: errors');
    expect(cloudwatch).toHaveReceivedNthCommandWith(1, DescribeAlarmsCommand, {
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    });
  });

  test('when an alarm does not exist', async () => {
    alarms({ errors: 'OK' });
    await handler(job({ alarms: ['errors', 'latency'], minutes: 10 }));

    expect(failure()).toBe('Alarm latency does not exist');
  });

  test('when the alarms cannot be read', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand)
      .rejects(new Error('not authorized to perform cloudwatch:DescribeAlarms'));
    await handler(job({ alarms: ['errors'], minutes: 10 }));

    expect(failure()).toBe('not authorized to perform cloudwatch:DescribeAlarms');
  });

  test.each([
    [undefined, 'The action has no user parameters; expected JSON with "alarms" and "minutes"'],
    ['{', /^The user parameters are not JSON: /],
    ['null', 'User parameter "alarms": found nothing, allowed is a list of at most 100 alarm names'],
    [
      '{"alarms":[""],"minutes":1}',
      'User parameter "alarms": found [""], allowed is a list of at most 100 alarm names',
    ],
    ['{"alarms":["a"],"minutes":"5"}', 'User parameter "minutes": found "5", allowed is a number from 0'],
    ['{"alarms":["a"],"minutes":-1}', 'User parameter "minutes": found -1, allowed is a number from 0'],
    ['{"alarms":["a"],"minutes":1,"region":3}', 'User parameter "region": found 3, allowed is a string'],
  ])('when the user parameters are %s', async (text, message) => {
    await handler(job(text));

    expect(failure()).toMatch(message);
    expect(cloudwatch).not.toHaveReceivedAnyCommand();
  });
});

describe('answering', () => {
  beforeEach(() => alarms({ errors: 'OK' }));

  test('a job that has its answer already is left alone: events arrive at least once', async () => {
    const answered = new InvalidJobStateException({ message: 'already done', $metadata: {} });
    codepipeline.on(PutJobSuccessResultCommand).rejects(answered);

    await expect(handler(job({ alarms: ['errors'], minutes: 0 }))).resolves.toBeUndefined();
  });

  test('any other error fails the invocation, so that Lambda tries again', async () => {
    codepipeline.on(PutJobSuccessResultCommand).rejects(new Error('throttled'));

    await expect(handler(job({ alarms: ['errors'], minutes: 0 }))).rejects.toThrow('throttled');
  });
});

function alarms(states: Record<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>): void {
  cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => ({
    MetricAlarms: Object.entries(states)
      .filter(([name]) => AlarmNames.includes(name))
      .map(([name, state]) => ({
        AlarmName: name,
        StateValue: state,
        StateReason: `${name} crossed its threshold`,
      })),
  }));
}

function failure(): string | undefined {
  return codepipeline.commandCalls(PutJobFailureResultCommand).at(-1)?.args[0].input.failureDetails?.message;
}

function job(parameters: object | string | undefined, continuationToken?: string): CodePipelineEvent {
  const UserParameters = typeof parameters === 'object' ? JSON.stringify(parameters) : parameters!;
  return {
    'CodePipeline.job': {
      id: 'job',
      accountId: '111111111111',
      data: {
        actionConfiguration: { configuration: { FunctionName: 'bake', UserParameters } },
        inputArtifacts: [],
        outputArtifacts: [],
        artifactCredentials: { accessKeyId: 'A', secretAccessKey: 'S' },
        continuationToken,
      },
    },
  };
}
