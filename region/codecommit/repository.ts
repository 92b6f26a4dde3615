import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { RepositoryMetadata } from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import { type Git, GitError } from './git';

/** Full reference name to the commit (or tag object) that it names. */
export type References = ReadonlyMap<string, string>;

/** @throws RepositoryNameRequiredException, RepositoryDoesNotExistException */
export type FindRepository = (repositoryName: string | undefined) => Repository;

interface CommitFacts {
  readonly message: string;
  readonly name?: string;
  readonly email?: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
}

/** Stands for no object: an index entry of mode 0 takes the file out. */
const NO_OBJECT = '0'.repeat(40);

/** A file to put into a tree; without a blob, one to take out of it. */
export interface TreeEdit {
  readonly path: string;
  readonly blob?: { readonly mode: string; readonly id: string };
}

/** One bare repository on disk. */
export class Repository {
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly git: Git,
    readonly folder: string,
    public metadata: RepositoryMetadata & { repositoryId: string; repositoryName: string; Arn: string },
  ) {}

  static async create(git: Git, folder: string, metadata: Repository['metadata']): Promise<Repository> {
    await git.run(['init', '--quiet', '--bare', '--initial-branch=main', folder]);
    return new Repository(git, folder, metadata);
  }

  /** Does one thing after the other: what came first is done first, and to its end. */
  inTurn<Output>(work: () => Promise<Output>): Promise<Output> {
    const turn = this.lastTurn.then(work, work);
    this.lastTurn = turn;
    return turn;
  }

  get name(): string {
    return this.metadata.repositoryName;
  }

  run(
    args: readonly string[],
    input?: Buffer | string,
    environment?: Record<string, string>,
  ): Promise<Buffer> {
    return this.git.run(args, { repository: this.folder, input, environment });
  }

  text(
    args: readonly string[],
    input?: Buffer | string,
    environment?: Record<string, string>,
  ): Promise<string> {
    return this.git.text(args, { repository: this.folder, input, environment });
  }

  async references(): Promise<References> {
    const lines = await this.text(['for-each-ref', '--format=%(refname) %(objectname)']);
    return new Map(
      lines
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
    );
  }

  /** The branch that HEAD names, once it exists. */
  async defaultBranch(): Promise<string | undefined> {
    const head = await this.text(['symbolic-ref', 'HEAD']);
    return (await this.references()).has(head) ? head.slice('refs/heads/'.length) : undefined;
  }

  async setDefaultBranch(branch: string): Promise<void> {
    await this.run(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }

  /**
   * The commit that a specifier names: a commit id, a branch, a tag or a full reference name; the default branch when
   * left out.
   * @throws CommitDoesNotExistException
   */
  async resolve(specifier = 'HEAD'): Promise<string> {
    try {
      return await this.text([
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${specifier}^{commit}`,
      ]);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new AwsError(
        'CommitDoesNotExistException',
        `The specified commit does not exist in repository ${this.name}: ${specifier}`,
      );
    }
  }

  /**
   * Makes a tree from another one (or from nothing) by changes of files.
   * @returns the tree id
   */
  async editTree(from: string | undefined, edits: readonly TreeEdit[]): Promise<string> {
    const index = path.join(this.folder, `index-${randomUUID()}`);
    const environment = { GIT_INDEX_FILE: index };
    try {
      await this.run(['read-tree', from ?? '--empty'], undefined, environment);
      const entries = edits.map(
        ({ path: file, blob }) => `${blob?.mode ?? '0'} ${blob?.id ?? NO_OBJECT}\t${file}\0`,
      );
      await this.run(['update-index', '-z', '--index-info'], entries.join(''), environment);
      return await this.text(['write-tree'], undefined, environment);
    } finally {
      fs.rmSync(index, { force: true });
    }
  }

  /** Writes a file's content and returns its blob id. */
  writeBlob(content: Buffer): Promise<string> {
    return this.text(['hash-object', '-w', '--stdin'], content);
  }

  /** Makes a commit of a tree, on no branch yet. */
  async commitTree(
    treeId: string,
    parents: readonly string[],
    { message, name = 'unknown', email = '', date }: CommitFacts,
  ): Promise<string> {
    const moment = `@${Math.floor(date / 1000)} +0000`;
    return this.text(['commit-tree', treeId, ...parents.flatMap((parent) => ['-p', parent])], message, {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: moment,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: moment,
    });
  }

  /** A zip archive of a commit's tree. */
  async archive(commitId: string): Promise<Buffer> {
    return this.run(['archive', '--format=zip', await this.resolve(commitId)]);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
