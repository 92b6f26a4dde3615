import type { History, Release } from './history';

/** What the guard does about alarms that have gone off since the current release. */
export type Verdict =
  | { readonly action: 'roll back'; readonly release: Release; readonly target: Release }
  | { readonly action: 'freeze'; readonly release: Release; readonly because: string }
  | { readonly action: 'tell'; readonly release: Release; readonly because: string };

/** Judges a release that stands: no newer deployment has begun since. */
export function judge(history: History, watchMinutes: number, now: number): Verdict {
  const [release] = history.releases;
  const tell = (because: string): Verdict => ({ action: 'tell', release: release!, because });

  const ended = Number(release!.deployment.completeTime ?? release!.deployment.createTime);
  const minutes = Math.floor((now - ended) / 60_000);
  if (minutes >= watchMinutes)
    return tell(`the release is ${minutes} minutes old; the guard rolls back for ${watchMinutes}`);
  if (release!.goesBack) return tell('the environment is back on an earlier revision already');

  const target = history.lastGood;
  if (!target)
    return {
      action: 'freeze',
      release: release!,
      because: 'there is no earlier good revision to go back to',
    };
  return { action: 'roll back', release: release!, target };
}
