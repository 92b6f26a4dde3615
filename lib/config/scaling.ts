import { z } from 'zod';
import { percent, text, timeZone, wholeNumber } from './values';

/** How a fleet finds its size between `capacity.min` and `capacity.max`, and when those change. */
export interface Scaling {
  /**
   * CPU utilization that is aimed at by target tracking, in percent: above 0, up to 100.
   *
   * @default 60, where `capacity.max` is larger than `capacity.min`
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
   */
  readonly cpuUtilizationPercent?: number;

  /**
   * Requests a minute for every instance that are aimed at as well; the larger of the two fleets is taken.
   *
   * @default - only the CPU utilization is aimed at
   */
  readonly requestsPerInstance?: number;

  /**
   * Steps for a rush that target tracking would follow too slowly: up to 20, each with a higher CPU utilization.
   *
   * @default []
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
   */
  readonly steps?: readonly ScalingStep[];

  /**
   * Sizes for times that are known beforehand: up to 50. None of them begins while a deployment runs.
   *
   * @default []
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
   */
  readonly schedule?: readonly ScheduledSize[];
}

/** Instances that are added at once. */
export interface ScalingStep {
  /** CPU utilization of two minutes from which on they are added, in percent: above 0, up to 100. */
  readonly cpuUtilizationPercent: number;

  /** Instances to add: 1 to 100. */
  readonly addInstances: number;
}

/** New limits of a fleet from a point of time on, until another entry changes them. Give either or both. */
export interface ScheduledSize {
  /** When, as crontab has it: minute, hour, day of month, month, day of week. `0 7 * * MON-FRI` */
  readonly cron: string;

  /**
   * Time zone of the cron expression, by its name in the IANA database.
   *
   * @default - UTC
   */
  readonly timeZone?: string;

  /** Fewest instances from then on, 2 to 200. */
  readonly min?: number;

  /** Most instances from then on, 2 to 200. */
  readonly max?: number;
}

const CRON = /^[\w*,/-]+( [\w*,/-]+){4}$/;

const steps = z
  .array(
    z.strictObject(
      { cpuUtilizationPercent: percent(), addInstances: wholeNumber(1, 100) },
      'an object with cpuUtilizationPercent and addInstances',
    ),
    'a list of steps',
  )
  .max(20, 'at most 20 steps')
  .refine(
    (list) =>
      list.every(
        ({ cpuUtilizationPercent }, index) =>
          index === 0 || cpuUtilizationPercent > list[index - 1]!.cpuUtilizationPercent,
      ),
    'steps in order, each with a higher cpuUtilizationPercent than the one before',
  );

const scheduledSize = z
  .strictObject(
    {
      cron: text(CRON, 'a cron expression of 5 fields: minute, hour, day of month, month, day of week'),
      timeZone: timeZone().optional(),
      min: wholeNumber(2, 200).optional(),
      max: wholeNumber(2, 200).optional(),
    },
    'an object with cron and a size',
  )
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'an entry with min, max or both')
  .refine(({ min = 0, max = 200 }) => min <= max, {
    path: ['max'],
    error: 'a whole number no smaller than min',
  });

export const scaling: z.ZodType<Scaling> = z.strictObject(
  {
    cpuUtilizationPercent: percent().optional(),
    requestsPerInstance: wholeNumber(1, 1_000_000).optional(),
    steps: steps.optional(),
    schedule: z.array(scheduledSize, 'a list of scheduled sizes').max(50, 'at most 50 entries').optional(),
  },
  'an object',
);

/** Scaling with its defaults filled in. */
export type ResolvedScaling = Scaling & Required<Omit<Scaling, 'requestsPerInstance'>>;

export const DEFAULT_SCALING: ResolvedScaling = { cpuUtilizationPercent: 60, steps: [], schedule: [] };

/** What of an environment's scaling its capacity leaves no room for. */
export function scalingIssues({
  capacity,
  scaling = {},
}: {
  readonly capacity: { readonly min: number; readonly max: number };
  readonly scaling?: Scaling;
}): { readonly key: string; readonly message: string }[] {
  const { steps = [], ...targets } = scaling;
  const given = [
    ...(['cpuUtilizationPercent', 'requestsPerInstance'] as const).filter(
      (key) => targets[key] !== undefined,
    ),
    ...(steps.length > 0 ? ['steps'] : []),
  ];
  if (capacity.max > capacity.min) return [];
  return given.map((key) => ({ key, message: 'nothing, unless capacity.max is larger than capacity.min' }));
}
