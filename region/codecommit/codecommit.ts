import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type * as sdk from '@aws-sdk/client-codecommit';
import type { Clock } from '../clock/clock';
import { AwsError, type AwsService, type Call, type Operation, type Scope } from '../service';
import { ApprovalRuleTemplates } from './approval-rule-templates';
import { ApprovalRules } from './approval-rules';
import { Approvals } from './approvals';
import { createBranch, deleteBranch, getBranch, listBranches, updateDefaultBranch } from './branches';
import { Comments } from './comments';
import { createCommit, putFile } from './commits';
import { getBlob, getCommit, getFile, getFolder } from './content';
import { getDifferences } from './differences';
import { Git } from './git';
import { getMergeConflicts, getMergeOptions } from './merge-conflicts';
import { PullRequestEvents } from './pull-request-events';
import { PullRequestMerges } from './pull-request-merges';
import { PullRequests } from './pull-requests';
import { ReferenceChanges } from './reference-changes';
import { Repository } from './repository';
import { repositoryProvider } from './repository-resource';
import { seed } from './seed';
import { serveGit } from './smart-http';

/** Repositories on disk, served by git's own smart HTTP server and by the CodeCommit API. */
export class CodeCommit implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources = [repositoryProvider(this)];
  private readonly root: string;
  private readonly git: Git;
  private readonly references: ReferenceChanges;
  private readonly templates: ApprovalRuleTemplates;
  private readonly pullRequests: PullRequests;
  private readonly repositories = new Map<string, Repository>();

  constructor(private readonly scope: Scope) {
    this.root = scope.folder('codecommit');
    this.git = new Git(this.root);
    this.references = new ReferenceChanges(scope);
    const find = (name: string | undefined) => this.find(name);
    const events = new PullRequestEvents(scope);
    this.templates = new ApprovalRuleTemplates(scope, find);
    this.pullRequests = new PullRequests(scope, events, find, (...target) =>
      this.templates.rulesFor(...target),
    );
    const now = () => new Date(scope.clock.now());
    const publish = (repository: Repository, caller: string) => this.publish(repository, caller);
    this.operations = {
      CreateRepository: (input: sdk.CreateRepositoryCommandInput) => this.create(input),
      GetRepository: (input: sdk.GetRepositoryCommandInput) => this.describe(this.find(input.repositoryName)),
      ListRepositories: () => ({
        repositories: [...this.repositories.values()].map(({ metadata }) => ({
          repositoryName: metadata.repositoryName,
          repositoryId: metadata.repositoryId,
        })),
      }),
      DeleteRepository: (input: sdk.DeleteRepositoryCommandInput) => this.remove(input.repositoryName),
      UpdateRepositoryName: (input: sdk.UpdateRepositoryNameCommandInput) => this.rename(input),
      UpdateRepositoryDescription: (input: sdk.UpdateRepositoryDescriptionCommandInput) => {
        this.find(input.repositoryName).metadata.repositoryDescription = input.repositoryDescription;
        return {};
      },
      UpdateDefaultBranch: this.reads(updateDefaultBranch),
      GetBranch: this.reads(getBranch),
      ListBranches: this.reads(listBranches),
      CreateBranch: this.changes(createBranch),
      DeleteBranch: this.changes(deleteBranch),
      GetCommit: this.reads(getCommit),
      GetFile: this.reads(getFile),
      GetFolder: this.reads(getFolder),
      GetBlob: this.reads(getBlob),
      GetDifferences: this.reads(getDifferences),
      CreateCommit: this.changes(createCommit),
      PutFile: this.changes(putFile),
      GetMergeConflicts: this.reads(getMergeConflicts),
      GetMergeOptions: this.reads(getMergeOptions),
      ...this.called(this.pullRequests.operations),
      ...this.called(new PullRequestMerges(this.pullRequests, find, scope.clock, publish).operations),
      ...this.called(new ApprovalRules(this.pullRequests.find, events, now).operations),
      ...this.called(new Approvals(this.pullRequests.find, events).operations),
      ...this.called(this.templates.operations),
      ...this.called(new Comments(scope, this.pullRequests.find, find).operations),
    };
  }

  /**
   * Answers git's smart HTTP requests below `/v1/repos/<name>`, with the git credentials of an IAM user.
   * @see https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-gc.html
   */
  handleGit(request: IncomingMessage, response: ServerResponse): void {
    const userArn = this.authenticate(request.headers.authorization);
    if (!userArn) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="CodeCommit"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://codecommit');
    const [, name, service] =
      /^\/v1\/repos\/([\w.-]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(
        url.pathname,
      ) ?? [];
    const repository = [...this.repositories.values()].find((candidate) => candidate.name === name);
    if (!repository) {
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end(`repository ${name ?? url.pathname} not found\n`);
      return;
    }
    const target = {
      root: this.root,
      repository: path.basename(repository.folder),
      service,
      query: url.search.slice(1),
      user: userArn,
    };
    const pushes = service === '/git-receive-pack';
    serveGit(this.git, target, request, response, async () => {
      if (pushes) await this.publish(repository, userArn);
    });
  }

  /** A zip archive of the tree of a commit (or branch): the source artifact of a pipeline. */
  async archive(repositoryName: string, commitId: string): Promise<Buffer> {
    return this.find(repositoryName).archive(commitId);
  }

  /**
   * A full clone in an existing empty folder, at a commit, branch or tag (the default branch when left out), for a
   * build with a CodeCommit source.
   * @returns the commit id
   */
  async checkout(repositoryName: string, version: string | undefined, folder: string): Promise<string> {
    const repository = this.find(repositoryName);
    const commitId = await repository.resolve(version);
    await this.git.run(['clone', '--quiet', '--no-hardlinks', '--no-checkout', repository.folder, folder]);
    await this.git.run(['-C', folder, 'checkout', '--quiet', commitId]);
    await this.git.run(['-C', folder, 'remote', 'set-url', 'origin', repository.metadata.cloneUrlHttp!]);
    return commitId;
  }

  /**
   * @throws RepositoryNameRequiredException, RepositoryDoesNotExistException
   */
  find(repositoryName: string | undefined): Repository {
    if (!repositoryName) {
      throw new AwsError('RepositoryNameRequiredException', 'A repository name is required.');
    }
    for (const repository of this.repositories.values()) {
      if (repository.name === repositoryName) return repository;
    }
    throw new AwsError('RepositoryDoesNotExistException', `${repositoryName} does not exist`);
  }

  /** Makes the first commit of a new repository from a zip archive. */
  async seed(repositoryName: string, archive: Buffer, branch: string): Promise<void> {
    const repository = this.find(repositoryName);
    await seed(repository, archive, branch, this.scope.clock);
    await this.publish(repository, this.caller());
  }

  /** The repository with that id, if it exists still. */
  byId(repositoryId: string): Repository | undefined {
    return this.repositories.get(repositoryId);
  }

  async stop(): Promise<void> {
    await this.git.stop();
  }

  private authenticate(authorization = ''): string | undefined {
    const [, encoded] = /^Basic\s+(\S+)$/i.exec(authorization) ?? [];
    if (!encoded) return undefined;
    const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    if (user === undefined || !this.scope.service('iam').verifyGitCredential(user, password))
      return undefined;
    // Git user names are made of the IAM user's name, a count from the second credential on, and the account.
    const name = user.replace(/(?:\+\d+)?-at-\d{12}$/, '');
    return `arn:aws:iam::${this.scope.accountId}:user/${name}`;
  }

  private async create(input: sdk.CreateRepositoryCommandInput) {
    const name = this.checkName(input.repositoryName);
    const repositoryId = randomUUID();
    const now = new Date(this.scope.clock.now());
    const repository = await Repository.create(this.git, path.join(this.root, `${repositoryId}.git`), {
      accountId: this.scope.accountId,
      repositoryId,
      repositoryDescription: input.repositoryDescription,
      creationDate: now,
      lastModifiedDate: now,
      kmsKeyId: input.kmsKeyId,
      ...this.named(name),
    });
    this.repositories.set(repositoryId, repository);
    return this.describe(repository);
  }

  private async describe(repository: Repository) {
    const defaultBranch = await repository.defaultBranch();
    return { repositoryMetadata: { ...repository.metadata, ...(defaultBranch && { defaultBranch }) } };
  }

  private remove(repositoryName: string | undefined) {
    const name = repositoryName || this.find(repositoryName).name;
    const repository = [...this.repositories.values()].find((candidate) => candidate.name === name);
    // Deleting what does not exist succeeds without an id, as CodeCommit answers it.
    if (!repository) return {};
    this.repositories.delete(repository.metadata.repositoryId);
    this.references.forget(repository);
    this.pullRequests.forget(repository);
    this.templates.forget(repository);
    repository.remove();
    return { repositoryId: repository.metadata.repositoryId };
  }

  private rename(input: sdk.UpdateRepositoryNameCommandInput) {
    const repository = this.find(input.oldName);
    repository.metadata = { ...repository.metadata, ...this.named(this.checkName(input.newName)) };
    return {};
  }

  private reads(read: (repository: Repository, input: any) => unknown): Operation {
    return (input) => read(this.find(input.repositoryName), input);
  }

  private changes(change: (repository: Repository, input: any, clock: Clock) => Promise<unknown>): Operation {
    return async (input, call) => {
      const repository = this.find(input.repositoryName);
      const output = await change(repository, input, this.scope.clock);
      await this.publish(repository, this.caller(call));
      return output;
    };
  }

  /** Operations for which it matters who calls. */
  private called(operations: Record<string, (input: any, caller: string) => unknown>) {
    return Object.fromEntries(
      Object.entries(operations).map(([name, operation]): [string, Operation] => [
        name,
        (input, call) => operation(input, this.caller(call)),
      ]),
    );
  }

  /** Makes known which references changed, and lets the pull requests follow. */
  private publish(repository: Repository, caller: string): Promise<void> {
    return repository.inTurn(async () => {
      const changes = await this.references.publish(repository, caller);
      await this.pullRequests.follow(repository, changes, caller);
    });
  }

  private caller(call?: Call): string {
    return call?.principalArn ?? `arn:aws:iam::${this.scope.accountId}:root`;
  }

  private checkName(name: string | undefined): string {
    if (!name) throw new AwsError('RepositoryNameRequiredException', 'A repository name is required.');
    if (!/^[\w.-]{1,100}$/.test(name) || name.endsWith('.git')) {
      throw new AwsError(
        'InvalidRepositoryNameException',
        `The repository name ${JSON.stringify(name)} is not valid: allowed are 1 to 100 letters, digits, periods, ` +
          'underscores and dashes, not ending in .git',
      );
    }
    if ([...this.repositories.values()].some((repository) => repository.name === name)) {
      throw new AwsError('RepositoryNameExistsException', `Repository named ${name} already exists`);
    }
    return name;
  }

  private named(repositoryName: string) {
    const { accountId, region, endpoint } = this.scope;
    return {
      repositoryName,
      Arn: `arn:aws:codecommit:${region}:${accountId}:${repositoryName}`,
      cloneUrlHttp: `${endpoint}/v1/repos/${repositoryName}`,
      cloneUrlSsh: `ssh://git-codecommit.${region}.amazonaws.com/v1/repos/${repositoryName}`,
    };
  }
}
