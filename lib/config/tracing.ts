import { z } from 'zod';

/** How much of what users ask of the service is traced. Health checks are not. */
export interface Tracing {
  /**
   * Percent of the requests that are traced, 0 to 100. Those that fail are traced whatever it is.
   *
   * @default 5, the share of X-Ray's own default rule
   * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
   */
  readonly samplePercent?: number;
}

export const DEFAULT_TRACING: Required<Tracing> = { samplePercent: 5 };

const PERCENT = 'a number from 0 to 100';

export const tracing = z
  .union(
    [
      z.literal(false),
      z.strictObject({ samplePercent: z.number(PERCENT).min(0, PERCENT).max(100, PERCENT).optional() }),
    ],
    'an object, or false',
  )
  .optional();
