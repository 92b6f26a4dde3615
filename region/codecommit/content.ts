import type {
  File,
  FileModeTypeEnum,
  GetBlobCommandInput,
  GetCommitCommandInput,
  GetFileCommandInput,
  GetFolderCommandInput,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { GitError } from './git';
import type { Repository } from './repository';

type Input<Command> = Command & { repositoryName?: string | undefined };

/** CodeCommit's names of git's file modes. */
export const FILE_MODES: Record<string, FileModeTypeEnum> = {
  '100644': 'NORMAL',
  '100755': 'EXECUTABLE',
  '120000': 'SYMLINK',
};

export async function getCommit(repository: Repository, input: Input<GetCommitCommandInput>) {
  const commitId = await repository.resolve(input.commitId).catch(() => {
    throw new AwsError(
      'CommitIdDoesNotExistException',
      `The specified commit does not exist: ${input.commitId}`,
    );
  });
  const format = ['%H', '%T', '%P', '%an', '%ae', '%ad', '%cn', '%ce', '%cd', '%B'].join('%x00');
  const shown = await repository.text(['show', '--no-patch', '--date=raw', `--format=${format}`, commitId]);
  const [id, treeId, parents, aName, aEmail, aDate, cName, cEmail, cDate, message] = shown.split('\0');
  return {
    commit: {
      commitId: id,
      treeId,
      parents: parents.split(' ').filter(Boolean),
      message,
      author: { name: aName, email: aEmail, date: aDate },
      committer: { name: cName, email: cEmail, date: cDate },
      additionalData: '',
    },
  };
}

export async function getFile(repository: Repository, input: Input<GetFileCommandInput>) {
  const commitId = await repository.resolve(input.commitSpecifier);
  const filePath = normal(input.filePath);
  const entry = (await listTree(repository, commitId, filePath)).find((found) => found.path === filePath);
  if (entry?.type !== 'blob') {
    throw new AwsError(
      'FileDoesNotExistException',
      `The specified file does not exist at ${commitId}: ${filePath}`,
    );
  }
  const fileContent = await repository.run(['cat-file', 'blob', entry.id]);
  return {
    commitId,
    blobId: entry.id,
    filePath,
    fileMode: FILE_MODES[entry.mode],
    fileSize: fileContent.length,
    fileContent: new Uint8Array(fileContent),
  };
}

export async function getFolder(repository: Repository, input: Input<GetFolderCommandInput>) {
  const commitId = await repository.resolve(input.commitSpecifier);
  const folderPath = normal(input.folderPath);
  const treeId = await repository
    .text(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commitId}:${folderPath}`])
    .catch(() => '');
  const isFolder = treeId && (await repository.text(['cat-file', '-t', treeId])) === 'tree';
  if (!isFolder) {
    throw new AwsError(
      'FolderDoesNotExistException',
      `The specified folder does not exist at ${commitId}: ${folderPath || '/'}`,
    );
  }
  const entries = await listTree(repository, treeId);
  const paths = (name: string) => ({
    absolutePath: folderPath ? `${folderPath}/${name}` : name,
    relativePath: name,
  });
  const file = (entry: TreeEntry): File => ({
    blobId: entry.id,
    ...paths(entry.path),
    fileMode: FILE_MODES[entry.mode],
  });
  const blobs = entries.filter((entry) => entry.type === 'blob');
  return {
    commitId,
    folderPath,
    treeId,
    subFolders: entries
      .filter((entry) => entry.type === 'tree')
      .map((entry) => ({ treeId: entry.id, ...paths(entry.path) })),
    files: blobs.filter((entry) => entry.mode !== '120000').map(file),
    symbolicLinks: blobs.filter((entry) => entry.mode === '120000').map(file),
    subModules: entries
      .filter((entry) => entry.type === 'commit')
      .map((entry) => ({ commitId: entry.id, ...paths(entry.path) })),
  };
}

export async function getBlob(repository: Repository, input: Input<GetBlobCommandInput>) {
  try {
    return { content: new Uint8Array(await repository.run(['cat-file', 'blob', input.blobId ?? ''])) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new AwsError('BlobIdDoesNotExistException', `The specified blob does not exist: ${input.blobId}`);
  }
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly path: string;
}

/** The entries of a tree, or the one at a path. */
export async function listTree(repository: Repository, tree: string, path?: string): Promise<TreeEntry[]> {
  const listed = await repository.text(
    ['ls-tree', '-z', '--full-tree', tree, ...(path ? ['--', path] : [])],
    undefined,
    { GIT_LITERAL_PATHSPECS: '1' },
  );
  return listed
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [facts, name] = line.split('\t');
      const [mode, type, id] = facts.split(' ');
      return { mode, type, id, path: name };
    });
}

function normal(path = ''): string {
  return path.replace(/^\/+|\/+$/g, '');
}
