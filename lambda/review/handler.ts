import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { EventBridgeEvent } from 'aws-lambda';
import { requireApproval, setApproval } from './approval';
import { readBuild } from './build';
import { comment } from './comment';
import { commentText } from './text';

const codecommit = new CodeCommitClient();
const sts = new STSClient();

type ReviewEvent =
  | EventBridgeEvent<'CodeCommit Pull Request State Change', { readonly pullRequestId: string }>
  | EventBridgeEvent<'CodeBuild Build State Change', { readonly 'build-id': string }>;

/**
 * Reviews pull requests: one that is opened or updated needs this function's approval from then on, and the end of its
 * build gives or denies it and says why in one comment.
 *
 * Events come at least once and in any order. Each leads to the same end, for the facts are read from CodeBuild and
 * CodeCommit: a build of an older commit is refused by CodeCommit and leaves the comment alone.
 */
export async function handler(event: ReviewEvent): Promise<void> {
  const { Arn: identity } = await sts.send(new GetCallerIdentityCommand());
  if (event['detail-type'] === 'CodeCommit Pull Request State Change')
    await requireApproval(codecommit, event.detail.pullRequestId, identity!);
  else await report(event.detail['build-id'], identity!);
}

async function report(buildId: string, identity: string): Promise<void> {
  const build = await readBuild(buildId);
  if (!build) return;
  const { pullRequestId, revisionId, status } = build;
  const content = commentText(build); // first: a comparison that cannot be read must not be approved
  await requireApproval(codecommit, pullRequestId, identity); // the event that should have may come later
  const state = status === 'SUCCEEDED' ? 'APPROVE' : 'REVOKE';
  const current = await setApproval(codecommit, pullRequestId, revisionId, state);
  console.log(JSON.stringify({ buildId, pullRequestId, revisionId, status, state, current }));
  if (!current) return;
  await comment(codecommit, build, process.env.REPOSITORY!, identity, content);
}
