import { alarm, MINUTE, only, played } from './conditions';

describe("where AWS's texts disagree", () => {
  test.each([
    ['when a rule fails', 'ALARM', true],
    ['when a rule fails', 'OK', false],
    ['when all rules succeed', 'ALARM', true],
    ['when all rules succeed', 'OK', false],
  ] as const)('onFailure takes effect %s; the alarm in %s', async (resultTakesEffect, state, rollsBack) => {
    const play = await played({ onFailure: only('ROLLBACK', alarm()) }, { readings: { resultTakesEffect } });
    await play.release();
    await play.toProd();
    play.state.x = state;
    await play.end({ status: 'FAILED' });
    expect(play.history()[0].executionType === 'ROLLBACK').toBe(rollsBack);
    const [told] = play.scope.journal.entries(({ type }) => /^Condition(Failed|Succeeded)$/.test(type));
    expect(told.detail.followed).toMatchObject({ resultTakesEffect });
    expect(play.rules()[0].status).toBe(
      rollsBack === (resultTakesEffect === 'when a rule fails') ? 'Failed' : 'Succeeded',
    );
  });

  test('WaitTime as the time to stay healthy is a bake', async () => {
    const readings = { waitTime: 'time to stay healthy' } as const;
    const play = await played({ onSuccess: only('FAIL', alarm({ WaitTime: '60' })) }, { readings });
    await play.toProd();
    await play.end();
    await play.scope.clock.advance(59 * MINUTE);
    expect(play.history()[0].status).toBe('InProgress');
    await play.scope.clock.advance(MINUTE);
    expect(play.history()[0].status).toBe('Succeeded');

    await play.toProd();
    await play.end();
    await play.scope.clock.advance(30 * MINUTE);
    play.state.x = 'ALARM';
    await play.scope.clock.advance(MINUTE);
    expect(play.history()[0].status).toBe('Failed');
  });

  test('the conditions of a rollback evaluated: the red alarm blocks its own cure', async () => {
    const conditions = { beforeEntry: only('FAIL', alarm()), onFailure: { result: 'ROLLBACK' } as const };
    const play = await played(conditions, { readings: { conditionsOfRollbacks: 'evaluated' } });
    await play.release();
    await play.toProd();
    play.state.x = 'ALARM';
    await play.end({ status: 'FAILED' });
    expect(play.history()[0]).toMatchObject({ executionType: 'ROLLBACK', status: 'Failed' });
  });
});
