import type {
  CreateBranchCommandInput,
  DeleteBranchCommandInput,
  GetBranchCommandInput,
  UpdateDefaultBranchCommandInput,
} from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import type { Repository } from './repository';

export async function getBranch(repository: Repository, input: GetBranchCommandInput) {
  return { branch: { branchName: input.branchName, commitId: await tip(repository, input.branchName) } };
}

export async function listBranches(repository: Repository) {
  const references = await repository.references();
  return { branches: [...references.keys()].flatMap((name) => /^refs\/heads\/(.*)$/.exec(name)?.[1] ?? []) };
}

export async function createBranch(repository: Repository, input: CreateBranchCommandInput) {
  const commitId = await repository.resolve(input.commitId);
  const reference = `refs/heads/${input.branchName}`;
  if ((await repository.references()).has(reference)) {
    throw new AwsError('BranchNameExistsException', `Branch ${input.branchName} already exists.`);
  }
  await repository.run(['update-ref', reference, commitId, '']);
  return {};
}

export async function deleteBranch(repository: Repository, input: DeleteBranchCommandInput) {
  if ((await repository.defaultBranch()) === input.branchName) {
    throw new AwsError(
      'DefaultBranchCannotBeDeletedException',
      `${input.branchName} is the default branch of ${repository.name} and cannot be deleted.`,
    );
  }
  const commitId = await tip(repository, input.branchName);
  await repository.run(['update-ref', '-d', `refs/heads/${input.branchName}`]);
  return { deletedBranch: { branchName: input.branchName, commitId } };
}

export async function updateDefaultBranch(repository: Repository, input: UpdateDefaultBranchCommandInput) {
  await tip(repository, input.defaultBranchName);
  await repository.setDefaultBranch(input.defaultBranchName!);
  return {};
}

async function tip(repository: Repository, branch: string | undefined): Promise<string> {
  if (!branch) throw new AwsError('BranchNameRequiredException', 'A branch name is required.');
  const commitId = (await repository.references()).get(`refs/heads/${branch}`);
  if (!commitId) {
    throw new AwsError(
      'BranchDoesNotExistException',
      `Branch ${branch} does not exist in ${repository.name}.`,
    );
  }
  return commitId;
}
