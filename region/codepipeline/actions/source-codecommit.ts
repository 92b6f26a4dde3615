import { ActionFailure, type ActionProvider } from './action-provider';

/**
 * Takes the head of a branch, or the commit that StartPipelineExecution named, as a zip archive.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
 */
export const codeCommitSource: ActionProvider = {
  inputs: [0, 0],
  outputs: [1, 1],
  configuration: {
    RepositoryName: 'required',
    BranchName: 'required',
    PollForSourceChanges: 'optional',
    OutputArtifactFormat: 'optional',
  },
  timeoutInMinutes: 60,

  check({ configuration = {} }) {
    const { OutputArtifactFormat = 'CODE_ZIP', PollForSourceChanges } = configuration;
    return [
      ...(OutputArtifactFormat === 'CODE_ZIP'
        ? []
        : [`found the OutputArtifactFormat ${OutputArtifactFormat}; the region plays CODE_ZIP`]),
      ...(PollForSourceChanges === 'false'
        ? []
        : [
            `found PollForSourceChanges ${PollForSourceChanges ?? 'not set'}; the region plays false, with a rule`,
          ]),
    ];
  },

  async run({ scope, configuration, outputs, sourceRevision, report }) {
    const { RepositoryName: repositoryName, BranchName: branchName } = configuration;
    const codecommit = scope.service('codecommit');
    const commitId = sourceRevision ?? (await headOf(repositoryName, branchName));
    const { commit }: any = await codecommit.operations.GetCommit({ repositoryName, commitId });
    const subject = String(commit.message).split('\n')[0];
    report({ externalExecutionId: commitId, summary: subject });
    return {
      outputs: { [outputs[0].name]: await codecommit.archive(repositoryName, commitId) },
      variables: {
        RepositoryName: repositoryName,
        BranchName: branchName,
        CommitId: commitId,
        CommitMessage: commit.message,
        AuthorDate: isoDate(commit.author?.date),
        CommitterDate: isoDate(commit.committer?.date),
      },
      revision: {
        revisionId: commitId,
        revisionSummary: commit.message,
        revisionUrl: `https://${scope.region}.console.aws.amazon.com/codecommit/home#/repository/${repositoryName}/commit/${commitId}`,
      },
    };

    async function headOf(repositoryName: string, branchName: string): Promise<string> {
      try {
        const { branch }: any = await codecommit.operations.GetBranch({ repositoryName, branchName });
        return branch.commitId;
      } catch (error) {
        throw new ActionFailure(
          'ConfigurationError',
          `The branch ${branchName} of the repository ${repositoryName} cannot be read: ${(error as Error).message}`,
        );
      }
    }
  },
};

/** CodeCommit's `1767225600 +0000`, as the source action's variables show it. */
function isoDate(date = '0 +0000'): string {
  return new Date(Number(date.split(' ')[0]) * 1000).toISOString().replace('.000Z', 'Z');
}
