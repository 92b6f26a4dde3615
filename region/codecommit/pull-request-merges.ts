import type {
  MergeOptionTypeEnum,
  MergePullRequestByFastForwardCommandInput,
  MergePullRequestBySquashCommandInput,
  MergePullRequestByThreeWayCommandInput,
} from '@aws-sdk/client-codecommit';
import type { Clock } from '../clock/clock';
import { AwsError } from '../service';
import { evaluate } from './approvals';
import { branchName } from './event-text';
import { GitError } from './git';
import { canFastForward, type MergeEnds, merge, mergeEnds } from './merge';
import type { PullRequest } from './pull-request';
import type { PullRequests } from './pull-requests';
import type { FindRepository, Repository } from './repository';

type MergeInput = MergePullRequestByFastForwardCommandInput &
  Partial<MergePullRequestBySquashCommandInput & MergePullRequestByThreeWayCommandInput>;

/** Merges pull requests, by git, in the repository. */
export class PullRequestMerges {
  /** @param publish makes the moved branch known */
  constructor(
    private readonly pullRequests: PullRequests,
    private readonly repository: FindRepository,
    private readonly clock: Clock,
    private readonly publish: (repository: Repository, caller: string) => Promise<void>,
  ) {}

  readonly operations = {
    MergePullRequestByFastForward: this.by('FAST_FORWARD_MERGE'),
    MergePullRequestBySquash: this.by('SQUASH_MERGE'),
    MergePullRequestByThreeWay: this.by('THREE_WAY_MERGE'),
  };

  private by(option: MergeOptionTypeEnum) {
    return async (input: MergeInput, caller: string) => {
      const pullRequest = this.pullRequests.find(input.pullRequestId);
      pullRequest.mustBeOf(this.repository(input.repositoryName));
      const { repository } = pullRequest;
      pullRequest.mustBeOpen();
      const ends = await tips(pullRequest, input.sourceCommitId);
      checkApprovals(pullRequest);
      const commitId =
        option === 'FAST_FORWARD_MERGE'
          ? fastForward(pullRequest, ends)
          : await this.commit(pullRequest, ends, option, input, caller);
      await repository.inTurn(async () => {
        await moveDestination(pullRequest, ends, commitId);
        this.pullRequests.merged(pullRequest, option, commitId, caller);
      });
      await this.publish(repository, caller);
      return { pullRequest: pullRequest.describe() };
    };
  }

  private async commit(
    pullRequest: PullRequest,
    ends: MergeEnds,
    option: MergeOptionTypeEnum,
    input: MergeInput,
    caller: string,
  ): Promise<string> {
    const { repository, id } = pullRequest;
    if (input.conflictResolution) {
      throw new AwsError(
        'InvalidConflictResolutionException',
        'conflictResolution: the region resolves conflicts by conflictResolutionStrategy alone',
      );
    }
    const { conflicts, treeId } = await merge(repository, ends, input);
    if (conflicts.length > 0) {
      throw new AwsError(
        'ManualMergeRequiredException',
        `Pull request ${id} cannot be merged automatically: both branches changed ${conflicts.join(', ')}`,
      );
    }
    const squash = option === 'SQUASH_MERGE';
    return repository.commitTree(treeId, squash ? [ends.destination] : [ends.destination, ends.source], {
      message: input.commitMessage || (squash ? await messages(repository, ends) : mergeMessage(pullRequest)),
      name: input.authorName || caller.split(/[:/]/).at(-1),
      email: input.email,
      date: this.clock.now(),
    });
  }
}

/** @throws ReferenceDoesNotExistException, TipOfSourceReferenceIsDifferentException */
async function tips(pullRequest: PullRequest, expectedSource: string | undefined): Promise<MergeEnds> {
  const { repository } = pullRequest;
  const references = await repository.references();
  const tip = (reference: string) => {
    const commitId = references.get(reference);
    if (commitId) return commitId;
    throw new AwsError(
      'ReferenceDoesNotExistException',
      `${reference} does not exist in ${repository.name}.`,
    );
  };
  const source = tip(pullRequest.sourceReference);
  if (expectedSource && expectedSource !== source) {
    throw new AwsError(
      'TipOfSourceReferenceIsDifferentException',
      `${pullRequest.sourceReference} is at ${source}, not at ${expectedSource}.`,
    );
  }
  return mergeEnds(repository, source, tip(pullRequest.destinationReference));
}

function checkApprovals(pullRequest: PullRequest): void {
  const { approved, approvalRulesNotSatisfied } = evaluate(pullRequest);
  if (approved) return;
  throw new AwsError(
    'PullRequestApprovalRulesNotSatisfiedException',
    `Pull request ${pullRequest.id} cannot be merged: its approval rules are not satisfied: ` +
      approvalRulesNotSatisfied!.join(', '),
  );
}

function fastForward(pullRequest: PullRequest, ends: MergeEnds): string {
  if (canFastForward(ends)) return ends.source;
  throw new AwsError(
    'ManualMergeRequiredException',
    `Pull request ${pullRequest.id} cannot be merged by fast-forward: ${pullRequest.destinationReference} has ` +
      `commits that ${pullRequest.sourceReference} does not have.`,
  );
}

async function moveDestination(pullRequest: PullRequest, ends: MergeEnds, commitId: string): Promise<void> {
  const { repository, destinationReference } = pullRequest;
  try {
    await repository.run(['update-ref', destinationReference, commitId, ends.destination]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new AwsError(
      'ConcurrentReferenceUpdateException',
      `${destinationReference} of ${repository.name} was moved while the merge was under way.`,
    );
  }
}

/** The messages of all commits that a squash makes one of, newest first. */
function messages(repository: Repository, { source, destination }: MergeEnds): Promise<string> {
  return repository.text(['log', '--format=%B', source, `^${destination}`]);
}

function mergeMessage({ sourceReference, destinationReference }: PullRequest): string {
  return `Merge branch '${branchName(sourceReference)}' into ${branchName(destinationReference)}`;
}
