import { ActionFailure } from '../actions/action-provider';
import type { RuleContext, RuleProvider } from './rule-provider';

const MINUTE = 60_000;
/** How often a waiting rule looks; modelled. CloudWatch evaluates alarms at least once a minute. */
const POLL_MS = 10_000;
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/**
 * Fails while an alarm is in one of the AlarmStates that it watches for, ALARM unless others are named. What to do in
 * the WaitTime is a question of {@link Readings.waitTime}; without one the first look decides.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
 */
export const cloudWatchAlarm: RuleProvider = {
  inputs: [0, 0],
  configuration: { AlarmName: 'required', AlarmStates: 'optional', WaitTime: 'optional' },
  // The WaitTime ends it; this only bounds the longest.
  timeoutInMinutes: 24 * 60,
  inAwsTime: true,

  check({ configuration: { AlarmStates, WaitTime = '0' } = {} }) {
    const unknown = statesOf(AlarmStates).filter((state) => !STATES.includes(state));
    return [
      ...unknown.map((state) => `found the AlarmStates ${state}; allowed are ${STATES.join(', ')}`),
      ...(/^\d+$/.test(WaitTime)
        ? []
        : [`found the WaitTime ${WaitTime}; allowed is a whole number of minutes`]),
    ];
  },

  async run(context) {
    const { AlarmName, AlarmStates, WaitTime = '0' } = context.configuration;
    const { clock } = context.home;
    const watched = statesOf(AlarmStates);
    const end = clock.now() + Number(WaitTime) * MINUTE;
    const recovers = context.readings.waitTime === 'time to recover';
    for (;;) {
      const state = await stateOf(context, AlarmName);
      const found = `alarm ${AlarmName} is in ${state}`;
      const holds = watched.includes(state) === context.seeksTrouble;
      const last = clock.now() >= end;
      if (holds && (recovers || last)) return found;
      if (!holds && (!recovers || last)) {
        const waited = recovers && WaitTime !== '0' ? ` after ${WaitTime} minutes` : '';
        throw new ActionFailure('RuleFailed', `${found}${waited}`);
      }
      context.report({ summary: `${found}; waiting until ${new Date(end).toISOString()}` });
      await clock.sleep(Math.min(POLL_MS, end - clock.now()), context.signal);
    }
  },
};

function statesOf(value = 'ALARM'): string[] {
  return value.split(',').map((state) => state.trim());
}

async function stateOf({ scope, call }: RuleContext, name: string): Promise<string> {
  const found = (await scope
    .service('cloudwatch')
    .operations.DescribeAlarms(
      { AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
      call,
    )) as {
    MetricAlarms?: { StateValue: string }[];
    CompositeAlarms?: { StateValue: string }[];
  };
  const [alarm] = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
  if (!alarm) {
    throw new ActionFailure('ConfigurationError', `there is no alarm ${name} in ${scope.region}`);
  }
  return alarm.StateValue;
}
