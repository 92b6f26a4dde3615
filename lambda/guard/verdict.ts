import type { RedAlarm } from './alarms';
import type { EnvironmentRelease, EnvironmentState, Place } from './environment';
import { endOf, type Release } from './history';

/** A release that an alarm has gone off since. */
export interface Incident {
  readonly release: EnvironmentRelease;
  readonly alarm: RedAlarm;
  readonly verdict: Verdict;
}

/** What the guard does about it. */
export type Verdict =
  | { readonly action: 'roll back'; readonly targets: readonly { place: Place; target: Release }[] }
  | { readonly action: 'freeze'; readonly because: string }
  | { readonly action: 'tell'; readonly because: string };

/** Judges a release that stands: no newer deployment has begun since. */
export function judge(
  environment: EnvironmentState,
  { places }: EnvironmentRelease,
  watchMinutes: number,
  now: number,
): Verdict {
  const ends = places.map(({ release }) => endOf(release));
  const minutes = Math.floor((now - Math.max(...ends)) / 60_000);
  if (minutes >= watchMinutes)
    return tell(`the release is ${minutes} minutes old; the guard rolls back for ${watchMinutes}`);
  if (places.some(({ release }) => release.goesBack))
    return tell('the environment is back on an earlier revision already');

  const targets = places.flatMap((place) => {
    const target = environment.lastGood(place);
    return target ? [{ place, target }] : [];
  });
  if (targets.length < places.length)
    return { action: 'freeze', because: 'there is no earlier good revision to go back to' };
  return { action: 'roll back', targets };
}

function tell(because: string): Verdict {
  return { action: 'tell', because };
}
