import type { RuleDeclaration } from '@aws-sdk/client-codepipeline';
import { CodePipeline } from '../../../region/codepipeline/codepipeline';
import { READINGS, type Readings } from '../../../region/codepipeline/readings';
import type { Scope } from '../../../region/service';
import { vectors } from '../../vectors/codepipeline-structure.json';
import { build, pipelineOf, pipelineScope, rule } from './pipelines';

const NAME = 'release';
const MINUTE = 60_000;
const ofKind = (kind: string): any[] => vectors.filter((vector) => vector.kind === kind);

/** A pipeline whose stage prod is entered as the rule says; the rule runs. */
async function entered(declared: RuleDeclaration, fakes: object = {}, readings: Partial<Readings> = {}) {
  const play = pipelineScope({
    ...fakes,
    codepipeline: (own: Scope) => new CodePipeline(own, { ...READINGS, ...readings }),
  });
  const stage = {
    name: 'prod',
    actions: [build('Deploy')],
    beforeEntry: { conditions: [{ result: 'FAIL' as const, rules: [declared] }] },
  };
  await play.codepipeline.CreatePipeline({ pipeline: pipelineOf([stage], { name: NAME }) });
  await play.settle();
  return {
    ...play,
    /** The rule's run. */
    rule: () => play.codepipeline.ListRuleExecutions({ pipelineName: NAME }).ruleExecutionDetails[0],
    summary: () =>
      play.codepipeline.ListRuleExecutions({ pipelineName: NAME }).ruleExecutionDetails[0].output
        .executionResult.externalExecutionSummary,
  };
}

describe('CloudWatchAlarm', () => {
  const watched = (state: { value: string }) => ({
    cloudwatch: { operations: { DescribeAlarms: () => ({ MetricAlarms: [{ StateValue: state.value }] }) } },
  });
  const alarm = (more: Record<string, string> = {}) => rule('CloudWatchAlarm', { AlarmName: 'x', ...more });

  test.each(ofKind('condition-alarm').map((one) => [one.id, one]))('%s', async (_, { given, expected }) => {
    const state = { value: given.state };
    const play = await entered(alarm({ WaitTime: String(given.WaitTimeMinutes) }), watched(state));
    const after = expected.afterMinutes ?? given.becomesOKAfter;
    if (after > 0) {
      await play.scope.clock.advance(after * MINUTE - 1000);
      expect(play.rule().status).toBe('InProgress');
      if (given.becomesOKAfter !== null) state.value = 'OK';
      await play.scope.clock.advance(10_000);
    }
    expect(play.rule().status).toBe(expected.rule);
  });

  test('a person reads that it waits, and how it ended', async () => {
    const play = await entered(alarm({ WaitTime: '2' }), watched({ value: 'ALARM' }));
    const [waits] = play.scope.journal.entries(({ type }) => type === 'RuleWaiting');
    expect(waits.message).toBe(
      'release: prod waits: alarm x is in ALARM; waiting until 2026-01-01T00:02:00.000Z',
    );
    await play.scope.clock.advance(2 * MINUTE);
    expect(play.summary()).toBe('alarm x is in ALARM after 2 minutes');
  });

  test.each([
    ['ALARM', undefined, 'Failed'],
    ['INSUFFICIENT_DATA', undefined, 'Succeeded'],
    ['INSUFFICIENT_DATA', 'ALARM, INSUFFICIENT_DATA', 'Failed'],
    ['ALARM', 'INSUFFICIENT_DATA', 'Succeeded'],
  ])('in %s, watched for %s: %s', async (value, AlarmStates, status) => {
    const play = await entered(alarm(AlarmStates ? { AlarmStates } : {}), watched({ value }));
    expect(play.rule().status).toBe(status);
  });

  test('its time limit is AWS time', async () => {
    const limited = { ...alarm({ WaitTime: '20' }), timeoutInMinutes: 5 };
    const play = await entered(limited, watched({ value: 'ALARM' }));
    await play.scope.clock.advance(5 * MINUTE - 1);
    expect(play.rule().status).toBe('InProgress');
    await play.scope.clock.advance(1);
    expect(play.rule()).toMatchObject({
      status: 'Failed',
      output: { executionResult: { errorDetails: { code: 'TimeoutError' } } },
    });
    expect(play.summary()).toBe('rule CloudWatchAlarm took longer than 5 minutes');
  });
});

test.each(ofKind('condition-varcheck').map((one) => [one.id, one]))('%s', async (_, { given, expected }) => {
  expect((await entered(rule('VariableCheck', given))).rule().status).toBe(expected.rule);
});

test.each([
  ['EQ', 'ab', 'ab', 'Succeeded'],
  ['NE', 'ab', 'ab', 'Failed'],
  ['CONTAINS', 'abc', 'b', 'Succeeded'],
  ['MATCHES', 'release-12-rc', 'release-[0-9]+', 'Failed'],
])('VariableCheck %s of %s and %s: %s', async (Operator, Variable, Value, status) => {
  expect((await entered(rule('VariableCheck', { Operator, Variable, Value }))).rule().status).toBe(status);
});

test('VariableCheck refuses an unknown operator and a broken expression', async () => {
  const check = (Operator: string, Value: string) =>
    entered(rule('VariableCheck', { Variable: 'a', Operator, Value }));
  await expect(check('GT', '1')).rejects.toThrow(
    'found the Operator GT; allowed are EQ, NE, CONTAINS, MATCHES',
  );
  await expect(check('MATCHES', '(')).rejects.toThrow('found the Value (; allowed is a regular expression');
});

describe('DeploymentWindow', () => {
  // The stepped clock starts on Thursday, 2026-01-01, 00:00 UTC.
  const window = (Cron: string, more: object = {}) =>
    rule('DeploymentWindow', { Cron, TimeZone: 'UTC' }, more);

  test('open: in at once', async () => {
    const play = await entered(window('* * 0-5 ? * THU *'));
    expect(play.summary()).toBe('the deployment window * * 0-5 ? * THU * (UTC) is open');
    expect(play.builds).toHaveLength(1);
  });

  test('closed: waits for it to open', async () => {
    const play = await entered(window('* 30-59 0 ? * THU *'));
    await play.scope.clock.advance(29 * MINUTE);
    expect(play.rule().status).toBe('InProgress');
    expect(play.builds).toHaveLength(0);
    await play.scope.clock.advance(MINUTE);
    expect(play.rule().status).toBe('Succeeded');
    expect(play.builds).toHaveLength(1);
  });

  test.each([
    [undefined, 60],
    [180, 180],
  ])(
    'closed for longer than its time limit of %s fails after %s minutes',
    async (timeoutInMinutes, minutes) => {
      const play = await entered(window('* * 9-17 ? * * *', { timeoutInMinutes }));
      await play.scope.clock.advance(minutes * MINUTE - 1);
      expect(play.rule().status).toBe('InProgress');
      await play.scope.clock.advance(1);
      expect(play.rule().status).toBe('Failed');
    },
  );

  test('closed, read as failing: fails at once', async () => {
    const play = await entered(window('* * 9-17 ? * * *'), {}, { closedWindow: 'fail' });
    expect(play.summary()).toBe('the deployment window * * 9-17 ? * * * (UTC) is closed');
  });

  test('what is no cron expression or zone is refused', async () => {
    await expect(entered(window('9-17'))).rejects.toThrow(
      'Rule "DeploymentWindow" in beforeEntry of stage "prod": found the Cron "9-17" of 1 fields',
    );
    await expect(
      entered(rule('DeploymentWindow', { Cron: '* * * * * ?', TimeZone: 'Moon' })),
    ).rejects.toThrow('found the TimeZone Moon');
  });
});

test.each([
  ['PutJobSuccessResult', {}, 'Succeeded', 'function gate reported success'],
  ['PutJobFailureResult', { failureDetails: { type: 'JobFailed', message: 'frozen' } }, 'Failed', 'frozen'],
])('LambdaInvoke: %s', async (operation, answer, status, summary) => {
  const events: any[] = [];
  const lambda = {
    operations: { Invoke: ({ Payload }: any) => void events.push(JSON.parse(Payload.toString())) },
  };
  const declared = rule(
    'LambdaInvoke',
    { FunctionName: 'gate', UserParameters: '#{Commit.CommitId}' },
    { inputArtifacts: [{ name: 'Code' }] },
  );
  const play = await entered(declared, { lambda });
  const { id, data } = events[0]['CodePipeline.job'];
  expect(data.actionConfiguration.configuration).toEqual({ FunctionName: 'gate', UserParameters: 'c1' });
  expect(data.inputArtifacts).toMatchObject([{ name: 'Code', revision: 'c1' }]);
  expect(play.rule().status).toBe('InProgress');
  await play.codepipeline[operation]({ jobId: id, ...answer });
  await play.settle();
  expect(play.rule().status).toBe(status);
  expect(play.summary()).toBe(summary);
});

describe.each([
  ['CodeBuild', rule('CodeBuild', { ProjectName: 'Check' }, { inputArtifacts: [{ name: 'Code' }] })],
  ['Commands', rule('Commands', {}, { inputArtifacts: [{ name: 'Code' }], commands: ['ls', 'npm test'] })],
])('%s', (_, declared) => {
  test.each([
    ['SUCCEEDED', 'Succeeded'],
    ['FAILED', 'Failed'],
  ])('%s: %s', async (status, expected) => {
    const play = await entered(declared);
    expect(play.builds).toMatchObject([
      { action: declared.name, pipeline: { sources: [{ name: 'Code', zip: Buffer.from('tree of c1') }] } },
    ]);
    expect(play.rule()).toMatchObject({
      status: 'InProgress',
      output: { executionResult: { externalExecutionId: 'build-1' } },
    });
    play.builds[0].end({ status });
    await play.settle();
    expect(play.rule().status).toBe(expected);
    expect(play.projects).toEqual([]);
    expect(play.builds.slice(1).map((started) => started.action)).toEqual(
      expected === 'Succeeded' ? ['Deploy'] : [],
    );
  });
});

test('Commands refuses what is not one line', async () => {
  const lines = (commands: string[]) =>
    entered(rule('Commands', {}, { inputArtifacts: [{ name: 'Code' }], commands }));
  await expect(lines([])).rejects.toThrow('found 0 commands; allowed is 1 to 50');
  await expect(lines(['a\nb'])).rejects.toThrow('found the command "a\\nb"; allowed is one line');
});
