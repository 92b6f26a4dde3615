import { z } from 'zod';
import { text } from './values';

/**
 * A repository outside AWS, reached through AWS CodeConnections: GitHub, GitLab, Bitbucket, or one of them on servers of
 * your own.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 */
export interface Source {
  /**
   * ARN of the connection. It is made and authorized by hand, once, in the console of the pipeline's region.
   *
   * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-create.html
   */
  readonly connectionArn: string;

  /** Owner and name of the repository: `owner/name`, or `group/subgroup/name` with GitLab. */
  readonly repository: string;
}

export const source: z.ZodType<Source> = z.strictObject(
  {
    connectionArn: text(
      /^arn:aws[\w-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[\w-]+$/,
      'the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<id>',
    ),
    repository: text(/^[\w.-]+(\/[\w.-]+)+$/, 'owner/name'),
  },
  'an object with connectionArn and repository',
);
