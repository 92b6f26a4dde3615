import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type {
  ConflictDetailLevelTypeEnum,
  ConflictResolutionStrategyTypeEnum,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { listTree, type TreeEntry } from './content';
import { differences, EMPTY_TREE } from './differences';
import { GitError } from './git';
import type { Repository, TreeEdit } from './repository';

/** The commits of a merge: what is merged, into what, and the newest commit that both have. */
export interface MergeEnds {
  readonly source: string;
  readonly destination: string;
  /** None when the histories are unrelated. */
  readonly base?: string;
}

export interface ConflictOptions {
  /**
   * `FILE_LEVEL`: a file that both sides changed is a conflict; `LINE_LEVEL`: only where they changed the same lines.
   * @default FILE_LEVEL
   */
  readonly conflictDetailLevel?: ConflictDetailLevelTypeEnum;
  /** Which side a conflict is resolved to. `AUTOMERGE` is refused. @default NONE */
  readonly conflictResolutionStrategy?: ConflictResolutionStrategyTypeEnum;
}

export interface Merged {
  /** The merged tree: with git's conflict markers in the files that conflict. */
  readonly treeId: string;
  /** Paths that a person must resolve. */
  readonly conflicts: readonly string[];
}

export async function mergeEnds(
  repository: Repository,
  source: string,
  destination: string,
): Promise<MergeEnds> {
  return { source, destination, base: await mergeBase(repository, source, destination) };
}

export async function mergeBase(
  repository: Repository,
  one: string,
  other: string,
): Promise<string | undefined> {
  try {
    return await repository.text(['merge-base', one, other]);
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return undefined;
    throw error;
  }
}

export function canFastForward({ base, destination }: MergeEnds): boolean {
  return base === destination;
}

/**
 * Merges the trees of two commits; the repository's references stay as they are.
 * @see https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeConflicts.html
 */
export async function merge(
  repository: Repository,
  ends: MergeEnds,
  options: ConflictOptions,
): Promise<Merged> {
  const { conflictDetailLevel = 'FILE_LEVEL', conflictResolutionStrategy: strategy = 'NONE' } = options;
  if (strategy === 'AUTOMERGE') {
    throw new AwsError(
      'InvalidConflictResolutionStrategyException',
      'conflictResolutionStrategy: found AUTOMERGE; the region plays NONE, ACCEPT_SOURCE and ACCEPT_DESTINATION',
    );
  }
  const lines = await mergeLines(repository, ends);
  const conflicts =
    conflictDetailLevel === 'LINE_LEVEL'
      ? lines.conflicts
      : [...new Set([...lines.conflicts, ...(await changedByBoth(repository, ends))])].sort();
  if (strategy === 'NONE' || conflicts.length === 0) return { treeId: lines.treeId, conflicts };

  const side = strategy === 'ACCEPT_SOURCE' ? 'source' : 'destination';
  const edits: TreeEdit[] = [];
  for (const file of conflicts) {
    const versions = await versionsOf(repository, ends, file);
    const blob =
      conflictDetailLevel === 'LINE_LEVEL' ? await resolveLines(repository, versions, side) : versions[side];
    edits.push({ path: file, blob });
  }
  return { treeId: await repository.editTree(lines.treeId, edits), conflicts: [] };
}

/** A file's entry in the trees of the three commits. */
export interface Versions {
  readonly base?: TreeEntry;
  readonly source?: TreeEntry;
  readonly destination?: TreeEntry;
}

export async function versionsOf(repository: Repository, ends: MergeEnds, file: string): Promise<Versions> {
  const entry = async (commit: string | undefined) =>
    commit ? (await listTree(repository, commit, file))[0] : undefined;
  return {
    base: await entry(ends.base),
    source: await entry(ends.source),
    destination: await entry(ends.destination),
  };
}

/** Git's merge. A file that one side renamed counts as deleted and added, as everywhere in CodeCommit. */
async function mergeLines(repository: Repository, ends: MergeEnds): Promise<Merged> {
  const args = [
    '-c',
    'merge.renames=false',
    'merge-tree',
    '--write-tree',
    '-z',
    '--name-only',
    '--no-messages',
  ];
  const read = (output: Buffer): Merged => {
    const [treeId, ...conflicts] = output.toString().split('\0').filter(Boolean);
    return { treeId, conflicts };
  };
  try {
    return read(
      await repository.run([...args, '--allow-unrelated-histories', ends.destination, ends.source]),
    );
  } catch (error) {
    // Exit status 1 is a merge with conflicts.
    if (error instanceof GitError && error.status === 1) return read(error.stdout);
    throw error;
  }
}

async function changedByBoth(repository: Repository, ends: MergeEnds): Promise<string[]> {
  const results = async (commit: string) => {
    const changes = await differences(repository, ends.base ?? EMPTY_TREE, commit);
    return new Map(
      changes.map(({ beforeBlob, afterBlob }) => [
        (afterBlob ?? beforeBlob)!.path!,
        afterBlob && `${afterBlob.mode} ${afterBlob.blobId}`,
      ]),
    );
  };
  const bySource = await results(ends.source);
  const byDestination = await results(ends.destination);
  return [...bySource.keys()].filter(
    (file) => byDestination.has(file) && bySource.get(file) !== byDestination.get(file),
  );
}

/** Takes one side's lines where the two conflict; the whole of that side where git cannot merge lines. */
async function resolveLines(
  repository: Repository,
  versions: Versions,
  side: 'source' | 'destination',
): Promise<TreeEdit['blob']> {
  const { source, destination, base } = versions;
  if (source?.type !== 'blob' || destination?.type !== 'blob') return versions[side];
  const folder = path.join(repository.folder, `merge-${randomUUID()}`);
  fs.mkdirSync(folder);
  try {
    const write = async (name: string, entry: TreeEntry | undefined) => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, entry ? await repository.run(['cat-file', 'blob', entry.id]) : '');
      return file;
    };
    const merged = await repository.run([
      'merge-file',
      '--stdout',
      side === 'source' ? '--theirs' : '--ours',
      await write('destination', destination),
      await write('base', base),
      await write('source', source),
    ]);
    return { mode: versions[side]!.mode, id: await repository.writeBlob(merged) };
  } catch (error) {
    if (error instanceof GitError) return versions[side];
    throw error;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
