import { z } from 'zod';
import { MINUTES_TO_ALARM } from './alarm-evaluation';
import { inconsistencies } from './consistency';
import { deploymentConfiguration } from './deployment-configuration';
import type { DeliveryDescription } from './description';
import { deploymentWindow, freezes } from './gates';
import { https } from './https';
import { logRetentionDays } from './logs';
import { oneBoxKeys } from './one-box';
import { rollbackProof } from './rollback-proof';
import { scaling } from './scaling';
import { security } from './security';
import { source } from './source';
import { tracing } from './tracing';
import { name, percent, text, wholeNumber } from './values';

const place = {
  account: text(/^\d{12}$/, 'an account id: a string of 12 digits').optional(),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'a region, such as eu-central-1').optional(),
};

const alarms = z
  .strictObject(
    {
      errorRatePercent: percent().optional(),
      latencyP99Milliseconds: wholeNumber(1, 60_000).optional(),
      minimumRequestsPerMinute: wholeNumber(1, 1_000_000).optional(),
    },
    'an object',
  )
  .optional();

const addresses = z
  .array(z.email('an e-mail address'), 'a list of e-mail addresses')
  .max(100, 'at most 100 e-mail addresses')
  .optional();

const notifications = z
  .strictObject(
    {
      email: addresses,
      authors: addresses,
      chat: z
        .strictObject(
          {
            workspaceId: text(/^T[0-9A-Z]{8,11}$/, 'T and 8 to 11 capital letters and digits'),
            channelId: text(/^[CG][0-9A-Z]{8,11}$/, 'C or G and 8 to 11 capital letters and digits'),
          },
          'an object with workspaceId and channelId',
        )
        .optional(),
    },
    'an object',
  )
  .optional();

const capacity = z
  .strictObject({ min: wholeNumber(2, 200), max: wholeNumber(2, 200) }, 'an object with min and max')
  .refine(({ min, max }) => max >= min, { path: ['max'], error: 'a whole number no smaller than min' });

const DEVIATIONS = 'a number from 1 to 10, or false';
const deviations = z.union(
  [z.literal(false), z.number(DEVIATIONS).min(1, DEVIATIONS).max(10, DEVIATIONS)],
  DEVIATIONS,
);

const environment = z.strictObject(
  {
    name: name(1, 16),
    ...place,
    capacity,
    https: https.optional(),
    instanceType: text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'an EC2 instance type, such as t4g.small').optional(),
    scaling: scaling.optional(),
    deploymentConfiguration: deploymentConfiguration.optional(),
    rollbackConfiguration: deploymentConfiguration.optional(),
    bakeMinutes: wholeNumber(MINUTES_TO_ALARM, 1440).optional(),
    minimumRequests: wholeNumber(0, 1_000_000_000).optional(),
    bakeLimitMinutes: wholeNumber(MINUTES_TO_ALARM, 1440).optional(),
    deploymentWindow,
    freezes,
    guardMinutes: wholeNumber(1, 1440).optional(),
    oneBox: z.strictObject({ ...oneBoxKeys, alarms }, 'an object').optional(),
    rollbackProof,
    alarms,
    trafficDropDeviations: deviations.optional(),
  },
  'an object',
);

const wave = z.array(environment, 'a list of environments').min(1, 'one environment or more');

const environments = z
  .array(
    z.union([environment, wave], 'an environment, or a list of environments: a wave'),
    'a list of environments',
  )
  .min(1, '1 to 20 entries')
  .max(20, '1 to 20 entries');

/** What a delivery description may say. Unknown keys are refused. */
export const schema: z.ZodType<DeliveryDescription> = z
  .strictObject(
    {
      service: name(2, 20),
      branch: text(/^[\w./-]{1,256}$/, 'the name of a branch').optional(),
      source: source.optional(),
      ...place,
      environments,
      production: z.string('the name of an environment').optional(),
      approveProduction: z.boolean('true or false').optional(),
      alarms,
      notifications,
      review: z.boolean('true or false').optional(),
      dashboards: z.boolean('true or false').optional(),
      tracing,
      logRetentionDays: logRetentionDays.optional(),
      security: security.optional(),
    },
    'a delivery description',
  )
  .superRefine((description, context) => {
    for (const { path, allowed } of inconsistencies(description))
      context.addIssue({ code: 'custom', path, message: allowed });
  });
