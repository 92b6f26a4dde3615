import type {
  ChangeTypeEnum,
  ConflictMetadata,
  GetMergeConflictsCommandInput,
  GetMergeOptionsCommandInput,
  MergeOptionTypeEnum,
  ObjectTypeEnum,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { FILE_MODES, type TreeEntry } from './content';
import { canFastForward, type MergeEnds, merge, mergeEnds, type Versions, versionsOf } from './merge';
import { page } from './page';
import type { Repository } from './repository';

export async function getMergeConflicts(repository: Repository, input: GetMergeConflictsCommandInput) {
  const ends = await specified(repository, input);
  const answer = {
    sourceCommitId: ends.source,
    destinationCommitId: ends.destination,
    baseCommitId: ends.base,
  };
  if (!input.mergeOption) throw new AwsError('MergeOptionRequiredException', 'A merge option is required.');
  if (input.mergeOption === 'FAST_FORWARD_MERGE') {
    return { ...answer, mergeable: canFastForward(ends), conflictMetadataList: [] };
  }
  const { conflicts, treeId } = await merge(repository, ends, input);
  const { items, next } = page(conflicts, input.maxConflictFiles, input.nextToken);
  const lines = input.conflictDetailLevel === 'LINE_LEVEL';
  return {
    ...answer,
    mergeable: conflicts.length === 0,
    conflictMetadataList: await Promise.all(
      items.map((file) => conflictMetadata(repository, ends, file, lines ? treeId : undefined)),
    ),
    nextToken: next,
  };
}

export async function getMergeOptions(repository: Repository, input: GetMergeOptionsCommandInput) {
  const ends = await specified(repository, input);
  const { conflicts } = await merge(repository, ends, input);
  const mergeOptions: MergeOptionTypeEnum[] = [
    ...(canFastForward(ends) ? (['FAST_FORWARD_MERGE'] as const) : []),
    ...(conflicts.length === 0 ? (['SQUASH_MERGE', 'THREE_WAY_MERGE'] as const) : []),
  ];
  return {
    mergeOptions,
    sourceCommitId: ends.source,
    destinationCommitId: ends.destination,
    baseCommitId: ends.base,
  };
}

/** @throws CommitRequiredException, CommitDoesNotExistException */
async function specified(
  repository: Repository,
  input: Pick<GetMergeOptionsCommandInput, 'sourceCommitSpecifier' | 'destinationCommitSpecifier'>,
): Promise<MergeEnds> {
  const { sourceCommitSpecifier: source, destinationCommitSpecifier: destination } = input;
  if (!source || !destination)
    throw new AwsError('CommitRequiredException', 'A commit specifier is required.');
  return mergeEnds(repository, await repository.resolve(source), await repository.resolve(destination));
}

/** @param markedTree the merged tree with conflict markers, to count them; a conflict of whole files is one */
async function conflictMetadata(
  repository: Repository,
  ends: MergeEnds,
  filePath: string,
  markedTree: string | undefined,
): Promise<ConflictMetadata> {
  const versions = await versionsOf(repository, ends, filePath);
  const contents = await each(versions, async (entry) =>
    entry?.type === 'blob' ? repository.run(['cat-file', 'blob', entry.id]) : undefined,
  );
  const { source, destination } = versions;
  const marked = markedTree
    ? await repository.text(['cat-file', 'blob', `${markedTree}:${filePath}`]).catch(() => '')
    : '';
  return {
    filePath,
    fileSizes: await each(contents, (content) => content?.length),
    fileModes: await each(versions, (entry) => entry && FILE_MODES[entry.mode]),
    objectTypes: await each(versions, (entry) => entry && objectType(entry)),
    numberOfConflicts: marked.match(/^<{7} /gm)?.length ?? 1,
    isBinaryFile: await each(contents, (content) => content?.subarray(0, 8000).includes(0)),
    contentConflict: source?.id !== destination?.id,
    fileModeConflict: source?.mode !== destination?.mode,
    objectTypeConflict: Boolean(source && destination && objectType(source) !== objectType(destination)),
    mergeOperations: {
      source: change(versions.base, source),
      destination: change(versions.base, destination),
    },
  };
}

/** The same of all three versions of a file. */
async function each<From, To>(
  three: { readonly base?: From; readonly source?: From; readonly destination?: From },
  of: (one: From | undefined) => To,
) {
  return {
    source: await of(three.source),
    destination: await of(three.destination),
    base: await of(three.base),
  };
}

function objectType({ mode, type }: TreeEntry): ObjectTypeEnum {
  if (type === 'tree') return 'DIRECTORY';
  if (type === 'commit') return 'GIT_LINK';
  return mode === '120000' ? 'SYMBOLIC_LINK' : 'FILE';
}

function change(base: Versions['base'], now: Versions['base']): ChangeTypeEnum {
  if (!base) return 'A';
  return now ? 'M' : 'D';
}
