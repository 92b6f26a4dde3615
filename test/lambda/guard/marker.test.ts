import { describeFreeze, freezeOf } from '../../../lambda/guard/marker';

const COMMIT = '4f0c2e1d4f0c2e1d4f0c2e1d4f0c2e1d4f0c2e1d';

/** @see https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html */
test('a reason has the length and the characters that CodePipeline allows, and can be read back', () => {
  const freeze = { commit: COMMIT, deploymentId: 'd-ABCDEF123' };
  const reason = describeFreeze(freeze, `an_alarm/with: odd, names ${'x'.repeat(300)}`);

  expect(reason).toMatch(/^[a-zA-Z0-9!@ ().*?-]{1,300}$/);
  expect(freezeOf(reason)).toEqual(freeze);
});

test('a reason of a person is not taken for one of the guard', () => {
  expect(freezeOf('Guard duty until noon')).toBeUndefined();
  expect(freezeOf(undefined)).toBeUndefined();
});
