import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type ActionExecutionDetail,
  ListActionExecutionsCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/gate/handler';
import { codepipeline, failure, job } from '../job';
import 'aws-sdk-client-mock-jest';

const cloudwatch = mockClient(CloudWatchClient);
const sts = mockClient(STSClient);
const ROLE = 'arn:aws:iam::222222222222:role/harbor-prod-bake-us-west-2';
const STACK = 'Tidegate-harbor-prod';
const REMEDY = /\nRetry the stage when that is over\. .*docs\/runbook\.md/;

beforeAll(() => {
  process.env.AWS_REGION = 'us-east-1';
  process.env.PIPELINE = 'tidegate-harbor';
});

beforeEach(() => {
  for (const mock of [codepipeline, cloudwatch, sts]) mock.reset();
  jest.useFakeTimers({ now: Date.UTC(2026, 11, 24, 12), doNotFake: ['nextTick', 'setImmediate'] });
  jest.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test('a release enters while no alarm is in ALARM, and the summary says what was looked at', async () => {
  alarms({ errors: 'OK', latency: 'INSUFFICIENT_DATA' });
  await handler(job({ environments: [{ name: 'prod', alarms: ['errors', 'latency'] }] }));

  expect(summary()).toBe('prod: none of 2 alarms is in ALARM, 0 do not exist yet');
  expect(codepipeline).not.toHaveReceivedCommand(PutJobFailureResultCommand);
});

test('a red alarm blocks, with its name, its reason and what to do', async () => {
  alarms({ errors: 'ALARM', latency: 'OK' });
  await handler(job({ environments: [{ name: 'prod', alarms: ['errors', 'latency'] }] }));

  expect(failure()).toMatch(/^prod: alarm errors is in ALARM: errors crossed its threshold\n/);
  expect(failure()).toMatch(REMEDY);
  expect(codepipeline).not.toHaveReceivedCommand(PutJobSuccessResultCommand);
});

test('one environment of a wave blocks it, and each says its own', async () => {
  alarms({ 'east-errors': 'OK', 'west-errors': 'ALARM' });
  await handler(
    job({
      environments: [
        { name: 'east', alarms: ['east-errors'] },
        { name: 'west', alarms: ['west-errors'] },
      ],
    }),
  );

  expect(failure()).toMatch(/^west: alarm west-errors is in ALARM/);
});

test('an alarm that does not exist does not block: it comes with the release', async () => {
  alarms({});
  await handler(job({ environments: [{ name: 'prod', alarms: ['errors'] }] }));

  expect(summary()).toBe('prod: none of 1 alarms is in ALARM, 1 do not exist yet');
});

describe('in another account', () => {
  const parameters = {
    environments: [{ name: 'prod', stack: STACK, alarms: ['errors'], region: 'us-west-2', roleArn: ROLE }],
  };

  test('the alarms are read with a role of that account', async () => {
    alarms({ errors: 'ALARM' });
    sts.on(AssumeRoleCommand, { RoleArn: ROLE }).resolves({
      Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: new Date() },
    });
    await handler(job(parameters));

    const client = cloudwatch.commandCalls(DescribeAlarmsCommand)[0].thisValue as CloudWatchClient;
    expect(await client.config.region()).toBe('us-west-2');
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'A' });
    expect(failure()).toMatch(/alarm errors is in ALARM/);
  });

  describe('to a role that lets nobody in', () => {
    const deployed = (
      StackName: string,
      more: Partial<ActionExecutionDetail> = {},
    ): ActionExecutionDetail => ({
      status: 'Succeeded',
      input: { configuration: { StackName, ActionMode: 'CHANGE_SET_EXECUTE' } },
      ...more,
    });
    const prepared = { input: { configuration: { StackName: STACK, ActionMode: 'CHANGE_SET_REPLACE' } } };

    beforeEach(() => {
      sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    });

    test.each<[string, ActionExecutionDetail[]]>([
      ['nothing has been deployed', []],
      ['other stacks have been deployed', [deployed('Tidegate-harbor-beta')]],
      ['its stack has failed', [deployed(STACK, { status: 'Failed' }), deployed(STACK, prepared)]],
    ])('the first release enters, because it does not exist yet: %s', async (_, actions) => {
      history(actions);
      await handler(job(parameters));

      expect(summary()).toBe('prod: not looked at before its first release, not authorized');
      expect(codepipeline).toHaveReceivedCommandWith(ListActionExecutionsCommand, {
        pipelineName: 'tidegate-harbor',
      });
    });

    test('a later one does not, however long ago the first was', async () => {
      history([deployed('Tidegate-harbor-beta')], [deployed(STACK)]);
      await handler(job(parameters));

      expect(failure()).toMatch(/^prod: its alarms cannot be looked at, not authorized\nRetry the stage/);
    });

    test('a freeze is told beside it', async () => {
      history([deployed(STACK)]);
      const freezes = [{ from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z', reason: 'Audit' }];
      await handler(job({ environments: [{ ...parameters.environments[0], freezes }] }));

      expect(failure()).toMatch(/Audit\nprod: its alarms cannot be looked at/);
    });
  });

  test('any other trouble with the role blocks', async () => {
    sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('slow down'), { name: 'Throttling' }));
    await handler(job(parameters));

    expect(failure()).toBe('slow down');
  });
});

describe('a freeze', () => {
  const frozen = (from: string, to: string) => ({
    environments: [{ name: 'prod', alarms: ['errors'], freezes: [{ from, to, reason: 'Christmas' }] }],
  });

  beforeEach(() => alarms({ errors: 'OK' }));

  test('blocks, and says until when and why', async () => {
    await handler(job(frozen('2026-12-24T13:00:00+01:00', '2026-12-24T13:00:01+01:00')));

    expect(failure()).toMatch(
      /^prod is frozen from 2026-12-24T13:00:00\+01:00 to 2026-12-24T13:00:01\+01:00: Christmas\n/,
    );
    expect(failure()).toMatch(REMEDY);
  });

  test.each([
    ['has not begun', '2026-12-24T12:00:01Z', '2026-12-26T00:00:00Z'],
    ['is over', '2026-12-20T00:00:00Z', '2026-12-24T12:00:00Z'],
  ])('that %s does not block', async (_, from, to) => {
    await handler(job(frozen(from, to)));

    expect(failure()).toBeUndefined();
    expect(codepipeline).toHaveReceivedCommandTimes(PutJobSuccessResultCommand, 1);
  });

  test('and a red alarm are told together', async () => {
    alarms({ errors: 'ALARM' });
    await handler(job(frozen('2026-12-24T00:00:00Z', '2026-12-26T00:00:00Z')));

    expect(failure()).toMatch(/Christmas\nprod: alarm errors is in ALARM/);
  });
});

test.each<[object, string]>([
  [{}, 'User parameter "environments": found nothing, allowed is a list of environments'],
  [
    { environments: [{ alarms: [] }] },
    'User parameter "name": found nothing, allowed is the name of an environment',
  ],
  [
    { environments: [{ name: 'prod', alarms: [], freezes: [{ from: 'soon', to: '2026-12-24T00:00:00Z' }] }] },
    'User parameter "from": found "soon", allowed is a moment in ISO 8601',
  ],
])('the user parameters %j are refused', async (parameters, message) => {
  await handler(job(parameters));
  expect(failure()).toBe(message);
});

/** What the pipeline's actions were, page by page, the newest first. */
function history(...pages: ActionExecutionDetail[][]): void {
  codepipeline.on(ListActionExecutionsCommand).callsFake(({ nextToken = '0' }) => ({
    actionExecutionDetails: pages[Number(nextToken)],
    nextToken: pages[Number(nextToken) + 1] && String(Number(nextToken) + 1),
  }));
}

function summary(): string | undefined {
  const [call] = codepipeline.commandCalls(PutJobSuccessResultCommand);
  return call?.args[0].input.executionDetails?.summary;
}

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
