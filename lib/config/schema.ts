import { z } from 'zod';
import { MINUTES_TO_ALARM } from './alarm-evaluation';
import { BAKE_MINUTES, stageName } from './delivery';
import { deploymentConfiguration, unmetMinimum } from './deployment-configuration';
import type { DeliveryDescription, EnvironmentDescription } from './description';
import { deploymentWindow, distinctWindows, freezes, MOST_WINDOWS } from './gates';
import { oneBoxKeys } from './one-box';
import { scaling, scalingIssues } from './scaling';
import { security } from './security';
import { source } from './source';
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

const environment = z.strictObject(
  {
    name: name(1, 16),
    ...place,
    capacity,
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
    alarms,
  },
  'an object',
);

const soundEnvironment = environment.superRefine(({ capacity, ...configurations }, context) => {
  for (const key of ['deploymentConfiguration', 'rollbackConfiguration'] as const) {
    const unmet = unmetMinimum(configurations[key], capacity.min);
    if (unmet) context.addIssue({ code: 'custom', path: [key, unmet.key], message: unmet.allowed });
  }
});

const wave = z.array(soundEnvironment, 'a list of environments').min(1, 'one environment or more');

const environments = z
  .array(
    z.union([soundEnvironment, wave], 'an environment, or a list of environments: a wave'),
    'a list of environments',
  )
  .min(1, '1 to 20 entries')
  .max(20, '1 to 20 entries')
  .superRefine((entries, context) => {
    const names = new Set<string>();
    for (const [path, { name }] of withPaths(entries)) {
      if (names.has(name))
        context.addIssue({
          code: 'custom',
          path: [...path, 'name'],
          message: 'a name that no other environment has',
        });
      names.add(name);
    }
    for (const [index, entry] of entries.entries()) {
      if (Array.isArray(entry) && stageName(entry).length > 100)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: 'a wave whose stage, named after its environments, has a name of 100 characters at most',
        });
      if (Array.isArray(entry) && distinctWindows(entry).length > MOST_WINDOWS)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `a wave with at most ${MOST_WINDOWS} different deployment windows`,
        });
    }
    for (const [path, { bakeMinutes = BAKE_MINUTES, bakeLimitMinutes = bakeMinutes }] of withPaths(entries)) {
      if (bakeLimitMinutes < bakeMinutes)
        context.addIssue({
          code: 'custom',
          path: [...path, 'bakeLimitMinutes'],
          message: 'a whole number no smaller than bakeMinutes',
        });
    }
  });

/** Every environment of the road, with the path at which it stands in `environments`. */
function withPaths(entries: DeliveryDescription['environments']): [number[], EnvironmentDescription][] {
  return entries.flatMap((entry, index): [number[], EnvironmentDescription][] =>
    'name' in entry ? [[[index], entry]] : entry.map((environment, place) => [[index, place], environment]),
  );
}

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
      security: security.optional(),
    },
    'a delivery description',
  )
  .superRefine(({ account, region, environments, production, source, security }, context) => {
    const all = withPaths(environments);
    if (source && security?.protectBranch)
      context.addIssue({
        code: 'custom',
        path: ['security', 'protectBranch'],
        message: 'nothing, with source: a branch outside AWS is protected where it is',
      });
    const together = 'account and region given together, or neither';
    if (account && !region) context.addIssue({ code: 'custom', path: ['region'], message: together });
    if (region && !account) context.addIssue({ code: 'custom', path: ['account'], message: together });
    if (production && !all.some(([, { name }]) => name === production))
      context.addIssue({
        code: 'custom',
        path: ['production'],
        message: `the name of an environment: one of ${all.map(([, { name }]) => name).join(', ')}`,
      });
    for (const [path, environment] of all) {
      for (const issue of scalingIssues(environment))
        context.addIssue({
          code: 'custom',
          path: ['environments', ...path, 'scaling', issue.key],
          message: issue.message,
        });
      for (const key of ['account', 'region'] as const) {
        if (environment[key] && !(account && region))
          context.addIssue({
            code: 'custom',
            path: ['environments', ...path, key],
            message: `nothing, unless the delivery itself gives account and region: without them the pipeline's place is not known, and it cannot reach another`,
          });
      }
    }
  });
