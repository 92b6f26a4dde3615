import type { Difference, GetDifferencesCommandInput } from '@aws-sdk/client-codecommit';
import { page } from './page';
import type { Repository } from './repository';

/** Git's own name of the tree without entries: what a commit is compared with when no other commit is given. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export async function getDifferences(repository: Repository, input: GetDifferencesCommandInput) {
  const before = input.beforeCommitSpecifier
    ? await repository.resolve(input.beforeCommitSpecifier)
    : EMPTY_TREE;
  const after = await repository.resolve(input.afterCommitSpecifier);
  const paths = [input.beforePath, input.afterPath].filter((path) => path !== undefined);
  const found = await differences(repository, before, after, paths);
  const { items, next } = page(found, input.MaxResults, input.NextToken);
  return { differences: items, ...(next && { NextToken: next }) };
}

/** What changed from one tree (or commit) to another. A renamed file is one deleted and one added. */
export async function differences(
  repository: Repository,
  before: string,
  after: string,
  paths: readonly string[] = [],
): Promise<Difference[]> {
  const raw = await repository.text(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before, after, '--', ...paths],
    undefined,
    { GIT_LITERAL_PATHSPECS: '1' },
  );
  const fields = raw.split('\0').filter(Boolean);
  const found: Difference[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [beforeMode, afterMode, beforeId, afterId, changeType] = fields[at].slice(1).split(' ');
    const path = fields[at + 1];
    found.push({
      ...(changeType !== 'A' && { beforeBlob: { blobId: beforeId, path, mode: beforeMode } }),
      ...(changeType !== 'D' && { afterBlob: { blobId: afterId, path, mode: afterMode } }),
      // A change of type (a file that becomes a link) is a modification to CodeCommit.
      changeType: changeType === 'T' ? 'M' : (changeType as Difference['changeType']),
    });
  }
  return found;
}
