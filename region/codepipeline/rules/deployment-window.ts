import { timeZone } from '../../clock/calendar';
import { ActionFailure } from '../actions/action-provider';
import { Cron } from './cron';
import type { RuleProvider } from './rule-provider';

const MINUTE = 60_000;

/**
 * Succeeds inside its window. Outside, {@link Readings.closedWindow} says whether it waits or fails.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
 */
export const deploymentWindow: RuleProvider = {
  inputs: [0, 0],
  configuration: { Cron: 'required', TimeZone: 'optional' },
  timeoutInMinutes: 60,
  inAwsTime: true,

  check({ configuration: { Cron: expression, TimeZone } = {} }) {
    return [() => expression && new Cron(expression), () => timeZone(TimeZone)].flatMap((parse) => {
      try {
        parse();
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
  },

  async run({ configuration, home: { clock }, readings, report, signal }) {
    const cron = new Cron(configuration.Cron);
    const zone = timeZone(configuration.TimeZone);
    const window = `the deployment window ${configuration.Cron} (${configuration.TimeZone ?? 'UTC'})`;
    while (!cron.matches(clock.now(), zone)) {
      if (readings.closedWindow === 'fail') throw new ActionFailure('RuleFailed', `${window} is closed`);
      report({ summary: `${window} is closed; waiting for it to open` });
      await clock.sleep(MINUTE - (clock.now() % MINUTE), signal);
    }
    return `${window} is open`;
  },
};
