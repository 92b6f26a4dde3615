import type {
  CreateCommitCommandInput,
  FileModeTypeEnum,
  PutFileCommandInput,
} from '@aws-sdk/client-codecommit';
import type { Clock } from '../clock/clock';
import { AwsError } from '../service';
import type { Repository, TreeEdit } from './repository';

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

  const edits: TreeEdit[] = [];
  const filesAdded = [];
  for (const file of input.putFiles ?? []) {
    const fileMode = file.fileMode ?? 'NORMAL';
    const blobId = await repository.writeBlob(Buffer.from(file.fileContent ?? ''));
    edits.push({ path: file.filePath!, blob: { mode: MODES[fileMode], id: blobId } });
    filesAdded.push({ absolutePath: file.filePath, blobId, fileMode });
  }
  const filesDeleted = (input.deleteFiles ?? []).map(({ filePath }) => ({ absolutePath: filePath }));
  edits.push(...filesDeleted.map(({ absolutePath }) => ({ path: absolutePath! })));
  const treeId = await repository.editTree(tip, edits);
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
