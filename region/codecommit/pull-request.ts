import type {
  ApprovalRule,
  ApprovalState,
  MergeMetadata,
  PullRequestEvent,
} from '@aws-sdk/client-codecommit';
import { randomHex } from '../random';
import { AwsError } from '../service';
import type { Repository } from './repository';

/** What people said of one state of the source branch. */
export interface Revision {
  /** By the approver's ARN. */
  readonly approvals: Map<string, ApprovalState>;
  /** ARN of who set the approval rules aside. */
  overrider?: string;
}

interface PullRequestFacts {
  readonly id: string;
  readonly repository: Repository;
  readonly title: string;
  readonly description?: string;
  readonly authorArn: string;
  readonly clientRequestToken?: string;
  /** Full names, `refs/heads/main`. */
  readonly sourceReference: string;
  readonly destinationReference: string;
  readonly sourceCommit: string;
  readonly destinationCommit: string;
  readonly mergeBase?: string;
  readonly approvalRules: ApprovalRule[];
  readonly creationDate: Date;
}

/** One pull request: from a source branch to a destination branch of the same repository. */
export class PullRequest {
  readonly id: string;
  readonly repository: Repository;
  readonly authorArn: string;
  readonly sourceReference: string;
  readonly destinationReference: string;
  readonly events: PullRequestEvent[] = [];
  title: string;
  description?: string;
  status: 'OPEN' | 'CLOSED' = 'OPEN';
  sourceCommit: string;
  destinationCommit: string;
  /** Newest commit that both branches have; none when their histories are unrelated. */
  mergeBase?: string;
  merge: MergeMetadata = { isMerged: false };
  approvalRules: ApprovalRule[];
  lastActivityDate: Date;
  private readonly revisions = new Map<string, Revision>();
  private currentRevisionId!: string;

  constructor(private readonly facts: PullRequestFacts) {
    this.id = facts.id;
    this.repository = facts.repository;
    this.authorArn = facts.authorArn;
    this.sourceReference = facts.sourceReference;
    this.destinationReference = facts.destinationReference;
    this.title = facts.title;
    this.description = facts.description;
    this.sourceCommit = facts.sourceCommit;
    this.destinationCommit = facts.destinationCommit;
    this.mergeBase = facts.mergeBase;
    this.approvalRules = facts.approvalRules;
    this.lastActivityDate = facts.creationDate;
    this.newRevision();
  }

  get creationDate(): Date {
    return this.facts.creationDate;
  }

  get revisionId(): string {
    return this.currentRevisionId;
  }

  /** What was approved so far was another revision. */
  newRevision(): void {
    this.currentRevisionId = randomHex(64);
    this.revisions.set(this.currentRevisionId, { approvals: new Map() });
  }

  /** @throws RevisionIdRequiredException, InvalidRevisionIdException */
  revision(revisionId: string | undefined): Revision {
    if (!revisionId) throw new AwsError('RevisionIdRequiredException', 'A revision ID is required.');
    const revision = this.revisions.get(revisionId);
    if (!revision) {
      throw new AwsError(
        'InvalidRevisionIdException',
        `The revision ID ${revisionId} is not one of pull request ${this.id}.`,
      );
    }
    return revision;
  }

  /** @throws RevisionNotCurrentException, and what {@link revision} throws */
  currentRevision(revisionId: string | undefined): Revision {
    const revision = this.revision(revisionId);
    if (revisionId !== this.currentRevisionId) {
      throw new AwsError(
        'RevisionNotCurrentException',
        `The revision ID ${revisionId} is not the current one of pull request ${this.id}: ${this.currentRevisionId}`,
      );
    }
    return revision;
  }

  /** @throws PullRequestAlreadyClosedException */
  mustBeOpen(): void {
    if (this.status !== 'OPEN') {
      throw new AwsError('PullRequestAlreadyClosedException', `Pull request ${this.id} is already closed.`);
    }
  }

  /** @throws RepositoryNotAssociatedWithPullRequestException */
  mustBeOf(repository: Repository): void {
    if (repository !== this.repository) {
      throw new AwsError(
        'RepositoryNotAssociatedWithPullRequestException',
        `Pull request ${this.id} is not one of ${repository.name}.`,
      );
    }
  }

  /** In the API's shape. */
  describe() {
    return {
      pullRequestId: this.id,
      title: this.title,
      description: this.description,
      lastActivityDate: this.lastActivityDate,
      creationDate: this.creationDate,
      pullRequestStatus: this.status,
      authorArn: this.authorArn,
      pullRequestTargets: [
        {
          repositoryName: this.repository.name,
          sourceReference: this.sourceReference,
          destinationReference: this.destinationReference,
          destinationCommit: this.destinationCommit,
          sourceCommit: this.sourceCommit,
          mergeBase: this.mergeBase,
          mergeMetadata: this.merge,
        },
      ],
      clientRequestToken: this.facts.clientRequestToken,
      revisionId: this.revisionId,
      approvalRules: this.approvalRules,
    };
  }
}
