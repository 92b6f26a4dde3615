import path from 'node:path';
import { BatchGetBuildsCommand, CodeBuildClient, ListBuildsCommand } from '@aws-sdk/client-codebuild';
import { delivery } from '../delivery';
import type { JournalEntry } from '../region/journal/journal';
import { Rehearsal, type Release } from '../rehearsal/rehearsal';
import type { Ratio } from './ratio';

const ROOT = path.join(__dirname, '..');
/** Bakes, drains and alarm minutes are short beside the work, which is what is measured. */
const SCALE = 120;
/** The phases in which a buildspec's commands run. */
const COMMAND_PHASES = ['INSTALL', 'PRE_BUILD', 'BUILD', 'POST_BUILD'];

/** From the push to the release's end, against the sum of the user's own commands in it: builds and hook scripts. */
export async function release(): Promise<Ratio> {
  const rehearsal = await Rehearsal.start({
    project: ROOT,
    folder: path.join(ROOT, '.tidegate/bench/rehearsal'),
    scale: SCALE,
    signal: new AbortController().signal,
  });
  try {
    await rehearsal.setUp();
    await rehearsal.release('First release, which fills the caches');
    const second = await rehearsal.release('Second release');
    if (second.end.type !== 'PipelineSucceeded') throw new Error(second.end.message);
    const released = (second.end.wall - second.pushed) / 1000;
    const commands = (await builds(rehearsal, second)) + hooks(rehearsal, second);
    const bakes = delivery.environments.flat().reduce((sum, { bakeMinutes = 10 }) => sum + bakeMinutes, 0);
    return {
      name: 'push to released',
      of: `seconds from push to released, without the ${bakes} minutes of bake / seconds of the user's own commands`,
      value: (released - (bakes * 60) / SCALE) / commands,
      aim: '≤ 1.3',
    };
  } finally {
    await rehearsal.stop();
  }
}

/** Wall seconds of the commands of all builds since the push. */
async function builds({ region, options }: Rehearsal, { pushed }: Release): Promise<number> {
  const client = new CodeBuildClient({
    endpoint: region.endpoint,
    region: region.home.region,
    credentials: region.home.credentials(),
  });
  const { ids } = await client.send(new ListBuildsCommand({}));
  const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
  const since = region.clock.now() - (Date.now() - pushed) * options.scale;
  const seconds = builds
    .filter(({ startTime }) => startTime!.getTime() >= since)
    .flatMap(({ phases = [] }) => phases)
    .filter(({ phaseType }) => COMMAND_PHASES.includes(phaseType!))
    .map(({ startTime, endTime }) => (endTime!.getTime() - startTime!.getTime()) / 1000 / options.scale);
  return sum(seconds);
}

/** Wall seconds of the lifecycle events in which hook scripts ran. */
function hooks({ journal }: Rehearsal, { since }: Release): number {
  const began = new Map<string, JournalEntry>();
  const seconds: number[] = [];
  for (const entry of journal.entries(({ seq, type }) => seq > since && type === 'LifecycleEvent')) {
    const { event, status } = entry.detail;
    if (!['ApplicationStop', 'ApplicationStart', 'ValidateService'].includes(String(event))) continue;
    const key = `${entry.subject}/${event}`;
    if (status === 'InProgress') began.set(key, entry);
    else seconds.push((entry.wall - (began.get(key)?.wall ?? entry.wall)) / 1000);
  }
  return sum(seconds);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
