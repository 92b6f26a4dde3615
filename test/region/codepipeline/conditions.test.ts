import { alarm, HOUR, MINUTE, NAME, only, played } from './conditions';
import { rule } from './pipelines';

describe('beforeEntry', () => {
  test('a green alarm lets an execution in, and says so', async () => {
    const play = await played({ beforeEntry: only('FAIL', alarm()) });
    await play.release();
    expect(play.history()[0].status).toBe('Succeeded');
    expect(play.stage().beforeEntryConditionState).toMatchObject({
      latestExecution: { status: 'Succeeded', summary: 'alarm x is in OK' },
      conditionStates: [
        {
          latestExecution: { status: 'Succeeded' },
          ruleStates: [{ ruleName: 'CloudWatchAlarm', latestExecution: { status: 'Succeeded' } }],
        },
      ],
    });
    expect(play.said('ConditionSucceeded')).toEqual(['release: prod may be entered: alarm x is in OK']);
  });

  test('a red alarm keeps it out; a retry looks again', async () => {
    const play = await played({ beforeEntry: only('FAIL', alarm()) });
    play.state.x = 'ALARM';
    const emitted = jest.spyOn(play.scope.service('events'), 'emit');
    await play.toProd();
    expect(play.deploys()).toBe(0);
    expect(play.history()[0]).toMatchObject({
      status: 'Failed',
      statusSummary: 'stage prod is not entered: alarm x is in ALARM',
    });
    expect(play.said('ConditionFailed')).toEqual(['release: prod is not entered: alarm x is in ALARM']);
    expect(play.rules()).toMatchObject([
      {
        stageName: 'prod',
        ruleName: 'CloudWatchAlarm',
        status: 'Failed',
        pipelineVersion: 1,
        input: { resolvedConfiguration: { AlarmName: 'x' } },
        output: { executionResult: { errorDetails: { message: 'alarm x is in ALARM' } } },
      },
    ]);
    const ofProd = emitted.mock.calls
      .map(([event]: any) => event)
      .filter(({ detail }) => detail.stage === 'prod');
    expect(ofProd.map(({ detailType, detail }) => `${detailType} ${detail.state}`)).toEqual([
      'CodePipeline Stage Execution State Change STARTED',
      'CodePipeline Stage Execution State Change FAILED',
    ]);

    await play.retry();
    expect(play.deploys()).toBe(0);
    play.state.x = 'OK';
    await play.retry();
    expect(play.deploys()).toBe(1);
    await play.end();
    expect(play.history()[0]).toMatchObject({ status: 'Succeeded', statusSummary: undefined });
    expect(play.rules().map((one: any) => one.status)).toEqual(['Succeeded', 'Failed', 'Failed']);
  });

  test('a retry after the stage was entered does not look again', async () => {
    const play = await played({ beforeEntry: only('FAIL', alarm()) });
    await play.toProd();
    await play.end({ status: 'FAILED' });
    play.state.x = 'ALARM';
    await play.retry();
    expect(play.deploys()).toBe(2);
  });

  test.each([
    ['hotfix', 'Succeeded', 'Succeeded', 1],
    ['docs', 'Skipped', 'Succeeded', 0],
  ])('SKIP: of the level %s the stage ends %s', async (level, stage, execution, deploys) => {
    const configuration = { Variable: '#{Compiled.Level}', Operator: 'EQ', Value: 'hotfix' };
    const play = await played({ beforeEntry: only('SKIP', rule('VariableCheck', configuration)) });
    await play.toProd({ variables: { Level: level } });
    if (deploys) await play.end();
    expect(play.deploys()).toBe(deploys);
    expect(play.stage().latestExecution.status).toBe(stage);
    expect(play.history()[0].status).toBe(execution);
    if (!deploys) {
      expect(play.said('ConditionFailed')).toEqual([
        'release: prod is skipped: Compiled.Level is "docs"; asked is that it equals "hotfix"',
      ]);
      await expect(play.retry()).rejects.toThrow('it is Skipped; allowed is Failed or Stopped');
      expect(() =>
        play.codepipeline.RollbackStage({
          pipelineName: NAME,
          stageName: 'prod',
          targetPipelineExecutionId: play.history()[0].pipelineExecutionId,
        }),
      ).toThrow('has not succeeded in stage prod');
    }
  });

  test('one failed rule of several fails the condition, and every failure is told', async () => {
    const missing = rule('VariableCheck', { Variable: '#{No.Where}', Operator: 'EQ', Value: '1' });
    const other = { ...alarm({ AlarmName: 'gone' }), name: 'Gone' };
    const play = await played({ beforeEntry: only('FAIL', alarm(), missing, other) });
    await play.toProd();
    expect(play.stage().beforeEntryConditionState.conditionStates[0].ruleStates).toMatchObject([
      { latestExecution: { status: 'Succeeded' } },
      { latestExecution: { status: 'Failed', errorDetails: { code: 'InvalidVariableReference' } } },
      { latestExecution: { status: 'Failed', summary: 'there is no alarm gone in us-east-1' } },
    ]);
    expect(play.history()[0].statusSummary).toContain('; there is no alarm gone in us-east-1');
  });
});

describe('onSuccess', () => {
  test.each(['FAIL', 'ROLLBACK'] as const)('%s: green is the end of it', async (result) => {
    const play = await played({ onSuccess: only(result, alarm()) });
    await play.release();
    expect(play.history()).toMatchObject([{ status: 'Succeeded', executionType: 'STANDARD' }]);
    expect(play.said('ConditionSucceeded')).toEqual(['release: prod may be left: alarm x is in OK']);
  });

  test('FAIL: red after the actions fails the stage', async () => {
    const play = await played({ onSuccess: only('FAIL', alarm()) });
    await play.toProd();
    play.state.x = 'ALARM';
    await play.end();
    expect(play.stage()).toMatchObject({
      latestExecution: { status: 'Failed' },
      onSuccessConditionState: { latestExecution: { status: 'Failed' } },
    });
    expect(play.history()).toMatchObject([
      { status: 'Failed', statusSummary: 'in stage prod: onSuccess: alarm x is in ALARM' },
    ]);
    play.state.x = 'OK';
    await play.retry();
    expect(play.deploys()).toBe(1);
    expect(play.history()[0].status).toBe('Succeeded');
  });

  test('ROLLBACK: red after the actions puts the last good execution back, and is no target itself', async () => {
    const play = await played({ onSuccess: only('ROLLBACK', alarm()), beforeEntry: only('FAIL', alarm()) });
    const good = await play.release();
    for (const round of [1, 2]) {
      await play.toProd();
      play.state.x = 'ALARM';
      await play.end();
      expect(play.history()[0]).toMatchObject({
        executionType: 'ROLLBACK',
        rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
        trigger: { triggerType: 'AutomatedRollback' },
      });
      expect(play.said('ConditionPassedOver')).toContain(
        'release: prod: beforeEntry is passed over: it is a rollback',
      );
      await play.end();
      expect(play.history()[0].status).toBe('Succeeded');
      expect(play.history()[1].status).toBe('Failed');
      expect(play.history()).toHaveLength(1 + 2 * round);
      play.state.x = 'OK';
    }
  });

  test('ROLLBACK of a first release has nothing to go back to', async () => {
    const play = await played({ onSuccess: only('ROLLBACK', alarm()) });
    await play.toProd();
    play.state.x = 'ALARM';
    await play.end();
    expect(play.history()).toHaveLength(1);
    expect(play.said('RollbackImpossible')).toHaveLength(1);
  });
});

describe('onFailure', () => {
  test.each([
    ['ALARM', 1, 'release: prod is to be rolled back: alarm x is in ALARM'],
    ['OK', 0, 'release: prod is not rolled back: alarm x is in OK'],
  ])('ROLLBACK with the alarm in %s', async (state, rollbacks, message) => {
    const play = await played({ onFailure: only('ROLLBACK', alarm()) });
    await play.release();
    await play.toProd();
    play.state.x = state;
    await play.end({ status: 'FAILED' });
    expect(play.history().filter((one: any) => one.executionType === 'ROLLBACK')).toHaveLength(rollbacks);
    expect([...play.said('ConditionFailed'), ...play.said('ConditionSucceeded')]).toEqual([message]);
    expect(play.rules()).toMatchObject([{ stageName: 'prod', ruleName: 'CloudWatchAlarm' }]);
  });

  test('RETRY goes without rules', async () => {
    const onFailure = { result: 'RETRY', retryConfiguration: { retryMode: 'ALL_ACTIONS' } } as const;
    const play = await played({ onFailure, beforeEntry: only('FAIL', alarm()) });
    await play.toProd();
    await play.end({ status: 'FAILED' });
    expect(play.deploys()).toBe(2);
    await play.end({ status: 'FAILED' });
    expect(play.deploys()).toBe(2);
    expect(play.history()[0].status).toBe('Failed');
    expect(play.rules()).toHaveLength(1);
  });
});

describe('while rules run', () => {
  const waiting = { beforeEntry: only('FAIL', alarm({ WaitTime: '20' })) };

  test('stopping the execution gives them up', async () => {
    const play = await played(waiting);
    play.state.x = 'ALARM';
    await play.toProd();
    const [{ pipelineExecutionId }] = play.history();
    await play.codepipeline.StopPipelineExecution({ pipelineName: NAME, pipelineExecutionId });
    await play.scope.clock.advance(HOUR);
    expect(play.history()[0].status).toBe('Stopped');
    expect(play.rules()[0].status).toBe('Abandoned');
    expect(play.stage().latestExecution.status).toBe('Stopped');
  });

  test('a new structure of the pipeline gives them up', async () => {
    const play = await played(waiting);
    play.state.x = 'ALARM';
    await play.toProd();
    const { pipeline } = play.codepipeline.GetPipeline({ name: NAME });
    await play.codepipeline.UpdatePipeline({ pipeline });
    await play.scope.clock.advance(HOUR);
    expect(play.history()[0].status).toBe('Cancelled');
    expect(play.rules()).toMatchObject([{ status: 'Abandoned' }]);
    expect(play.stage().beforeEntryConditionState.latestExecution.status).toBe('Cancelled');
    expect(play.deploys()).toBe(0);
  });

  test('the stage is taken: a newer execution waits, and enters when the older has failed', async () => {
    const play = await played(waiting);
    play.state.x = 'ALARM';
    await play.toProd();
    await play.toProd();
    const [newer, older] = play.history();
    expect(play.stage()).toMatchObject({
      latestExecution: { pipelineExecutionId: older.pipelineExecutionId, status: 'InProgress' },
      inboundExecution: { pipelineExecutionId: newer.pipelineExecutionId },
    });
    await play.scope.clock.advance(20 * MINUTE);
    expect(play.stage().latestExecution.pipelineExecutionId).toBe(newer.pipelineExecutionId);
  });
});

test.each([
  [
    { beforeEntry: only('FAIL', alarm({ WaitTime: 'soon' })) },
    'found the WaitTime soon; allowed is a whole number',
  ],
  [
    { beforeEntry: only('FAIL', alarm({ AlarmStates: 'RED' })) },
    'found the AlarmStates RED; allowed are OK, ALARM',
  ],
  [
    { beforeEntry: only('FAIL', alarm({ Colour: 'red' })) },
    'found the configuration key Colour; the region plays',
  ],
  [
    { beforeEntry: only('FAIL', { ...alarm(), timeoutInMinutes: 1 }) },
    'timeoutInMinutes 1; allowed is 5 to 86400',
  ],
  [{ beforeEntry: only('FAIL', { ...alarm(), commands: ['ls'] }) }, 'allowed in a Commands rule only'],
  [{ beforeEntry: only('FAIL', alarm(), alarm()) }, 'found a rule of the name "CloudWatchAlarm"; allowed is'],
  [{ beforeEntry: only('SKIP', alarm()) }, 'found SKIP with the rule "CloudWatchAlarm" (CloudWatchAlarm)'],
  [{ onSuccess: only('SKIP', alarm()) }, 'found the result SKIP; allowed is ROLLBACK or FAIL'],
  [{ onFailure: only('RETRY', alarm()) }, 'found RETRY with conditions; allowed is RETRY alone'],
  [
    { beforeEntry: only('FAIL', rule('Moon', {})) },
    'found the rule "Moon" of Moon; allowed is CloudWatchAlarm',
  ],
  [
    { beforeEntry: only('FAIL', ...[1, 2, 3, 4, 5, 6].map((n) => ({ ...alarm(), name: `R${n}` }))) },
    'found 6 rules; allowed is 1 to 5 rules',
  ],
])('refused: %#', async (conditions: any, message) => {
  const play = await played(conditions);
  await expect(play.toProd()).rejects.toThrow(message);
});

test('conditions need a V2 pipeline', async () => {
  const play = await played({ beforeEntry: only('FAIL', alarm()) }, { pipelineType: 'V1' });
  await expect(play.toProd()).rejects.toThrow('beforeEntry of stage "prod": found it in a V1 pipeline');
});
