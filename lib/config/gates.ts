import { z } from 'zod';
import { text, timeZone } from './values';

/** When a release may enter the stage of an environment. */
export interface DeploymentWindow {
  /**
   * The minutes in which the window is open, in CodePipeline's cron: seconds (`*`), minutes, hours, day of month, month,
   * day of week (1 is Sunday) and, if wanted, the year. Six or seven fields.
   *
   * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
   */
  readonly cron: string;

  /**
   * Time zone of the cron expression, by its name in the IANA database.
   *
   * @default - UTC
   */
  readonly timeZone?: string;
}

/** A period in which nothing is released to an environment. */
export interface Freeze {
  /** When it begins: ISO 8601 with an offset. */
  readonly from: string;

  /** When it has ended, after `from`: ISO 8601 with an offset. */
  readonly to: string;

  /** Why, for those whom it stops: 1 to 200 characters. */
  readonly reason: string;
}

const moment = () => {
  const allowed = 'a moment in ISO 8601 with its offset, such as 2026-12-24T00:00:00+01:00';
  return z.iso.datetime({ offset: true, error: allowed });
};

export const deploymentWindow = z
  .strictObject(
    {
      cron: text(/^\s*\*(\s+\S+){5,6}\s*$/, 'a cron expression of 6 or 7 fields, the first of them *'),
      timeZone: timeZone().optional(),
    },
    'an object with cron',
  )
  .optional();

const REASON = '1 to 200 characters';

export const freezes = z
  .array(
    z
      .strictObject(
        { from: moment(), to: moment(), reason: z.string(REASON).min(1, REASON).max(200, REASON) },
        'an object with from, to and reason',
      )
      .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
        path: ['to'],
        error: 'a moment after from',
      }),
    'a list of freezes',
  )
  .max(20, 'at most 20 freezes')
  .optional();

/** CodePipeline takes five rules in a condition, and one of them looks at alarms and freezes. */
export const MOST_WINDOWS = 4;

/** The different deployment windows of some environments. */
export function distinctWindows(
  environments: readonly { readonly deploymentWindow?: DeploymentWindow }[],
): Required<DeploymentWindow>[] {
  const windows = new Map<string, Required<DeploymentWindow>>();
  for (const { deploymentWindow } of environments) {
    if (!deploymentWindow) continue;
    const { cron, timeZone = 'UTC' } = deploymentWindow;
    windows.set(`${cron} ${timeZone}`, { cron, timeZone });
  }
  return [...windows.values()];
}
