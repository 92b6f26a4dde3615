import type { Answer } from '../job';
import type { BakeParameters } from './parameters';

/** What a look at the environment has shown. */
export interface Observation {
  /** One sentence for every alarm that holds the release. */
  readonly complaints: readonly string[];
  /** Requests since the bake began. */
  readonly requests: number;
}

/**
 * Judges a bake: it is over after its minutes, with its requests and without an alarm. While requests are missing it is
 * extended up to the limit, and then stops for a person.
 *
 * @param start milliseconds since the epoch, as is `now`; handed on as the continuation token
 */
export function judge(
  { alarms, minutes, minimumRequests, limitMinutes }: BakeParameters,
  { complaints, requests }: Observation,
  start: number,
  now: number,
): Answer {
  if (complaints.length > 0) return { outcome: 'failed', message: complaints.join('\n') };

  const baked = Math.max(0, (now - start) / 60_000);
  const missing = minimumRequests - requests;
  if (baked >= minutes && missing <= 0) {
    const seen = requests === 0 ? 'no request: the alarms had nothing to judge by' : `${requests} requests`;
    return {
      outcome: 'succeeded',
      summary: `None of ${alarms.length} alarms went off in ${Math.floor(baked)} minutes; ${seen}`,
    };
  }
  const seen = minimumRequests > 0 ? `${requests} of ${minimumRequests} requests` : `${requests} requests`;
  if (baked >= limitMinutes) {
    const message =
      `Too little traffic to judge by: ${seen} in ${limitMinutes} minutes, ${missing} are missing; no alarm went off. ` +
      'Wait for users or send requests, then retry the stage: the bake begins anew.';
    return { outcome: 'failed', message };
  }
  const time =
    baked < minutes
      ? `${Math.floor(baked)} of ${minutes} minutes`
      : `${Math.floor(baked)} minutes, extended up to ${limitMinutes}`;
  const done = Math.min(baked / minutes, minimumRequests > 0 ? requests / minimumRequests : 1);
  return {
    outcome: 'continues',
    continuationToken: String(start),
    percentComplete: Math.floor(100 * done),
    summary: `None of ${alarms.length} alarms went off in ${time}; ${seen}`,
  };
}
