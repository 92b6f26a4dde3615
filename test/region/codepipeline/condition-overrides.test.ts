import { vectors } from '../../vectors/codepipeline-structure.json';
import { alarm, MINUTE, NAME, only, played } from './conditions';
import { rule } from './pipelines';

describe('overriding', () => {
  const ofKind = (kind: string): any[] => vectors.filter((vector) => vector.kind === kind);
  const conditionOf = ({ type, result }: any) => {
    const check = rule('VariableCheck', { Variable: 'a', Operator: 'EQ', Value: 'b' });
    return { [type]: only(result, result === 'SKIP' ? check : alarm({ WaitTime: '20' })) };
  };

  test.each(ofKind('condition-override').map((one) => [one.id, one]))(
    '%s',
    async (_, { given, expected }) => {
      const play = await played(conditionOf(given));
      play.state.x = 'ALARM';
      await play.toProd();
      const after = given.type === 'onSuccess';
      if (after) {
        await play.end();
        await play.scope.clock.advance(20 * MINUTE);
      }
      expect(play.stage().latestExecution.status).toBe(expected.stageStatus);
      const override = () => play.override(after ? 'ON_SUCCESS' : 'BEFORE_ENTRY');
      if (expected.override === 'not overridable') {
        await expect(override()).rejects.toMatchObject({ name: 'ConditionNotOverridableException' });
        return;
      }
      await override();
      if (!after) {
        // The rule still ran: it is given up.
        expect(play.rules()[0].status).toBe('Abandoned');
        await play.end();
      }
      expect(play.deploys()).toBe(1);
      expect(play.stage()[`${given.type}ConditionState`].latestExecution.status).toBe('Overridden');
      expect(play.history()[0].status).toBe('Succeeded');
    },
  );

  test('a person lets in what the condition has kept out', async () => {
    const play = await played({ beforeEntry: only('FAIL', alarm()) });
    play.state.x = 'ALARM';
    await play.toProd();
    expect(play.stage().latestExecution.status).toBe('Failed');
    await play.override('BEFORE_ENTRY');
    expect(play.stage().latestExecution.status).toBe('InProgress');
    await play.end();
    expect(play.history()[0].status).toBe('Succeeded');
    expect(play.said('PipelineResumed')).toEqual([
      expect.stringContaining('beforeEntry of stage prod overridden by arn:aws:iam::111111111111:user/ann'),
    ]);
  });

  test('what holds, and what a newer execution has passed by, cannot be overridden', async () => {
    const play = await played({ beforeEntry: only('FAIL', alarm()) });
    await play.release();
    await expect(play.override('BEFORE_ENTRY')).rejects.toThrow('it is Succeeded with the result FAIL');
    await expect(play.override('ON_SUCCESS')).rejects.toThrow('it is not met by this execution');
    await expect(play.override('ON_FAILURE')).rejects.toThrow('allowed are BEFORE_ENTRY and ON_SUCCESS');
    play.state.x = 'ALARM';
    const [{ pipelineExecutionId }] = play.history();
    await play.toProd();
    const input = { pipelineName: NAME, stageName: 'prod', conditionType: 'BEFORE_ENTRY' };
    expect(() => play.codepipeline.OverrideStageCondition({ ...input, pipelineExecutionId })).toThrow(
      expect.objectContaining({ name: 'NotLatestPipelineExecutionException' }),
    );
  });
});
