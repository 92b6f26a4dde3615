import type { CodeCommit } from '../../../region/codecommit/codecommit';
import { testScope } from '../../support/scope';

export const ANN = 'arn:aws:iam::111111111111:user/ann';
export const BOB = 'arn:aws:iam::111111111111:user/bob';
export const CARL = 'arn:aws:sts::111111111111:assumed-role/Reviewer/carl';

/** A CodeCommit with one repository, whose events are kept, and short ways to work on it. */
export function pullRequestScope(repositoryName: string) {
  const emitted: any[] = [];
  const scope = testScope({ events: { operations: {}, emit: (event: unknown) => emitted.push(event) } });
  const codecommit = scope.service('codecommit') as CodeCommit;
  const call = async (operation: string, input: object, principalArn = ANN): Promise<any> =>
    codecommit.operations[operation](input, { principalArn, requestId: '1' });
  const tip = async (branchName: string): Promise<string> =>
    (await call('GetBranch', { repositoryName, branchName })).branch.commitId;

  return {
    scope,
    codecommit,
    emitted,
    call,
    tip,
    /** Commits files (a content, or `undefined` to delete) to a branch, which is made when it is not there. */
    async commit(
      branchName: string,
      files: Record<string, string | undefined>,
      from = 'main',
    ): Promise<string> {
      const branches: string[] = (await call('ListBranches', { repositoryName })).branches;
      if (branches.length > 0 && !branches.includes(branchName)) {
        await call('CreateBranch', { repositoryName, branchName, commitId: from });
      }
      const parentCommitId = branches.length > 0 ? await tip(branchName) : undefined;
      const changes = Object.entries(files);
      const { commitId } = await call('CreateCommit', {
        repositoryName,
        branchName,
        parentCommitId,
        commitMessage: `Change ${Object.keys(files).join(', ')}`,
        putFiles: changes.flatMap(([filePath, content]) =>
          content === undefined ? [] : [{ filePath, fileContent: Buffer.from(content) }],
        ),
        deleteFiles: changes.flatMap(([filePath, content]) => (content === undefined ? [{ filePath }] : [])),
      });
      return commitId;
    },
    /** Opens a pull request by Ann. */
    async open(source: string, more: object = {}): Promise<any> {
      const targets = [{ repositoryName, sourceReference: source }];
      return (await call('CreatePullRequest', { title: `Merge ${source}`, targets, ...more })).pullRequest;
    },
    async get(pullRequestId: string): Promise<any> {
      return (await call('GetPullRequest', { pullRequestId })).pullRequest;
    },
    async file(commitSpecifier: string, filePath: string): Promise<string> {
      const { fileContent } = await call('GetFile', { repositoryName, commitSpecifier, filePath });
      return Buffer.from(fileContent).toString();
    },
    /** Details of the events of that kind (and pull request), oldest first. */
    details(detailType: string, pullRequestId?: string): any[] {
      return emitted
        .filter((event) => event.detailType === detailType)
        .map((event) => event.detail)
        .filter((detail) => !pullRequestId || detail.pullRequestId === pullRequestId);
    },
  };
}

export const STATE_CHANGE = 'CodeCommit Pull Request State Change';

export function rule(needed: number, members?: string[], destinations?: string[]): string {
  return JSON.stringify({
    Version: '2018-11-08',
    ...(destinations && { DestinationReferences: destinations }),
    Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: needed, ApprovalPoolMembers: members }],
  });
}
