import type { PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import { CodePipeline } from '../../../region/codepipeline/codepipeline';
import { READINGS, type Readings } from '../../../region/codepipeline/readings';
import type { Scope } from '../../../region/service';
import { build, pipelineOf, pipelineScope, rule } from './pipelines';

export const NAME = 'release';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A rule on the alarm x. */
export const alarm = (more: Record<string, string> = {}) =>
  rule('CloudWatchAlarm', { AlarmName: 'x', ...more });
/** One condition with that result and those rules. */
export const only = <Result extends string>(result: Result, ...rules: any[]) => ({
  conditions: [{ result, rules }],
});

/** Source, Build, and a stage prod with these conditions; the alarm x is green. */
export async function played(
  conditions: Partial<StageDeclaration>,
  { readings, ...more }: Partial<PipelineDeclaration> & { readings?: Partial<Readings> } = {},
) {
  const state: Record<string, string> = { x: 'OK' };
  const play = pipelineScope({
    cloudwatch: {
      operations: {
        DescribeAlarms: ({ AlarmNames: [name] }: any) => ({
          CompositeAlarms: state[name] ? [{ StateValue: state[name] }] : [],
        }),
      },
    },
    codepipeline: (own: Scope) => new CodePipeline(own, { ...READINGS, ...readings }),
  });
  const pipeline = pipelineOf(
    [
      { name: 'Build', actions: [build('Compile', { outputs: ['Out'], namespace: 'Compiled' })] },
      { name: 'prod', actions: [build('Deploy', { inputs: ['Out'] })], ...conditions },
    ],
    { name: NAME, ...more },
  );
  const { codepipeline } = play;
  const history = () =>
    codepipeline.ListPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries;
  const stage = () =>
    codepipeline.GetPipelineState({ name: NAME }).stageStates.find((one: any) => one.stageName === 'prod');
  const end = async (result?: object) => {
    play.builds.at(-1)!.end(result);
    await play.settle();
  };
  const call = { principalArn: 'arn:aws:iam::111111111111:user/ann', requestId: '1' };
  return {
    ...play,
    state,
    history,
    stage,
    end,
    rules: () => codepipeline.ListRuleExecutions({ pipelineName: NAME }).ruleExecutionDetails,
    said: (type: string) =>
      play.scope.journal.entries((entry) => entry.type === type).map((entry) => entry.message),
    /** Plays the build, and comes to prod. */
    toProd: async (built?: object) => {
      if (play.builds.length === 0) await codepipeline.CreatePipeline({ pipeline });
      else await codepipeline.StartPipelineExecution({ name: NAME });
      await play.settle();
      await end(built);
    },
    /** As `toProd`, through prod to the end. */
    release: async function (this: { toProd(): Promise<void> }) {
      await this.toProd();
      await end();
      return history()[0].pipelineExecutionId as string;
    },
    deploys: () => play.builds.filter((started) => started.action === 'Deploy').length,
    override: async (conditionType: string) => {
      const pipelineExecutionId = history()[0].pipelineExecutionId;
      await codepipeline.OverrideStageCondition(
        { pipelineName: NAME, stageName: 'prod', pipelineExecutionId, conditionType },
        call,
      );
      await play.settle();
    },
    retry: async (retryMode = 'FAILED_ACTIONS') => {
      const pipelineExecutionId = history()[0].pipelineExecutionId;
      await codepipeline.RetryStageExecution({
        pipelineName: NAME,
        stageName: 'prod',
        pipelineExecutionId,
        retryMode,
      });
      await play.settle();
    },
  };
}
