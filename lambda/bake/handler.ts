import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describeAlarms, wentOff } from '../alarms';
import { jobHandler } from '../job';
import { cloudWatchOf } from '../watched';
import { checkParameters } from './parameters';
import { countRequests } from './requests';
import { judge } from './verdict';

/**
 * A bake as a Lambda action of CodePipeline. Each invocation looks once; the continuation token carries the time the
 * bake began, and nothing else is kept, so that it does not matter which invocation is repeated, late or lost.
 */
export const handler = jobHandler(async ({ parameters, continuationToken }) => {
  const bake = checkParameters(parameters);
  const now = Date.now();
  const start = continuationToken ? Number(continuationToken) : now;
  const client = await cloudWatchOf(bake);
  const [complaints, requests] = await Promise.all([
    complaintsOf(client, bake.alarms, start),
    countRequests(client, bake.traffic, start, now),
  ]);
  return judge(bake, { complaints, requests }, start, now);
});

/**
 * What the alarms hold against the release. One that cannot be found counts as one in ALARM: nobody would be watching.
 * One that is green again has still gone off.
 */
async function complaintsOf(
  client: CloudWatchClient,
  names: readonly string[],
  start: number,
): Promise<string[]> {
  const found = await describeAlarms(client, names);
  const complaints = names.map(async (name) => {
    const alarm = found.get(name);
    if (!alarm) return `Alarm ${name} does not exist`;
    if (alarm.StateValue === 'ALARM')
      return `Alarm ${name} is in ALARM: ${alarm.StateReason ?? 'no reason given'}`;
    const gone = await wentOff(client, alarm, start);
    return gone && `Alarm ${name} is ${alarm.StateValue}, but went into ALARM ${gone}`;
  });
  return (await Promise.all(complaints)).filter((complaint) => complaint !== undefined);
}
