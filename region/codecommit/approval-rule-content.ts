import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../service';

const MAXIMUM_LENGTH = 3000;

/** @see https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const CONTENT = z.strictObject({
  Version: z.literal('2018-11-08'),
  DestinationReferences: z
    .array(
      z.string().regex(/^refs\/heads\/[^*]/, 'expected refs/heads/<branch>, with * not at its beginning'),
    )
    .max(100)
    .optional(),
  Statements: z
    .array(
      z.strictObject({
        Type: z.literal('Approvers'),
        NumberOfApprovalsNeeded: z.int().min(1).max(200),
        ApprovalPoolMembers: z
          .array(
            z
              .string()
              .regex(
                /^(CodeCommitApprovers:\d{12}:.+|arn:[\w-]+:(iam|sts)::\d{12}:.+)$/,
                'expected CodeCommitApprovers:<account>:<name> or the ARN of an IAM user or an assumed role',
              ),
          )
          .max(50)
          .optional(),
      }),
    )
    .min(1),
});

export type ApprovalRuleContent = z.infer<typeof CONTENT>;

/**
 * Reads the content of an approval rule or of a template of one.
 * @param kind the shape's name in the errors: `ApprovalRule` or `ApprovalRuleTemplate`
 * @throws ApprovalRuleContentRequiredException, InvalidApprovalRuleContentException, or a template's own
 */
export function parseContent(
  text: string | undefined,
  kind: 'ApprovalRule' | 'ApprovalRuleTemplate',
): ApprovalRuleContent {
  if (!text) throw new AwsError(`${kind}ContentRequiredException`, 'The content of the rule is required.');
  const invalid = (reason: string) =>
    new AwsError(`Invalid${kind}ContentException`, `The content of the rule is not valid: ${reason}`);
  if (text.length > MAXIMUM_LENGTH) {
    throw invalid(`${text.length} characters; allowed are ${MAXIMUM_LENGTH}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  const parsed = CONTENT.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

/** Whether a template's rule is for pull requests to that branch (its full reference name). */
export function isForDestination(content: ApprovalRuleContent, reference: string): boolean {
  const destinations = content.DestinationReferences ?? [];
  return destinations.length === 0 || destinations.some((pattern) => matches(pattern, reference));
}

/** Whether those approvers are enough: each one's ARN counts once, and only members of a statement's pool, if it has one. */
export function isSatisfied(content: ApprovalRuleContent, approvers: readonly string[]): boolean {
  return content.Statements.every(({ NumberOfApprovalsNeeded, ApprovalPoolMembers: pool = [] }) => {
    const counted = approvers.filter(
      (arn) => pool.length === 0 || pool.some((member) => isMember(member, arn)),
    );
    return counted.length >= NumberOfApprovalsNeeded;
  });
}

/**
 * - `CodeCommitApprovers:<account>:<name>` is an IAM user or a federated user of that name, or `<role>/<session>`.
 * - An ARN is that principal; that of an assumed role without a session's name is every session of it.
 * `*` stands for any characters.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-template.html
 */
function isMember(member: string, principalArn: string): boolean {
  const [, account, name] = /^CodeCommitApprovers:(\d{12}):(.+)$/.exec(member) ?? [];
  if (!account) return matches(member, principalArn) || matches(member, principalArn.replace(/\/[^/]*$/, ''));
  const [, , , , owner, resource] = principalArn.split(':');
  return owner === account && matches(name, resource.replace(/^(user|federated-user|assumed-role)\//, ''));
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** As the API gives it to tell one content from another. */
export function contentSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
