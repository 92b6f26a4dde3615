import type { Scope } from '../service';
import type { References, Repository } from './repository';

/** A reference that was created (without `before`), moved, or deleted (without `after`). */
export interface ReferenceChange {
  /** `refs/heads/main`. */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** Notices what a push or an operation changed, and makes it known. */
export class ReferenceChanges {
  private readonly known = new Map<string, References>();

  constructor(private readonly scope: Scope) {}

  forget(repository: Repository): void {
    this.known.delete(repository.metadata.repositoryId);
  }

  /**
   * Compares the references with those seen last and publishes each change: an event on the default bus and a journal
   * entry. HEAD of a repository that was empty follows the first branch pushed.
   * @returns what changed
   * @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
   */
  async publish(repository: Repository, callerUserArn: string): Promise<ReferenceChange[]> {
    const id = repository.metadata.repositoryId;
    const after = await repository.references();
    const before = this.known.get(id) ?? new Map<string, string>();
    this.known.set(id, after);

    const firstBranch = [...after.keys()].find((name) => name.startsWith('refs/heads/'));
    if (firstBranch && ![...before.keys()].some((name) => name.startsWith('refs/heads/'))) {
      await repository.setDefaultBranch(firstBranch.slice('refs/heads/'.length));
    }
    const changes = [...new Set([...before.keys(), ...after.keys()])]
      .map((name): ReferenceChange => ({ name, before: before.get(name), after: after.get(name) }))
      .filter((change) => change.before !== change.after);
    if (changes.length > 0) repository.metadata.lastModifiedDate = new Date(this.scope.clock.now());
    for (const change of changes) this.emit(repository, change, callerUserArn);
    return changes;
  }

  private emit(repository: Repository, change: ReferenceChange, callerUserArn: string): void {
    const { name: referenceFullName, before: oldCommitId, after: commitId } = change;
    const [, kind, referenceName] = /^refs\/(heads|tags)\/(.*)$/.exec(referenceFullName) ?? [];
    if (!kind) return;
    const referenceType = kind === 'heads' ? 'branch' : 'tag';
    const event = !oldCommitId ? 'referenceCreated' : commitId ? 'referenceUpdated' : 'referenceDeleted';
    const { repositoryId, repositoryName, Arn } = repository.metadata;
    const detail = {
      event,
      repositoryName,
      repositoryId,
      referenceType,
      referenceName,
      referenceFullName,
      ...(commitId && { commitId }),
      ...(oldCommitId && { oldCommitId }),
      callerUserArn,
    };
    this.scope.journal.append({
      source: 'codecommit',
      type: 'RepositoryStateChange',
      subject: repositoryName,
      message: `${referenceType} ${referenceName} of ${repositoryName}: ${
        commitId ? `now at ${commitId.slice(0, 8)}` : 'deleted'
      }`,
      detail,
    });
    this.scope.service('events').emit({
      source: 'aws.codecommit',
      detailType: 'CodeCommit Repository State Change',
      resources: [Arn],
      detail,
    });
  }
}
