import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/bake/handler';
import type { BakeParameters } from '../../../lambda/bake/parameters';
import { codepipeline, failure, job } from '../job';
import 'aws-sdk-client-mock-jest';

const cloudwatch = mockClient(CloudWatchClient);
const sts = mockClient(STSClient);

/** In the middle of a minute, as most bakes begin. */
const START = Date.UTC(2026, 0, 1, 12, 0, 30);
const minutes = (count: number) => count * 60_000;

/** Ten minutes of bake, without a minimum of requests. */
const BAKE: BakeParameters = {
  alarms: ['errors', 'latency'],
  minutes: 10,
  minimumRequests: 0,
  limitMinutes: 60,
  traffic: { loadBalancer: 'app/lb/1', targetGroup: 'targetgroup/tg/2' },
};

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
  beforeEach(() => {
    alarms({ errors: 'OK', latency: 'INSUFFICIENT_DATA' });
    requests(100, 20);
  });

  test('the first invocation asks to be invoked again and remembers when the bake began', async () => {
    await handler(job(BAKE));

    expect(codepipeline).toHaveReceivedCommandWith(PutJobSuccessResultCommand, {
      jobId: 'job',
      continuationToken: String(START),
      executionDetails: {
        percentComplete: 0,
        summary: 'None of 2 alarms went off in 0 of 10 minutes; 0 requests',
      },
    });
    expect(codepipeline).not.toHaveReceivedCommand(PutJobFailureResultCommand);
  });

  test('a later invocation keeps the beginning, whatever the time', async () => {
    await look(BAKE, 9.99);

    expect(codepipeline).toHaveReceivedCommandWith(PutJobSuccessResultCommand, {
      continuationToken: String(START),
      executionDetails: {
        percentComplete: 99,
        summary: 'None of 2 alarms went off in 9 of 10 minutes; 120 requests',
      },
    });
  });

  test('the release goes on once the bake time is over', async () => {
    await look(BAKE, 10);

    const [call] = codepipeline.commandCalls(PutJobSuccessResultCommand);
    expect(call.args[0].input).toEqual({
      jobId: 'job',
      executionDetails: {
        percentComplete: 100,
        summary: 'None of 2 alarms went off in 10 minutes; 120 requests',
      },
    });
  });

  test('an event that comes twice is answered the same, and its job takes one answer', async () => {
    await look(BAKE, 5);
    const [first] = answers();
    codepipeline
      .on(PutJobSuccessResultCommand)
      .rejects(new InvalidJobStateException({ message: 'already done', $metadata: {} }));

    await expect(look(BAKE, 5)).resolves.toBeUndefined();
    expect(answers()).toEqual([first, first]);
  });

  test('a retry of the action, which has no token, begins anew', async () => {
    jest.setSystemTime(START + minutes(20));
    await handler(job(BAKE));

    expect(answers()).toMatchObject([{ continuationToken: String(START + minutes(20)) }]);
  });

  test('alarms and metrics are read in the region and with the role they need', async () => {
    sts.on(AssumeRoleCommand).resolves({
      Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: new Date() },
    });
    await look({ ...BAKE, region: 'eu-west-1', roleArn: 'arn:aws:iam::1:role/r' }, 5);

    expect(sts).toHaveReceivedCommandWith(AssumeRoleCommand, { RoleArn: 'arn:aws:iam::1:role/r' });
    for (const { thisValue } of cloudwatch.calls()) {
      const client = thisValue as CloudWatchClient;
      expect(await client.config.region()).toBe('eu-west-1');
      expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'A', sessionToken: 'T' });
    }
    expect(cloudwatch.calls().length).toBeGreaterThanOrEqual(2);
  });
});

describe('requests', () => {
  beforeEach(() => alarms({ errors: 'OK', latency: 'OK' }));

  test('are those of the target group from the first whole minute of the bake on', async () => {
    requests(1);
    await look(BAKE, 5);

    expect(cloudwatch).toHaveReceivedCommandWith(GetMetricDataCommand, {
      StartTime: new Date(Date.UTC(2026, 0, 1, 12, 1)),
      EndTime: new Date(START + minutes(5)),
      MetricDataQueries: [
        {
          Id: 'requests',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'LoadBalancer', Value: 'app/lb/1' },
                { Name: 'TargetGroup', Value: 'targetgroup/tg/2' },
              ],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    });
  });

  test('without a minimum and without any, the release goes on, and the summary says what that is worth', async () => {
    requests();
    await look(BAKE, 10);

    expect(answers()[0].executionDetails?.summary).toBe(
      'None of 2 alarms went off in 10 minutes; no request: the alarms had nothing to judge by',
    );
  });

  const WITH_MINIMUM = { ...BAKE, minimumRequests: 500 };

  test('too few of them extend the bake past its minutes', async () => {
    requests(100, 20);
    await look(WITH_MINIMUM, 30);

    expect(answers()).toEqual([
      {
        jobId: 'job',
        continuationToken: String(START),
        executionDetails: {
          percentComplete: 24,
          summary: 'None of 2 alarms went off in 30 minutes, extended up to 60; 120 of 500 requests',
        },
      },
    ]);
  });

  test('enough of them before the minutes are over do not shorten it', async () => {
    requests(500);
    await look(WITH_MINIMUM, 9);

    expect(answers()).toMatchObject([
      { continuationToken: String(START), executionDetails: { percentComplete: 90 } },
    ]);
  });

  test('enough of them end an extended bake', async () => {
    requests(499, 1);
    await look(WITH_MINIMUM, 31);

    expect(answers()).toEqual([
      {
        jobId: 'job',
        executionDetails: {
          percentComplete: 100,
          summary: 'None of 2 alarms went off in 31 minutes; 500 requests',
        },
      },
    ]);
  });

  test('too few of them at the limit stop for a person, who is told how many are missing and what to do', async () => {
    requests(100, 20);
    await look(WITH_MINIMUM, 60);

    expect(failure()).toBe(
      'Too little traffic to judge by: 120 of 500 requests in 60 minutes, 380 are missing; no alarm went off. ' +
        'Wait for users or send requests, then retry the stage: the bake begins anew.',
    );
    expect(answers()).toEqual([]);
  });
});

test('without alarms the bake is a wait, and says so', async () => {
  await handler(job({ ...BAKE, alarms: [], minutes: 0 }));

  expect(cloudwatch).not.toHaveReceivedCommand(DescribeAlarmsCommand);
  expect(answers()).toMatchObject([
    { executionDetails: { summary: expect.stringMatching(/^None of 0 alarms/) } },
  ]);
});

describe('the release is refused', () => {
  beforeEach(() => requests(1000));

  test('with the name of the alarm and its reason, on the first look and on the last', async () => {
    alarms({ errors: 'ALARM', latency: 'OK' });
    await handler(job(BAKE));
    await look(BAKE, 10);

    expect(codepipeline).toHaveReceivedCommandTimes(PutJobFailureResultCommand, 2);
    expect(failure()).toBe('Alarm errors is in ALARM: errors crossed its threshold');
    expect(answers()).toEqual([]);
  });

  test('when an alarm went off between two looks, although it is OK again', async () => {
    alarms({ errors: 'OK', latency: 'OK' }, START + minutes(4));
    history('errors', ['OK', START + minutes(4)], ['ALARM', START + minutes(2)]);
    await look(BAKE, 5);

    expect(failure()).toBe(
      'Alarm errors is OK, but went into ALARM at 2026-01-01T12:02:30.000Z: errors is ALARM',
    );
    expect(cloudwatch).toHaveReceivedCommandWith(DescribeAlarmHistoryCommand, {
      AlarmName: 'errors',
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      StartDate: new Date(START),
    });
  });

  test('not when an alarm has turned OK in the bake without having been in ALARM', async () => {
    alarms({ errors: 'OK', latency: 'OK' }, START + minutes(4));
    history('errors', ['OK', START + minutes(4)], ['INSUFFICIENT_DATA', START + minutes(2)]);
    await look(BAKE, 5);

    expect(failure()).toBeUndefined();
  });

  test('by a composite alarm on a later page', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK' }], NextToken: 'more' })
      .resolvesOnce({ CompositeAlarms: [{ AlarmName: 'any', StateValue: 'ALARM', StateReason: 'errors' }] });
    await handler(job({ ...BAKE, alarms: ['errors', 'any'] }));

    expect(failure()).toBe('Alarm any is in ALARM: errors');
    expect(cloudwatch).toHaveReceivedNthCommandWith(1, DescribeAlarmsCommand, {
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    });
  });

  test('when an alarm does not exist', async () => {
    alarms({ errors: 'OK' });
    await handler(job(BAKE));

    expect(failure()).toBe('Alarm latency does not exist');
  });

  test.each([DescribeAlarmsCommand, GetMetricDataCommand])('when %p is not allowed', async (command) => {
    alarms({ errors: 'OK', latency: 'OK' });
    cloudwatch.on(command as typeof DescribeAlarmsCommand).rejects(new Error('not authorized'));
    await look(BAKE, 5);

    expect(failure()).toBe('not authorized');
  });

  const allowed = 'a list of at most 100 alarm names';
  test.each<[string | object | undefined, string | RegExp]>([
    [undefined, 'There are no user parameters; expected is JSON'],
    ['{', /^The user parameters are not JSON: /],
    ['null', `User parameter "alarms": found nothing, allowed is ${allowed}`],
    [{ ...BAKE, alarms: [''] }, `User parameter "alarms": found [""], allowed is ${allowed}`],
    [{ ...BAKE, minutes: '5' }, 'User parameter "minutes": found "5", allowed is a number from 0'],
    [{ ...BAKE, minutes: -1 }, 'User parameter "minutes": found -1, allowed is a number from 0'],
    [
      { ...BAKE, limitMinutes: 9 },
      'User parameter "limitMinutes": found 9, allowed is a number no smaller than minutes',
    ],
    [
      { ...BAKE, minimumRequests: -1 },
      'User parameter "minimumRequests": found -1, allowed is a number from 0',
    ],
    [
      { ...BAKE, traffic: {} },
      'User parameter "traffic.loadBalancer": found nothing, allowed is the full name of one',
    ],
    [{ ...BAKE, region: 3 }, 'User parameter "region": found 3, allowed is a string'],
  ])('when the user parameters are %j', async (parameters, message) => {
    await handler(job(parameters));

    expect(failure()).toMatch(message);
    expect(cloudwatch).not.toHaveReceivedAnyCommand();
  });
});

test('an answer that cannot be given fails the invocation, so that Lambda tries again', async () => {
  alarms({ errors: 'OK', latency: 'OK' });
  codepipeline.on(PutJobSuccessResultCommand).rejects(new Error('throttled'));

  await expect(handler(job(BAKE))).rejects.toThrow('throttled');
});

/** A look at the bake some minutes after its beginning. */
async function look(parameters: BakeParameters, after: number): Promise<void> {
  jest.setSystemTime(START + minutes(after));
  await handler(job(parameters, String(START)));
}

function answers() {
  return codepipeline.commandCalls(PutJobSuccessResultCommand).map(({ args }) => args[0].input);
}

type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

function alarms(states: Record<string, State>, since = START - minutes(60)): void {
  cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => ({
    MetricAlarms: Object.entries(states)
      .filter(([name]) => AlarmNames.includes(name))
      .map(([name, state]) => ({
        AlarmName: name,
        StateValue: state,
        StateReason: `${name} crossed its threshold`,
        StateTransitionedTimestamp: new Date(since),
      })),
  }));
}

/** The transitions of an alarm, newest first. */
function history(name: string, ...items: (readonly [State, number])[]): void {
  cloudwatch.on(DescribeAlarmHistoryCommand).callsFake(({ AlarmName }) => ({
    AlarmHistoryItems: (AlarmName === name ? items : []).map(([stateValue, time]) => ({
      AlarmName,
      Timestamp: new Date(time),
      HistoryData: JSON.stringify({ newState: { stateValue, stateReason: `${name} is ${stateValue}` } }),
    })),
  }));
}

/** The sums of the minutes. */
function requests(...Values: number[]): void {
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'requests', Values }] });
}
