import type { Delivery } from '../lib/config/delivery';
import { HOLD_MINUTES } from '../lib/config/rollback-proof';

/** Wall requests a second to one environment. */
export const RATE = 100;

/** How far ahead the story may come, in AWS time. */
const HORIZON_DAYS = 2;

/** Wall seconds that a rollback proof takes between two zones beside its minutes. */
const ASIDE = 10;

/**
 * What a description says that the story cannot play, one line for each: the key, what was found, what to do.
 *
 * @param scale AWS seconds in one wall second
 * @param now AWS time, milliseconds since the epoch
 */
export function unplayable({ source, waves }: Delivery, scale: number, now: number): string[] {
  const perMinute = Math.floor((RATE * 60) / scale);
  const lines: string[] = [];
  const say = (key: string, text: string) => lines.push(`delivery.ts: ${key}: ${text}`);

  if (source) say('source', 'found a connection; the region reaches no repository outside, leave it out');
  waves.forEach(({ environments }, wave) => {
    environments.forEach((environment, index) => {
      const {
        https,
        deploymentWindow,
        freezes,
        alarms,
        minimumRequests,
        bakeLimitMinutes,
        production,
        rollbackProof,
      } = environment;
      const at = environments.length > 1 ? `environments[${wave}][${index}]` : `environments[${wave}]`;
      if (https) say(`${at}.https`, `found ${https.domainName}; it leads out of the region, leave it out`);
      if (deploymentWindow)
        say(
          `${at}.deploymentWindow`,
          `found ${deploymentWindow.cron}; releases would wait for it, leave it out`,
        );
      freezes.forEach(({ from, to }, freeze) => {
        if (Date.parse(to) > now && Date.parse(from) < now + HORIZON_DAYS * 86_400_000)
          say(`${at}.freezes[${freeze}]`, `found ${from} to ${to}; releases would fail in it, leave it out`);
      });
      const few = `the story sends ${perMinute} requests a minute at a scale of ${scale}, take a smaller --scale`;
      if (production && alarms.minimumRequestsPerMinute > perMinute)
        say(`${at}.alarms.minimumRequestsPerMinute`, `found ${alarms.minimumRequestsPerMinute}; ${few}`);
      const held = Math.floor((HOLD_MINUTES * 60) / scale);
      if (rollbackProof && rollbackProof.minutes * 60 > held - ASIDE)
        say(
          `${at}.rollbackProof.minutes`,
          `found ${rollbackProof.minutes}; a build lives by the wall clock, and at a scale of ${scale} its deployment holds for ${held} seconds, take a smaller --scale`,
        );
      if (minimumRequests > perMinute * bakeLimitMinutes)
        say(`${at}.minimumRequests`, `found ${minimumRequests}; ${few}`);
    });
  });
  return lines;
}
