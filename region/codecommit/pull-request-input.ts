import type { Target } from '@aws-sdk/client-codecommit';
import { AwsError } from '../service';
import type { FindRepository } from './repository';

const MAXIMUM_TITLE = 150;
const MAXIMUM_DESCRIPTION = 10_240;

/** @throws TitleRequiredException, InvalidTitleException */
export function checkTitle(title: string | undefined): string {
  if (!title) throw new AwsError('TitleRequiredException', 'A pull request title is required.');
  if (title.length <= MAXIMUM_TITLE) return title;
  throw new AwsError(
    'InvalidTitleException',
    `The title has ${title.length} characters; allowed are ${MAXIMUM_TITLE}.`,
  );
}

/** @throws InvalidDescriptionException */
export function checkDescription(description: string | undefined): string | undefined {
  if ((description ?? '').length <= MAXIMUM_DESCRIPTION) return description;
  throw new AwsError(
    'InvalidDescriptionException',
    `The description has ${description!.length} characters; allowed are ${MAXIMUM_DESCRIPTION}.`,
  );
}

/**
 * The one target of a pull request: its branches (given by name or in full) and their tips.
 * @throws TargetsRequiredException, InvalidTargetsException, ReferenceNameRequiredException,
 *   ReferenceDoesNotExistException, ReferenceTypeNotSupportedException, SourceAndDestinationAreSameException
 */
export async function checkTarget(targets: readonly Target[] | undefined, find: FindRepository) {
  if (!targets?.length) throw new AwsError('TargetsRequiredException', 'A pull request target is required.');
  if (targets.length > 1) {
    throw new AwsError('InvalidTargetsException', `Found ${targets.length} targets; allowed is one.`);
  }
  const [target] = targets;
  const repository = find(target.repositoryName);
  const references = await repository.references();
  const branch = (name: string | undefined) => {
    if (!name) throw new AwsError('ReferenceNameRequiredException', 'A reference name is required.');
    const reference = name.startsWith('refs/') ? name : `refs/heads/${name}`;
    if (
      !reference.startsWith('refs/heads/') ||
      (!references.has(reference) && references.has(`refs/tags/${name}`))
    ) {
      throw new AwsError('ReferenceTypeNotSupportedException', `${name} is not a branch.`);
    }
    const commit = references.get(reference);
    if (commit) return { reference, commit };
    throw new AwsError(
      'ReferenceDoesNotExistException',
      `${reference} does not exist in ${repository.name}.`,
    );
  };
  const source = branch(target.sourceReference);
  const destination = branch(target.destinationReference ?? (await repository.defaultBranch()));
  if (source.reference === destination.reference) {
    throw new AwsError(
      'SourceAndDestinationAreSameException',
      `The source branch and the destination branch are the same: ${source.reference}`,
    );
  }
  return {
    repository,
    sourceReference: source.reference,
    sourceCommit: source.commit,
    destinationReference: destination.reference,
    destinationCommit: destination.commit,
  };
}
