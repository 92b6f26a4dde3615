import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type {
  CreateCommitCommandInput,
  FileModeTypeEnum,
  PutFileCommandInput,
} from '@aws-sdk/client-codecommit';
import type { Clock } from '../clock/clock';
import { AwsError } from '../service';
import type { Repository } from './repository';

const MODES: Record<FileModeTypeEnum, string> = {
  NORMAL: '100644',
  EXECUTABLE: '100755',
  SYMLINK: '120000',
};

/** Makes a commit on a branch from files given by the API, on a new branch too where the repository is empty. */
export async function createCommit(repository: Repository, input: CreateCommitCommandInput, clock: Clock) {
  if (!input.branchName) throw new AwsError('BranchNameRequiredException', 'A branch name is required.');
  const reference = `refs/heads/${input.branchName}`;
  const tip = (await repository.references()).get(reference);
  checkParent(repository, input.branchName, tip, input.parentCommitId);

  const index = { GIT_INDEX_FILE: path.join(repository.folder, `index-${randomUUID()}`) };
  await repository.run(tip ? ['read-tree', tip] : ['read-tree', '--empty'], undefined, index);
  const filesAdded = [];
  for (const file of input.putFiles ?? []) {
    const mode = MODES[file.fileMode ?? 'NORMAL'];
    const blobId = await repository.text(
      ['hash-object', '-w', '--stdin'],
      Buffer.from(file.fileContent ?? ''),
    );
    await repository.run(
      ['update-index', '--add', '--cacheinfo', `${mode},${blobId},${file.filePath}`],
      undefined,
      index,
    );
    filesAdded.push({ absolutePath: file.filePath, blobId, fileMode: file.fileMode ?? 'NORMAL' });
  }
  const filesDeleted = [];
  for (const file of input.deleteFiles ?? []) {
    await repository.run(['update-index', '--force-remove', '--', file.filePath!], undefined, index);
    filesDeleted.push({ absolutePath: file.filePath });
  }
  const treeId = await repository.text(['write-tree'], undefined, index);
  if (tip && treeId === (await repository.text(['rev-parse', `${tip}^{tree}`]))) {
    throw new AwsError('NoChangeException', 'The commit would not change anything on the branch.');
  }
  const commitId = await repository.commitTree(treeId, tip ? [tip] : [], {
    message: input.commitMessage || 'Files changed by the CodeCommit API',
    name: input.authorName || undefined,
    email: input.email,
    date: clock.now(),
  });
  await repository.run(['update-ref', reference, commitId, tip ?? '']);
  return { commitId, treeId, filesAdded, filesUpdated: [], filesDeleted };
}

/** PutFile is a commit of one file. */
export async function putFile(repository: Repository, input: PutFileCommandInput, clock: Clock) {
  const { commitId, treeId, filesAdded } = await createCommit(
    repository,
    {
      repositoryName: input.repositoryName,
      branchName: input.branchName,
      parentCommitId: input.parentCommitId,
      authorName: input.name,
      email: input.email,
      commitMessage: input.commitMessage,
      putFiles: [{ filePath: input.filePath, fileContent: input.fileContent, fileMode: input.fileMode }],
    },
    clock,
  );
  return { commitId, treeId, blobId: filesAdded[0].blobId };
}

function checkParent(
  repository: Repository,
  branch: string,
  tip: string | undefined,
  parent: string | undefined,
): void {
  if (tip && !parent) {
    throw new AwsError(
      'ParentCommitIdRequiredException',
      `Branch ${branch} of ${repository.name} has commits: a parent commit id is required.`,
    );
  }
  if (tip && parent !== tip) {
    throw new AwsError(
      'ParentCommitIdOutdatedException',
      `Branch ${branch} of ${repository.name} is at ${tip}, not at the parent commit ${parent}.`,
    );
  }
  if (!tip && parent) {
    throw new AwsError(
      'BranchDoesNotExistException',
      `Branch ${branch} does not exist in ${repository.name}.`,
    );
  }
}
