import { z } from 'zod';
import { oneOf, text } from './values';

/** What goes beyond the protection that is always there. What AWS charges for is off unless asked for. */
export interface Security {
  /**
   * Name of a managed policy that bounds the permissions of every role of the delivery. It has to exist in every
   * account of the delivery, under this name.
   *
   * @default - no permissions boundary
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: string;

  /**
   * Severity from which on a known vulnerability in a dependency of this app ends the build. `none` never does; the
   * build log then tells. Also what is found anew ends the next build, be it that of a repair.
   *
   * @default 'high'
   */
  readonly auditLevel?: AuditLevel;

  /**
   * Whether a CloudTrail trail keeps what is done in the pipeline's account, in all regions: the management events, among
   * them those of the repository and the pipeline, and what is read from and written to the artifact buckets.
   *
   * The first trail's management events are free in an account; storage, the key and the artifacts' events are not.
   *
   * @default false
   */
  readonly cloudTrail?: boolean;

  /**
   * Whether GuardDuty looks for threats in every account and region of the delivery. An account has one detector in a
   * region: leave it off where there is one.
   *
   * @default false
   */
  readonly guardDuty?: boolean;

  /**
   * Whether Inspector v2 looks for known vulnerabilities in the instances and functions of every account and region of
   * the delivery. It is left on when the delivery goes.
   *
   * @default false
   */
  readonly inspector?: boolean;

  /**
   * IAM groups and roles of the pipeline's account that may not push to the branch: its changes come by merged pull
   * requests. Not with `source`.
   *
   * @default - whoever may push to the repository may push to the branch
   */
  readonly protectBranch?: BranchProtection;
}

const AUDIT_LEVELS = ['low', 'moderate', 'high', 'critical', 'none'] as const;

/** Severities as npm has them. */
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

/** Who may not push to the branch: names of groups and roles that exist, one at least. */
export interface BranchProtection {
  /**
   * Names of IAM groups: up to 10.
   *
   * @default []
   */
  readonly groups?: readonly string[];

  /**
   * Names of IAM roles: up to 10.
   *
   * @default []
   */
  readonly roles?: readonly string[];
}

/** Security with its defaults filled in. */
export type ResolvedSecurity = Security &
  Required<Pick<Security, 'auditLevel' | 'cloudTrail' | 'guardDuty' | 'inspector'>>;

export const DEFAULT_SECURITY: ResolvedSecurity = {
  auditLevel: 'high',
  cloudTrail: false,
  guardDuty: false,
  inspector: false,
};

const iamName = text(/^[\w+=,.@-]{1,128}$/, 'a name as IAM has it');
const names = z.array(iamName, 'a list of names').max(10, 'at most 10 names').optional();

export const security: z.ZodType<Security> = z.strictObject(
  {
    permissionsBoundary: text(
      /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
      'the name of a managed policy',
    ).optional(),
    auditLevel: oneOf(...AUDIT_LEVELS).optional(),
    cloudTrail: z.boolean('true or false').optional(),
    guardDuty: z.boolean('true or false').optional(),
    inspector: z.boolean('true or false').optional(),
    protectBranch: z
      .strictObject({ groups: names, roles: names }, 'an object with groups and roles')
      .refine(({ groups = [], roles = [] }) => groups.length + roles.length > 0, 'at least one group or role')
      .optional(),
  },
  'an object',
);
