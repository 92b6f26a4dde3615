import type { BakeParameters } from './parameters';

/** What matters of an alarm, by the names CloudWatch gives it. */
export interface AlarmState {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly StateReason?: string;
}

/** The end of the bake, or that it goes on. */
export type Verdict =
  | { readonly outcome: 'released'; readonly summary: string }
  | { readonly outcome: 'baking'; readonly percentComplete: number; readonly summary: string }
  | { readonly outcome: 'refused'; readonly message: string };

/**
 * Judges a bake that began at `start`. An alarm that cannot be found refuses the release as one in ALARM does:
 * nobody would be watching.
 *
 * @param start milliseconds since the epoch, as is `now`
 */
export function judge(
  parameters: BakeParameters,
  found: readonly AlarmState[],
  start: number,
  now: number,
): Verdict {
  const states = new Map(found.map((alarm) => [alarm.AlarmName, alarm]));
  const complaints = parameters.alarms.flatMap((name) => {
    const alarm = states.get(name);
    if (!alarm) return [`Alarm ${name} does not exist`];
    return alarm.StateValue === 'ALARM'
      ? [`Alarm ${name} is in ALARM: ${alarm.StateReason ?? 'no reason given'}`]
      : [];
  });
  if (complaints.length > 0) return { outcome: 'refused', message: complaints.join('\n') };

  const quiet = `None of ${parameters.alarms.length} alarms in ALARM`;
  const minutes = Math.max(0, (now - start) / 60_000);
  if (minutes >= parameters.minutes)
    return { outcome: 'released', summary: `${quiet} for ${parameters.minutes} minutes` };
  return {
    outcome: 'baking',
    percentComplete: Math.floor((100 * minutes) / parameters.minutes),
    summary: `${quiet} for ${Math.floor(minutes)} of ${parameters.minutes} minutes`,
  };
}
