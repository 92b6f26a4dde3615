/*
 * What the two sides of the review agree on: the build, which tests and compares, and the function, which tells and
 * approves.
 */

/** Environment variables that the rule gives to the build of a pull request. */
export const VARIABLES = {
  pullRequestId: 'PULL_REQUEST_ID',
  revisionId: 'REVISION_ID',
  sourceCommit: 'SOURCE_COMMIT',
  destinationCommit: 'DESTINATION_COMMIT',
} as const;

/** Where the build leaves its comparison: an artifact of CodeBuild, with the build's id as its namespace. */
export const RESULT = { path: 'reviews', name: 'result', file: 'comparison.json' } as const;

/** How what the pull request declares differs from the commit it was branched from; null when that has no templates. */
export type Comparison = {
  readonly resources: readonly ResourceChange[];
  /** What an identity may do now that it might not before. */
  readonly permissions: readonly Finding[];
  /** What a security group lets through now that it kept out before. */
  readonly network: readonly Finding[];
} | null;

/** The kinds of change, the gravest first. */
export const CHANGES = ['replaced', 'may be replaced', 'removed', 'changed', 'added'] as const;

export interface ResourceChange {
  readonly change: (typeof CHANGES)[number];
  /** Path of the stack in the app, such as `pipeline/beta/Service`. */
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation's, such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** Properties and attributes that differ. */
  readonly properties: readonly string[];
}

export interface Finding {
  readonly stack: string;
  readonly logicalId: string;
  /** For a person: `Allow s3:GetObject on *`. */
  readonly text: string;
}
