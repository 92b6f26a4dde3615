import { describeAlarms } from '../alarms';
import { jobHandler } from '../job';
import { cloudWatchOf } from '../watched';
import { checkParameters, type GatedEnvironment } from './parameters';
import { hasBeenDeployed } from './stack';

const REMEDY =
  'Retry the stage when that is over. If this release is the cure, override the entry condition of the stage ' +
  '(docs/runbook.md, "A stage is not entered").';

/**
 * Whether a release may enter a stage, as a LambdaInvoke rule of CodePipeline: not while an alarm of one of its
 * environments is red, and not inside a freeze.
 */
export const handler = jobHandler(async ({ parameters }) => {
  const { environments } = checkParameters(parameters);
  const looks = await Promise.all(environments.map((environment) => look(environment, Date.now())));
  const blockers = looks.flatMap((found) => found.blockers);
  if (blockers.length > 0) return { outcome: 'failed', message: [...blockers, REMEDY].join('\n') };
  return { outcome: 'succeeded', summary: looks.map((found) => found.summary).join('; ') };
});

interface Look {
  readonly blockers: readonly string[];
  readonly summary: string;
}

async function look(environment: GatedEnvironment, now: number): Promise<Look> {
  const { name, freezes = [] } = environment;
  const frozen = freezes
    .filter(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to))
    .map(({ from, to, reason }) => `${name} is frozen from ${from} to ${to}: ${reason}`);
  const { blockers, summary } = await lookAtAlarms(environment);
  return { blockers: [...frozen, ...blockers], summary };
}

/** An alarm that does not exist does not block: it comes with the release, in the environment's first perhaps. */
async function lookAtAlarms(environment: GatedEnvironment): Promise<Look> {
  const { name, stack, alarms } = environment;
  try {
    const found = await describeAlarms(await cloudWatchOf(environment), alarms);
    const red = [...found.values()].filter(({ StateValue }) => StateValue === 'ALARM');
    return {
      blockers: red.map(
        ({ AlarmName, StateReason }) => `${name}: alarm ${AlarmName} is in ALARM: ${StateReason}`,
      ),
      summary: `${name}: none of ${alarms.length} alarms is in ALARM, ${alarms.length - found.size} do not exist yet`,
    };
  } catch (error) {
    // STS does not tell a role that is not there yet, before the first release, from one that does not let the gate in.
    if (!stack || (error as Error).name !== 'AccessDenied') throw error;
    const { message } = error as Error;
    if (await hasBeenDeployed(stack))
      return { blockers: [`${name}: its alarms cannot be looked at, ${message}`], summary: '' };
    return { blockers: [], summary: `${name}: not looked at before its first release, ${message}` };
  }
}
